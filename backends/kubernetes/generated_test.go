package kubernetes_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/meshtest/valid"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
)

// meshes is how many are drawn and sent to the API server; MESHC_MESHES is another number.
const meshes = 200

// drawn draws a mesh that resources can be made of.
var drawn = rapid.Custom(func(t *rapid.T) *syntax.Node {
	root := valid.Mesh(t)
	valid.Deployable(t, root)
	return root
})

// connect makes a client of a test server's administrator.
func connect(t testing.TB, srv *k8s.Server, namespace string) *kube.Client {
	t.Helper()
	config, err := kube.Load(kube.Settings{Kubeconfig: srv.Kubeconfig, Namespace: namespace, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	client, err := kube.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestGeneratedMeshes writes drawn meshes in both forms, and reads them back: a plan
// made by another run finds nothing to do, so what the API server fills in or spells in
// another way is no difference. Nothing waits for pods, which nobody starts here.
func TestGeneratedMeshes(t *testing.T) {
	srv := k8stest.Shared(t)
	namespace := k8stest.Namespace(t, srv)
	client := connect(t, srv, namespace)
	n, seed := meshes, int(time.Now().UnixNano()%1_000_000)
	if s := os.Getenv("MESHC_MESHES"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	if s := os.Getenv("MESHC_SEED"); s != "" {
		seed, _ = strconv.Atoi(s)
	}
	t.Logf("MESHC_SEED=%d", seed)
	seen := map[string]bool{}
	components, refused := 0, 0
	for i := range n {
		root := drawn.Example(seed + i)
		// Each under a name of its own, and all in the test's namespace of Kubernetes.
		name := fmt.Sprintf("m%d", i)
		rename(root, name)
		text, err := syntax.Encode(root)
		if err != nil {
			t.Fatal(err)
		}
		result := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: text}}, compiler.Options{})
		if len(result.Units) != 1 || result.Units[0].Mesh == nil {
			t.Fatalf("seed %d: %v\n%s", seed+i, result.Findings, text)
		}
		fresh := func() *kubernetes.Backend {
			return kubernetes.New(client, kubernetes.Options{Namespace: namespace, Components: i%2 == 1})
		}
		b := fresh()
		p, found, err := planner.Make(t.Context(), b, kubernetes.Name, result.Units[0], planner.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed+i, err)
		}
		if found.HasErrors() {
			refused++
			for _, d := range found {
				if d.Severity == diag.Error {
					t.Logf("seed %d is refused: %s %s", seed+i, d.Code, d.Detail)
				}
			}
			continue
		}
		for _, s := range p.Steps {
			if s.Op != plan.Create {
				continue
			}
			components++
			if err := b.Do(t.Context(), s, nil); err != nil {
				t.Fatalf("seed %d: %s: %v\n%s", seed+i, s.ID, err, text)
			}
		}
		again, _, err := planner.Make(t.Context(), fresh(), kubernetes.Name, result.Units[0], planner.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed+i, err)
		}
		for _, c := range again.Changes() {
			t.Errorf("seed %d: %s is not as it was written: %+v\n%s", seed+i, c.Addr, c.Fields, text)
		}
		cover(t, client, namespace, name, seen)
		if t.Failed() {
			break
		}
	}
	t.Logf("%d meshes, %d components, %d meshes refused", n, components, refused)
	tell(t, seen, n == meshes)
	if refused > n/10 {
		t.Errorf("%d of %d meshes are refused", refused, n)
	}
}

// rename names a mesh and its namespace of Pulsar, and takes names of resources and namespaces away.
func rename(root *syntax.Node, name string) {
	root.Get("name").Value = name
	root.Pairs = slices.DeleteFunc(root.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "namespace" })
	at := &syntax.Node{Kind: syntax.Scalar, Type: syntax.Text, Value: name}
	root.Pairs = append(root.Pairs, syntax.Pair{Key: &syntax.Node{Kind: syntax.Scalar, Type: syntax.Text, Value: "namespace"}, Value: at})
	for _, at := range append([]*syntax.Node{root}, nodes(root)...) {
		if block := at.Get("kubernetes"); block != nil {
			block.Pairs = slices.DeleteFunc(block.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "name" || p.Key.Value == "namespace" })
			for _, key := range []string{"labels", "annotations"} {
				// The server is strict about these, as validate is.
				if n := block.Get(key); n != nil && n.Kind == syntax.Mapping {
					for j := range n.Pairs {
						n.Pairs[j].Key.Value = fmt.Sprintf("example.org/k%d", j)
						if key == "labels" {
							n.Pairs[j].Value = &syntax.Node{Kind: syntax.Scalar, Type: syntax.Text, Value: "v"}
						}
					}
				}
			}
		}
	}
}

func nodes(root *syntax.Node) (out []*syntax.Node) {
	for _, list := range []string{"functions", "sources", "sinks"} {
		if l := root.Get(list); l != nil {
			out = append(out, l.Items...)
		}
	}
	return out
}

// cover notes the fields of the mesh's resources as they are stored.
func cover(t *testing.T, client *kube.Client, namespace, name string, seen map[string]bool) {
	t.Helper()
	note := func(kind string, spec any) { walk(kind+" ", spec, seen) }
	if o, err := client.Get(context.Background(), kube.Ref{Resource: kube.FunctionMeshes, Namespace: namespace, Name: name}); err == nil {
		for _, kind := range []string{"function", "source", "sink"} {
			for _, item := range o.Items("spec", kind+"s") {
				note(kind, item)
			}
		}
		return
	}
	for kind, r := range map[string]kube.Resource{"function": kube.Functions, "source": kube.Sources, "sink": kube.Sinks} {
		l, err := client.List(context.Background(), r, namespace, kube.Selector{Labels: "meshc/mesh=" + name})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range l.Items {
			note(kind, o["spec"])
		}
	}
}

func walk(at string, v any, seen map[string]bool) {
	seen[at] = true
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			walk(at+"."+key, e, seen)
		}
	case []any:
		for _, e := range v {
			walk(at+"[]", e, seen)
		}
	}
}

// tell prints which fields of the resources that a mesh can hold were written.
func tell(t *testing.T, seen map[string]bool, all bool) {
	t.Helper()
	for _, kind := range []string{"function", "source", "sink"} {
		fields := functionmesh.Fields(kind)
		var not []string
		for _, f := range fields {
			if !seen[kind+" ."+f] {
				not = append(not, f)
			}
		}
		inner := 0
		for path := range maps.Keys(seen) {
			if strings.HasPrefix(path, kind+" ") {
				inner++
			}
		}
		t.Logf("%s: %d of %d fields written, %d with those inside; not written: %s", kind, len(fields)-len(not), len(fields), inner, strings.Join(not, ", "))
		// What no mesh holds: runtimes and connectors that are functions' alone, and what
		// meshes say in another way.
		not = slices.DeleteFunc(not, func(f string) bool {
			return f == "genericRuntime" || kind != "function" && (f == "python" || f == "golang")
		})
		if all && len(not) > 0 {
			t.Errorf("%s: never written: %s", kind, strings.Join(not, ", "))
		}
	}
}
