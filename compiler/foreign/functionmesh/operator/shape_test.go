package operator

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/meshc/meshc/schema/fields"
)

// shapesFile is held against the operator's own definitions where FUNCTIONMESH_CRDS
// names a folder with them, and written from them with MESHC_UPDATE=1.
func TestShapesAreTheOperators(t *testing.T) {
	dir := os.Getenv("FUNCTIONMESH_CRDS")
	if dir == "" {
		t.Skip("THE SHAPES OF RESOURCES ARE NOT COMPARED WITH THE OPERATOR'S: FUNCTIONMESH_CRDS names no folder with its definitions; our own list of them is checked all the same")
	}
	all := map[string]*Schema{}
	var definitions []map[string]any
	for _, name := range []string{"functions", "sources", "sinks", "functionmeshes"} {
		data, err := os.ReadFile(filepath.Join(dir, name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var crd map[string]any
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatal(err)
		}
		definitions = append(definitions, crd)
	}
	for _, mesh := range []bool{false, true} {
		f, err := FromDefinitions(definitions, mesh)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range Kinds() {
			all[string(kind)] = f.schemas[kind]
		}
		text := shapes(all)
		if os.Getenv("MESHC_UPDATE") != "" && !mesh {
			if err := os.WriteFile("shapes.txt", []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(shapesText, text); diff != "" && os.Getenv("MESHC_UPDATE") == "" {
			t.Errorf("shapes.txt is not what the operator's definitions say (mesh %v):\n%s", mesh, diff)
		}
	}
}

// What is read is written as it was.
func TestShapesReadAsTheyAreWritten(t *testing.T) {
	all, err := parseShapes(shapesText)
	if err != nil {
		t.Fatal(err)
	}
	roots := map[string]*Schema{}
	for _, kind := range Kinds() {
		roots[string(kind)] = all[string(kind)]
	}
	if diff := cmp.Diff(shapesText, shapes(roots)); diff != "" {
		t.Error(diff)
	}
	fieldsOf := func(s *Schema) int { return len(s.Properties) }
	got := []int{fieldsOf(roots["function"]), fieldsOf(roots["source"]), fieldsOf(roots["sink"])}
	if diff := cmp.Diff([]int{51, 36, 44}, got); diff != "" {
		t.Errorf("the numbers of fields are not the operator's: %s", diff)
	}
}

func TestBrokenShapesAreRefused(t *testing.T) {
	for _, text := range []string{"alone\n", "a @b\n"} {
		if _, err := parseShapes(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// Each field of the table of versions is one that the newest operator has.
func TestVersionsOfFields(t *testing.T) {
	for _, a := range arrivals {
		for _, kind := range Kinds() {
			has := Newest().Has(kind, a.path)
			if want := cmp.Equal(letters[kind], a.kinds) || len(a.kinds) == 3; want && !has {
				t.Errorf("no operator has %s of a %s", a.path, kind)
			}
		}
	}
	for _, tt := range []struct {
		version, path string
		want          bool
	}{
		{"0.27.2", "pulsarPackageService", true}, {"0.26.0", "pulsarPackageService", false}, {"v0.27", "pod.startupProbe", false},
		{"0.25", "sinkConfig", false}, {"0.26", "sinkConfig", true}, {"0.24", "pod.disableDefaultAffinity", false},
		{"0.23", "windowConfig.processingGuarantees", false}, {"0.23", "windowConfig.processingGuarantee", true},
		{"0.22", "windowConfig.processingGuarantee", false}, {"0.24", "windowConfig.processingGuarantees", true},
		{"0.99", "pod.startupProbe", true}, {"1.0", "pod.startupProbe", true}, {"0.12", "className", true},
	} {
		f, err := OfVersion(tt.version)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Has(fields.Function, tt.path); got != tt.want {
			t.Errorf("%s has %s: %v", tt.version, tt.path, got)
		}
	}
	if f, _ := OfVersion("0.25"); !f.Has(fields.Sink, "sinkConfig") {
		t.Error("sinks lost their sinkConfig")
	}
	for _, bad := range []string{"", "27", "0.x", "0.-1", "0.11", "1.2.3.4"} {
		if _, err := OfVersion(bad); err == nil {
			t.Errorf("%q is taken for a version", bad)
		}
	}
	for _, v := range Versions() {
		if _, err := OfVersion(v); err != nil {
			t.Error(err)
		}
	}
}

// What cannot be read of a cluster counts as the newest, and what is of another kind
// is passed over.
func TestDefinitionsThatCannotBeRead(t *testing.T) {
	other := map[string]any{"spec": map[string]any{"names": map[string]any{"kind": "Other"}}}
	f, err := FromDefinitions([]map[string]any{nil, other}, true)
	if err != nil || !f.Has(fields.Function, "pod.startupProbe") {
		t.Errorf("%v", err)
	}
	mesh := map[string]any{"spec": map[string]any{"names": map[string]any{"kind": "FunctionMesh"}, "versions": []any{map[string]any{"name": "v1beta1"}}}}
	if _, err := FromDefinitions([]map[string]any{mesh}, true); err == nil {
		t.Error("a definition of another version was read")
	}
}
