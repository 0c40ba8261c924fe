package compiler_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/mesh"
)

// manyNodes is a mesh of so many functions with mistakes of each and of all of them.
func manyNodes(n int) string {
	var text strings.Builder
	text.WriteString("name: many\nkubernetes: {pulsarConfig: pulsar, labels: {'a b': c}, pod: {builtinAutoscaler: [Nonsense]}, limits: {memory: 1m}}\nfunctions:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {name: f%d, className: a.B, jar: 'file:///f.jar', inputs: [in%[1]d], output: out%[1]d, autoAck: %v, kubernetes: {codePath: /x%[2]v.jar, pod: {nonsense: 1}, annotations: {'b c': d}}}\n", i, i%3 > 0)
	}
	return text.String()
}

// Several writers find what one would.
func TestManyNodesAreConvertedAsFewAre(t *testing.T) {
	const nodes = 500
	for _, components := range []bool{false, true} {
		var want diag.List
		var wantSpecs []map[string]any
		for _, cores := range []int{1, 4} {
			before := runtime.GOMAXPROCS(cores)
			r := compiler.Compile([]compiler.Input{{Name: "many.yaml", Data: []byte(manyNodes(nodes))}}, compiler.Options{Target: compiler.Kubernetes, Components: components})
			all, found := functionmesh.Convert(r.Units[0].Mesh, functionmesh.Options{Components: components, Location: func(mesh.Node) string { return "" }})
			runtime.GOMAXPROCS(before)
			var specs []map[string]any
			for _, e := range all.Nodes {
				specs = append(specs, e.Spec)
			}
			findings := append(r.Findings, found.Sorted()...)
			if want == nil {
				want, wantSpecs = findings, specs
			}
			if len(findings) < nodes || len(specs) != nodes {
				t.Errorf("%d findings, %d specs", len(findings), len(specs))
			}
			if diff := cmp.Diff(want, findings) + cmp.Diff(wantSpecs, specs); diff != "" {
				t.Errorf("components %v, %d cores (-one +several):\n%.3000s", components, cores, diff)
			}
		}
	}
}
