package kubernetes_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/move"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

const leaving = `
name: words
kubernetes: {pulsarConfig: pulsar, image: example.org/runner:1}
topics: [{name: in, external: true}]
functions:
  - {name: a, className: x.Y, jar: "file:///x.jar", inputs: [in], output: out, resources: {cpu: 1, ram: 1073741824}}
`

// TestLeavingKeepsItsSpec takes a mesh away from Kubernetes where a hand has turned
// cleanupSubscription on: that alone is changed before the function is deleted.
func TestLeavingKeepsItsSpec(t *testing.T) {
	srv := k8stest.Shared(t)
	for name, components := range map[string]bool{"FunctionMesh": false, "resources": true} {
		t.Run(name, func(t *testing.T) {
			namespace := k8stest.Namespace(t, srv)
			client := connect(t, srv, namespace)
			unit := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(leaving)}}, compiler.Options{}).Units[0]
			b := kubernetes.New(client, kubernetes.Options{Namespace: namespace, Components: components, Force: true})
			p, found, err := planner.Make(t.Context(), b, kubernetes.Name, unit, planner.Options{})
			if err != nil || p == nil {
				t.Fatal(err, found)
			}
			do(t, b, p, plan.Create)

			ref := kube.Ref{Resource: kube.FunctionMeshes, Namespace: namespace, Name: "words"}
			spec := func(o kube.Object) map[string]any { return o.Items("spec", "functions")[0].(map[string]any) }
			if components {
				ref = kube.Ref{Resource: kube.Functions, Namespace: namespace, Name: "words-a"}
				spec = func(o kube.Object) map[string]any { return o.Map("spec") }
			}
			get := func() kube.Object {
				o, err := client.Get(t.Context(), ref)
				if err != nil {
					t.Fatal(err)
				}
				return o
			}
			was := get()
			at := "/spec/functions/0"
			if components {
				at = "/spec"
			}
			k8stest.Kubectl(t, srv, "", "-n", namespace, "patch", ref.Resource.String(), ref.Name, "--type=json", "--field-manager=carol",
				"-p", `[{"op":"replace","path":"`+at+`/cleanupSubscription","value":true}]`)

			to := memory.New(native.Rules{})
			to.Put(&state.Namespace{Name: "public/default"})
			to.Put(&state.Topic{Name: "persistent://public/default/in"})
			m := move.New(kubernetes.New(client, kubernetes.Options{Namespace: namespace, Components: components, Force: true}), kubernetes.Name, to, "memory")
			if p, found, err = planner.Make(t.Context(), m, "memory", unit, planner.Options{}); err != nil || p == nil {
				t.Fatal(err, found)
			}
			do(t, m, p, plan.Keep)
			want := spec(was)
			want["cleanupSubscription"] = false
			if diff := cmp.Diff(want, spec(get())); diff != "" {
				t.Errorf("it is otherwise than before (-was +is):\n%s", diff)
			}
		})
	}
}

// do carries out the steps of a plan with one operation, of which there is one.
func do(t *testing.T, b backend.Backend, p *plan.Plan, op plan.Op) {
	t.Helper()
	done := 0
	for _, s := range p.Steps {
		if s.Op == op && s.Addr.Kind().IsComponent() {
			done++
			if err := b.Do(t.Context(), s, nil); err != nil {
				t.Fatalf("%s: %v", s.ID, err)
			}
		}
	}
	if done != 1 {
		t.Fatalf("%d steps %s in %+v", done, op, p.Steps)
	}
}
