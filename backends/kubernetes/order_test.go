package kubernetes_test

import (
	"slices"
	"testing"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
)

// TestWritersGoFirst takes a chain down without a connection to Pulsar: no subscription
// tells of the flow then, and what writes still goes before what reads.
func TestWritersGoFirst(t *testing.T) {
	srv := k8stest.Shared(t)
	namespace := k8stest.Namespace(t, srv)
	b := kubernetes.New(connect(t, srv, namespace), kubernetes.Options{Namespace: namespace})
	unit := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(`
name: chain
kubernetes: {pulsarConfig: pulsar, image: example.org/runner:1}
topics: [{name: in, external: true}]
functions:
  - {name: z, className: x.Y, jar: "file:///x.jar", inputs: [in], output: mid, resources: {cpu: 1, ram: 1073741824}}
  - {name: a, className: x.Y, jar: "file:///x.jar", inputs: [mid], output: out, resources: {cpu: 1, ram: 1073741824}}
`)}}, compiler.Options{}).Units[0]
	up, found, err := planner.Make(t.Context(), b, kubernetes.Name, unit, planner.Options{})
	if err != nil || up == nil {
		t.Fatal(err, found)
	}
	for _, s := range up.Steps {
		if s.Op == plan.Create {
			if err := b.Do(t.Context(), s, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	down, _, err := planner.Make(t.Context(), b, kubernetes.Name, unit, planner.Options{Destroy: true})
	if err != nil {
		t.Fatal(err)
	}
	const writer, reader = "delete function/public/default/z", "delete function/public/default/a"
	i := slices.IndexFunc(down.Steps, func(s plan.Step) bool { return s.ID == reader })
	if i < 0 || !slices.Contains(down.Steps[i].Needs, writer) {
		t.Errorf("the reader does not wait for the writer: %+v", down.Steps)
	}
}
