package crds_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/crds"
	"gopkg.in/yaml.v3"
)

// TestLikeUpstream compares the project's definitions with those that the folder
// FUNCTIONMESH_CRDS holds: the names, the subresources, and each field with its type,
// default, enum, bounds and required fields. Below what the project leaves open inside
// pod policies nothing is compared.
func TestLikeUpstream(t *testing.T) {
	folder := os.Getenv("FUNCTIONMESH_CRDS")
	if folder == "" {
		t.Skip("OUR DEFINITIONS ARE NOT COMPARED WITH THE OPERATOR'S: FUNCTIONMESH_CRDS names no folder with the operator's own definitions")
	}
	theirs := os.DirFS(folder)
	files, err := fs.Glob(crds.Files, "*.yaml")
	if err != nil || len(files) != 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		ours, upstream := read(t, crds.Files, file), read(t, theirs, file)
		if a, b := frame(ours), frame(upstream); a != b {
			t.Errorf("%s: names and subresources\nours:     %s\nupstream: %s", file, a, b)
		}
		have, want := facts{}, facts{}
		have.walk("", root(t, ours))
		want.walk("", root(t, upstream))
		for _, path := range slices.Sorted(maps.Keys(want)) {
			switch got, ok := have[path]; {
			case ok && got != want[path] && !openInside(have, path):
				t.Errorf("%s: %s\nours:     %s\nupstream: %s", file, path, got, want[path])
			case !ok && !openInside(have, path):
				t.Errorf("%s: %s is missing: %s", file, path, want[path])
			}
		}
		for path := range have {
			if _, ok := want[path]; !ok {
				t.Errorf("%s: %s is not upstream's", file, path)
			}
		}
		t.Logf("%s: %d of %d paths compared", file, len(have), len(want))
	}
}

// openInside tells whether path is, or lies below, what the project leaves open of
// core Kubernetes' types.
func openInside(have facts, path string) bool {
	if !strings.Contains(path, ".pod.") && !strings.Contains(path, ".volumeClaimTemplates") {
		return false
	}
	for p := path; p != ""; p = p[:strings.LastIndexAny(p, ".[{")] {
		if strings.Contains(have[p], "x-kubernetes-preserve-unknown-fields:true") {
			return true
		}
	}
	return false
}

// facts are what a schema says of each path.
type facts map[string]string

func (f facts) walk(path string, s map[string]any) {
	own := maps.Clone(s)
	for _, k := range []string{"properties", "items", "additionalProperties", "description"} {
		delete(own, k)
	}
	if r, ok := own["required"].([]any); ok {
		slices.SortFunc(r, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	f[path] = fmt.Sprint(own) // fmt sorts the keys of maps
	fields, _ := s["properties"].(map[string]any)
	for name, field := range fields {
		f.walk(path+"."+name, field.(map[string]any))
	}
	if items, ok := s["items"].(map[string]any); ok {
		f.walk(path+"[]", items)
	}
	if values, ok := s["additionalProperties"].(map[string]any); ok {
		f.walk(path+"{}", values)
	}
}

func read(t *testing.T, from fs.FS, file string) map[string]any {
	t.Helper()
	data, err := fs.ReadFile(from, file)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := yaml.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// versionOf returns the only version of a definition.
func versionOf(crd map[string]any) map[string]any {
	return crd["spec"].(map[string]any)["versions"].([]any)[0].(map[string]any)
}

func root(t *testing.T, crd map[string]any) map[string]any {
	t.Helper()
	return versionOf(crd)["schema"].(map[string]any)["openAPIV3Schema"].(map[string]any)
}

func frame(crd map[string]any) string {
	spec, version := maps.Clone(crd["spec"].(map[string]any)), maps.Clone(versionOf(crd))
	delete(version, "schema")
	delete(spec, "versions")
	return fmt.Sprint(spec, version)
}
