package fidelity

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/schema/fields"
)

var python = shape{fields.Function, "python", object("py", "same.py", "className", "same.Same", "inputs", []any{"in0"}, "output", "out0")}

const samePython = `from pulsar import Function


class Same(Function):
    def process(self, input, context):
        return input


class Other(Same):
    pass
`

// ofPython are the fields by which Python functions differ from Java's for workers,
// and a few that they have alike.
var ofPython = []string{
	"className", "inputTypeClassName", "outputTypeClassName", "forwardSourceMessageProperty", "userConfig", "parallelism",
	"retainOrdering", "timeoutMs", "logTopic", "subName", "customRuntimeOptions",
}

// TestPythonFields changes the fields of Python functions, one at a time, on a
// server that runs them in processes.
func TestPythonFields(t *testing.T) {
	if testing.Short() || !whole() {
		t.Skip("a part of make fidelity")
	}
	home, err := pulsar.Python(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	srv := pulsartest.Start(t, pulsar.Options{Runtime: pulsar.Process, Python: home, Packages: true, HTTPThreads: 32})
	var all []one
	for _, c := range singlesOf(python, srv.Version) {
		if slices.Contains(ofPython, c.field.Name) && len(c.path) == 1 {
			all = append(all, c)
		}
	}
	walkAll(t, srv, "fields of Python functions", all)
}

// writePython writes the code of Python functions into a folder.
func writePython(t testing.TB, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "same.py"), []byte(samePython), 0o600); err != nil {
		t.Fatal(err)
	}
}
