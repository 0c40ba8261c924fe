package pulsar_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// What is fetched beside the server is there afterwards; the fetch checks its sums.
func TestExtras(t *testing.T) {
	pulsartest.Require(t, pulsar.Options{})
	nar, err := pulsar.DataGenerator(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	sdk, err := pulsar.GoFunctions(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{nar, filepath.Join(sdk, "pf/function.go"), filepath.Join(sdk, "examples/go.mod")} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
