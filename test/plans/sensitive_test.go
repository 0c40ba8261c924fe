package plans_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/test/harness"
)

const secretive = `
jarFile: code.jar
topics: [{name: start, external: true}]
functions:
  - name: first
    className: org.example.loss.Forward
    inputs: [start]
    output: end
    userConfig: {auth: {header: "Bearer ${env:TOKEN}"}, key: "${file:key.txt}", open: shown}
`

// Values from outside reach the function, and no output, plan or message of meshc.
func TestSensitiveValues(t *testing.T) {
	b := bench(t)
	file := b.File("secretive", secretive)
	key := filepath.Join(b.Dir, "key.txt")
	write := func(value string) {
		if err := os.WriteFile(key, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secrets := []string{"first-token-value", "first-key-value", "second-token-value"}
	write(secrets[1])
	env := []string{"TOKEN=" + secrets[0]}
	outputs := 0
	closed := func(c *harness.Command) *harness.Command {
		t.Helper()
		outputs++
		for _, s := range secrets {
			if strings.Contains(c.Output(), s) {
				t.Errorf("%s shows %q", c, s)
			}
		}
		return c
	}
	saved := filepath.Join(b.Dir, "plan.json")
	closed(b.Pipe("", env, "plan", file, "--out", saved)).Want(0).Says("(sensitive)", "open: shown")
	data, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		if strings.Contains(string(data), s) {
			t.Errorf("the plan file holds %q", s)
		}
	}
	closed(b.Pipe("", nil, "apply", saved, "--yes")).Want(1).Says("TOKEN", "nothing was written")
	closed(b.Pipe("", []string{"TOKEN=another"}, "apply", saved, "--yes")).Want(5).Says("userConfig.auth.header", "not the one that was planned")
	closed(b.Pipe("", env, "apply", saved, "--yes", "-o", "json")).Want(0)

	config := func() string {
		t.Helper()
		live, err := b.Client.Get(context.Background(), admin.Functions, b.Tenant, b.Namespace, "first")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(live["userConfig"])
	}
	if got, want := config(), "map[auth:map[header:Bearer first-token-value] key:first-key-value open:shown]"; got != want {
		t.Errorf("the function got %s, want %s", got, want)
	}
	closed(b.Pipe("", env, "plan", file, "--detailed-exitcode")).Want(0)
	env = []string{"TOKEN=" + secrets[2]}
	for _, form := range []string{"human", "json", "markdown"} {
		closed(b.Pipe("", env, "plan", file, "--detailed-exitcode", "-o", form)).Want(2).Says("userConfig.auth.header")
	}
	closed(b.Pipe("", env, "plan", file)).Says("userConfig.auth.header: (sensitive, changed)")
	closed(b.Pipe("", env, "apply", file, "--yes")).Want(0)
	if got := config(); !strings.Contains(got, secrets[2]) {
		t.Errorf("the function got %s", got)
	}
	// What is imported names the values, and with them there is nothing to do.
	imported := filepath.Join(b.Dir, "imported", "mesh.yaml")
	closed(b.Pipe("", nil, "import", "--tenant", b.Tenant, "--namespace", b.Namespace, "--name", "secretive", "--out", imported)).Want(0)
	text, err := os.ReadFile(imported)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		if strings.Contains(string(text), s) {
			t.Errorf("the imported file holds %q", s)
		}
	}
	named := []string{"FIRST_AUTH_HEADER=Bearer " + secrets[2], "FIRST_KEY=" + secrets[1]}
	closed(b.Pipe("", named, "plan", imported, "--detailed-exitcode")).Want(0)
	// Out of the file again: what is there stays hidden.
	b.File("secretive", strings.Replace(secretive, `userConfig: {auth: {header: "Bearer ${env:TOKEN}"}, key: "${file:key.txt}", open: shown}`, "userConfig: {open: shown}", 1))
	closed(b.Pipe("", nil, "plan", file, "-o", "json", "--detailed-exitcode")).Want(2)
	for _, args := range [][]string{{"get", file}, {"get", file, "-o", "json"}, {"status", file}} {
		closed(b.Pipe("", nil, args...)).Want(0)
	}
	closed(b.Pipe("", nil, "apply", file, "--yes")).Want(0)
	if got := config(); got != "map[open:shown]" {
		t.Errorf("the function has %s", got)
	}
	harness.Figure(t, "%d outputs and a plan file, none with one of %d sensitive values", outputs, len(secrets))
}
