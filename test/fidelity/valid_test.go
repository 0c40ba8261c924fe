package fidelity

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/schema/fields"
	"github.com/meshc/meshc/test/harness"
)

// TestConfigsAreRight compiles every config of the single fields, so that a wrong
// one is told without a server.
func TestConfigsAreRight(t *testing.T) {
	jar, err := os.ReadFile(harness.Built(t, "test/fidelity/java/target/fidelity.jar"))
	if err != nil {
		t.Fatal(err)
	}
	b := &tester{Bench: &harness.Bench{TB: t, Dir: t.TempDir(), Tenant: "public", Namespace: "default"}}
	for _, name := range []string{"fidelity.jar", "copy.jar"} {
		if err := os.WriteFile(filepath.Join(b.Dir, name), jar, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, version := range fields.Versions() {
		changes := 0
		for _, c := range singles(version) {
			changes += len(c.configs) - 1
			if version != "4.2" && c.field.Since == "" {
				continue // they are the same in all versions
			}
			// From the middle on they go backwards.
			for round := range len(c.configs)/2 + 1 {
				if _, findings := b.compile("m", b.text("m", []one{c}, round)); findings != nil {
					t.Errorf("%s: %v: %+v", c.about, c.configs[round], findings[0])
				}
			}
		}
		t.Logf("Pulsar %s: %d changes of single fields", version, changes)
	}
}
