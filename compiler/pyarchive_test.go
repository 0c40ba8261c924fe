package compiler_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

// A zip for the Python instance has its modules in a folder src, a wheel at its top.
func TestPythonArchives(t *testing.T) {
	t.Chdir(t.TempDir())
	module := []byte("class Clean:\n    def process(self, input, context):\n        return input\n\n\nclass Helper:\n    pass\n")
	for name, entry := range map[string]string{"clean.zip": "clean/src/orders.py", "renamed.zip": "clean/src/orders.py", "clean.whl": "shop/orders.py"} {
		if err := os.WriteFile(name, artifacttest.Zip(artifacttest.Entry{Name: entry, Data: module}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mesh := `name: m
topics: [{name: in, external: true}, {name: a, external: true}]
functions:
- {name: good, py: clean.zip, className: orders.Clean, inputs: [in], output: a}
- {name: good-wheel, py: clean.whl, className: shop.orders.Clean, inputs: [in], output: a}
- {name: no-module, py: clean.whl, className: orders.Clean, inputs: [in], output: a}
- {name: no-class, py: clean.zip, className: orders.Clear, inputs: [in], output: a}
- {name: no-process, py: clean.zip, className: orders.Helper, inputs: [in], output: a}
`
	result := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(mesh)}}, compiler.Options{})
	want := "error[MC3012] mesh.yaml:6:47-59\n" +
		"  `clean.whl` has no module `orders`.\n" +
		"  = Modules stand in the folder `src` of a zip, and at the top of a wheel.\n" +
		"  @ mesh.yaml:6:25 code file given here\n" +
		"error[MC3012] mesh.yaml:7:46-58\n" +
		"  `clean.zip` defines no class `Clear`.\n" +
		"  = Did you mean `orders.Clean`?\n" +
		"  @ mesh.yaml:7:24 code file given here\n" +
		"error[MC3013] mesh.yaml:8:48-61\n" +
		"  The class `Helper` has no method `process`.\n" +
		"  = Add `def process(self, input, context):` to it.\n" +
		"  @ mesh.yaml:8:26 code file given here\n"
	if diff := cmp.Diff(want, findingsText(result.Findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
