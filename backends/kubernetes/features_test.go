package kubernetes_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/move"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/crds"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

const withPackageService = `
name: words
kubernetes:
  pulsarConfig: pulsar
  image: example.org/runner:1
  pulsarPackageService: {pulsarConfig: elsewhere}
topics: [{name: in, external: true}]
functions:
  - {name: a, className: x.Y, jar: "file:///x.jar", inputs: [in], output: out, resources: {cpu: 1, ram: 1073741824}}
`

// TestAnOlderOperator meets a cluster whose definitions lack a field of the mesh: the
// API server would drop it without a word, so the plan refuses, and names it.
func TestAnOlderOperator(t *testing.T) {
	srv := k8stest.Start(t, k8s.Options{NoCRDs: true, NoControllers: true})
	older := fstest.MapFS{}
	for _, name := range []string{"functionmeshes.yaml", "functions.yaml", "sources.yaml", "sinks.yaml"} {
		older[name] = &fstest.MapFile{Data: withoutField(t, name, "pulsarPackageService")}
	}
	if err := srv.InstallCRDs(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	namespace := k8stest.Namespace(t, srv)
	unit := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(withPackageService)}}, compiler.Options{}).Units[0]
	// Where it runs now makes no difference: on function workers it has no such field.
	elsewhere := memory.New(native.Rules{})
	elsewhere.Put(&state.Namespace{Name: "public/default"})
	elsewhere.Put(&state.Topic{Name: "persistent://public/default/in"})
	up, found, err := planner.Make(t.Context(), elsewhere, "memory", unit, planner.Options{})
	if err != nil || up == nil {
		t.Fatal(err, found)
	}
	if _, err := planner.Apply(t.Context(), elsewhere, up, apply.Options{}); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		components, moves := i%2 == 1, i > 1
		var b backend.Backend = kubernetes.New(connect(t, srv, namespace), kubernetes.Options{Namespace: namespace, Components: components})
		if moves {
			b = move.New(elsewhere, "memory", b, kubernetes.Name)
		}
		p, found, err := planner.Make(t.Context(), b, kubernetes.Name, unit, planner.Options{})
		if err != nil || p != nil {
			t.Fatalf("components %t, moves %t: %v, %v", components, moves, p, err)
		}
		said := ""
		for _, d := range found {
			if d.Code == diag.NotOnCluster {
				said = d.Detail
			}
		}
		if !strings.Contains(said, "spec.pulsarPackageService (came with 0.27)") {
			t.Errorf("components %t, moves %t: %q in %v", components, moves, said, found)
		}
	}
}

// withoutField is a definition without a field of components.
func withoutField(t *testing.T, file, field string) []byte {
	t.Helper()
	text, err := crds.Files.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var definition map[string]any
	if err := yaml.Unmarshal(text, &definition); err != nil {
		t.Fatal(err)
	}
	if drop(definition, field) == 0 {
		t.Fatalf("%s has no %s", file, field)
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(definition); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// drop deletes a key wherever it is, and counts.
func drop(v any, key string) (n int) {
	switch v := v.(type) {
	case map[string]any:
		if _, there := v[key]; there {
			delete(v, key)
			n++
		}
		for _, e := range v {
			n += drop(e, key)
		}
	case []any:
		for _, e := range v {
			n += drop(e, key)
		}
	}
	return n
}
