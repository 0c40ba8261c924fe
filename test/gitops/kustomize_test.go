package gitops_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// overlaid are a mesh and what overlays make of it: values, maps, lists, nodes that go
// and come, and another name.
const overlaid = `
-- mesh.yaml --
name: words
kubernetes: {image: i:1, pulsarConfig: pulsar, codePath: /pulsar/x.py, namespace: fns, labels: {a/b: c}}
topics: [{name: in, external: true}]
functions:
  - {name: a, py: function://public/default/x@1, className: x.Y, inputs: [in], output: mid, userConfig: {"y": "no", "a/b": 1, "c~d": [1, 2], n: 12345678901, f: 1.5}}
  - {name: b, py: function://public/default/x@1, className: x.Y, inputs: [mid], output: out}
  - {name: c, py: function://public/default/x@1, className: x.Y, inputs: [mid], kubernetes: {pod: {env: [{name: A, value: "1"}, {name: B, value: "2"}]}}}
sinks:
  - {name: store, archive: sink://public/default/x@1, className: x.Y, inputs: [out], kubernetes: {codePath: /pulsar/x.nar, inputTypeClassName: java.lang.String}}
-- nothing.yaml --
functions:
  - {name: a, parallelism: 1}
-- prod.yaml --
kubernetes: {image: i:2, labels: {a/b: d, e.f: g}}
functions:
  - {name: a, parallelism: 4, userConfig: {"a/b": 2, "c~d": null, "on": "off", n: 98765432109}}
  - {name: b, $patch: delete}
  - {name: c, kubernetes: {pod: {env: [{name: B, value: "yes"}]}}}
  - {name: d, py: function://public/default/x@1, className: x.Y, inputs: [in], output: out}
-- small.yaml --
functions:
  - {name: b, $patch: delete}
sinks:
  - {name: store, $patch: delete}
sources:
  - {name: lines, archive: source://public/default/x@1, className: x.Y, output: in, kubernetes: {codePath: /pulsar/x.nar, outputTypeClassName: java.lang.String}}
-- renamed.yaml --
kubernetes: {name: others}
-- moved.yaml --
kubernetes: {namespace: elsewhere}
`

// TestKustomize: what kubectl makes of base and patches is what build makes of the
// overlaid mesh.
func TestKustomize(t *testing.T) {
	srv := server(t)
	dir := t.TempDir()
	archive := txtar.Parse([]byte(overlaid))
	writeAll(t, dir, archive)
	mesh := filepath.Join(dir, "mesh.yaml")
	for _, form := range []string{"functionmesh", "components"} {
		out := filepath.Join(dir, form)
		args := []string{"build", "--to", "kustomize", mesh, "--out", out}
		if form == "components" {
			args = append(args, "--components")
		}
		for _, f := range archive.Files[1:] {
			args = append(args, "--overlay", filepath.Join(dir, f.Name))
		}
		build(t, args...)
		for _, f := range archive.Files {
			name := strings.TrimSuffix(f.Name, ".yaml")
			folder, own := filepath.Join(out, "overlays", name), []string{"build", "--to", form, mesh}
			if name == "mesh" {
				folder = filepath.Join(out, "base")
			} else {
				own = append(own, "--overlay", filepath.Join(dir, f.Name))
			}
			t.Run(form+"/"+name, func(t *testing.T) {
				made, _, err := srv.Kubectl(t.Context(), nil, "kustomize", folder)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(resources(t, build(t, own...)), resources(t, made)); diff != "" {
					t.Errorf("build and kustomize differ (-build +kustomize):\n%s", diff)
				}
			})
		}
	}
}

// resources gives documents by kind and name: kustomize has an order of its own.
func resources(t *testing.T, text []byte) []map[string]any {
	docs := documents(t, text)
	name := func(d map[string]any) string {
		meta := d["metadata"].(map[string]any)
		return d["kind"].(string) + " " + meta["name"].(string)
	}
	slices.SortFunc(docs, func(a, b map[string]any) int { return strings.Compare(name(a), name(b)) })
	return docs
}

func writeAll(t *testing.T, dir string, archive *txtar.Archive) {
	t.Helper()
	for _, f := range archive.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
