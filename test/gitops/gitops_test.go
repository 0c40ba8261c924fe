// Package gitops_test gives what `meshc build` writes to a real Kubernetes API server,
// the way that tools of GitOps do: the server takes all of it, warns of nothing, and
// keeps it as it was written.
package gitops_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"gopkg.in/yaml.v3"

	"github.com/meshc/meshc/internal/cli"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

func TestMain(m *testing.M) { k8stest.Main(m) }

// sample is what meshc wrote, and where from.
type sample struct {
	name  string
	built []byte
}

func TestExamples(t *testing.T) {
	meshes, err := filepath.Glob("../../examples/*/mesh*.yaml")
	if err != nil || len(meshes) < 6 {
		t.Fatal(meshes, err)
	}
	srv := server(t)
	for _, mesh := range meshes {
		args := []string{"build", mesh}
		overlay := filepath.Join(filepath.Dir(mesh), "k8s.yaml")
		switch _, err := os.Stat(overlay); {
		case err == nil:
			args = append(args, "--overlay", overlay)
		case !errors.Is(err, fs.ErrNotExist):
			t.Fatal(err)
		}
		for _, target := range []string{"functionmesh", "components"} {
			name := filepath.Base(filepath.Dir(mesh)) + "/" + filepath.Base(mesh) + "/" + target
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				built := build(t, append(slices.Clone(args), "--to", target)...)
				if again := build(t, append(slices.Clone(args), "--to", target)...); !bytes.Equal(built, again) {
					t.Error("two builds differ")
				}
				check(t, srv, sample{name, built})
				take(t, srv, sample{name, built})
			})
		}
	}
}

// take gives a sample to the stand-in operator with its webhooks: it refuses nothing and
// makes a StatefulSet of each node, and the same text a second time changes nothing.
func take(t *testing.T, srv *k8s.Server, s sample) {
	ns := k8stest.Namespace(t, srv)
	operator.Run(t, srv, operator.Options{Namespace: ns, Webhooks: true, NoKubelet: true})
	kubectl := func(args ...string) string {
		t.Helper()
		out, _, err := srv.Kubectl(t.Context(), s.built, append([]string{"-n", ns}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	kubectl("apply", "--server-side", "-f", "-")
	nodes := 0
	for _, doc := range documents(t, s.built) {
		if doc["kind"] != "FunctionMesh" {
			nodes++
			continue
		}
		for _, list := range doc["spec"].(map[string]any) {
			nodes += len(list.([]any))
		}
	}
	sets := func() int { return len(strings.Fields(kubectl("get", "statefulsets", "-o", "name"))) }
	for end := time.Now().Add(time.Minute); sets() < nodes && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	if n := sets(); n != nodes {
		t.Errorf("%d StatefulSets of %d nodes", n, nodes)
	}
	const generations = `jsonpath={range .items[*]}{.metadata.name} {.metadata.generation}{"\n"}{end}`
	const all = "functionmeshes.compute.functionmesh.io,functions.compute.functionmesh.io,sources.compute.functionmesh.io,sinks.compute.functionmesh.io"
	before := kubectl("get", all, "-o", generations)
	kubectl("apply", "--server-side", "-f", "-")
	if diff := cmp.Diff(before, kubectl("get", all, "-o", generations)); diff != "" {
		t.Errorf("a second apply changes something (-first +second)\n%s", diff)
	}
}

// TestGoldens takes what the compiler's own tests expect of `build`: meshes with every
// field that resources have.
func TestGoldens(t *testing.T) {
	archives, err := filepath.Glob("../../compiler/testdata/*-built.txtar")
	if err != nil {
		t.Fatal(err)
	}
	srv := server(t)
	found := 0
	for _, path := range archives {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range a.Files {
			if file.Name != "out/built" || !bytes.Contains(file.Data, []byte("compute.functionmesh.io/")) {
				continue
			}
			found++
			name := strings.TrimSuffix(filepath.Base(path), ".txtar")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				check(t, srv, sample{name, file.Data})
			})
		}
	}
	if found < 2 {
		t.Errorf("%d goldens with resources", found)
	}
}

func server(t *testing.T) *k8s.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	return k8stest.Shared(t)
}

// build runs meshc and returns what it printed.
func build(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errOut bytes.Buffer
	f := cli.NewFactory(args, strings.NewReader(""), &out, &errOut, func(string) string { return "" })
	if exit := f.Run(); exit != 0 {
		t.Fatalf("meshc %s: exit code %d\n%s", strings.Join(args, " "), exit, errOut.String())
	}
	return out.Bytes()
}

// ofNamespace is a line that puts a resource into another namespace than the test's.
var ofNamespace = regexp.MustCompile(`(?m)^  namespace: .*\n`)

// check gives a sample to the server: as a dry run, where a misspelt or mistyped field
// is an error, then in earnest.
func check(t *testing.T, srv *k8s.Server, s sample) {
	ns := k8stest.Namespace(t, srv)
	text := ofNamespace.ReplaceAll(s.built, nil)
	want := documents(t, text)
	if len(want) == 0 {
		t.Fatal("nothing was built")
	}
	kubectl := func(args ...string) string {
		t.Helper()
		out, warnings, err := srv.Kubectl(t.Context(), text, append([]string{"-n", ns}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		if len(warnings) > 0 {
			t.Errorf("kubectl %s warns:\n%s", strings.Join(args, " "), warnings)
		}
		return string(out)
	}
	// Only a create has unknown fields refused; an apply drops them.
	kubectl("create", "--validate=strict", "--dry-run=server", "-f", "-")
	kubectl("apply", "--server-side", "--dry-run=server", "-f", "-")
	kubectl("apply", "--server-side", "-f", "-")
	first := read(t, kubectl("get", "-f", "-", "-o", "json"))
	if len(first) != len(want) {
		t.Fatalf("%d resources, want %d", len(first), len(want))
	}
	for i, w := range want {
		for _, part := range []string{"apiVersion", "kind", "spec"} {
			if diff := cmp.Diff(w[part], first[i][part]); diff != "" {
				t.Errorf("%s: %s as it was written and as it is kept (-written +kept)\n%s", s.name, part, diff)
			}
		}
	}
	kubectl("apply", "--server-side", "-f", "-")
	if diff := cmp.Diff(first, read(t, kubectl("get", "-f", "-", "-o", "json"))); diff != "" {
		t.Errorf("a second apply changes something (-first +second)\n%s", diff)
	}
}

// documents reads YAML as JSON would have it.
func documents(t *testing.T, text []byte) (out []map[string]any) {
	t.Helper()
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc map[string]any
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		var plain map[string]any
		if err := json.Unmarshal(data, &plain); err != nil {
			t.Fatal(err)
		}
		out = append(out, plain)
	}
}

// read reads an object, or the items of a list.
func read(t *testing.T, text string) []map[string]any {
	t.Helper()
	var one map[string]any
	if err := json.Unmarshal([]byte(text), &one); err != nil {
		t.Fatal(err)
	}
	if one["kind"] != "List" {
		return []map[string]any{one}
	}
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}
