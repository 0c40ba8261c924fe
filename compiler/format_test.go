package compiler_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/meshtest"
)

// TestFormatKeepsMeshes: over 200 meshes, the form has itself as form, holds every
// comment, and compiles to the same mesh with the same findings.
func TestFormatKeepsMeshes(t *testing.T) {
	meshes := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 2 {
			file := meshtest.Files().Draw(t, "file")
			form := checkForm(t, "mesh.yaml", []byte(file.Text))
			for _, c := range file.Comments {
				if n := strings.Count(form, c); n != 1 {
					t.Fatalf("the comment %q stands there %d times:\n%s\nformatted:\n%s", c, n, file.Text, form)
				}
			}
			meshes++
		}
	})
	t.Logf("%d files", meshes)
}

// TestFormatKeepsExamples does the same with the examples and the compiler's cases.
func TestFormatKeepsExamples(t *testing.T) {
	paths, err := filepath.Glob("../examples/*/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range paths {
		if filepath.Base(path) == "as-printed.yaml" {
			continue // not YAML
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		form := checkForm(t, path, data)
		for line := range strings.Lines(string(data)) {
			if _, comment, ok := strings.Cut(line, "# "); ok && !strings.Contains(form, "# "+comment) {
				t.Errorf("%s: the comment %q is lost", path, comment)
			}
		}
	}
}

// checkForm formats a file and holds the form to what it promises.
func checkForm(t rapid.TB, name string, data []byte) string {
	t.Helper()
	form := mustFormat(t, name, data)
	if again := mustFormat(t, name, form); !bytes.Equal(again, form) {
		t.Fatalf("%s, formatted again (-once +twice):\n%s\nof:\n%s", name, cmp.Diff(string(form), string(again)), data)
	}
	before := compiler.Compile([]compiler.Input{{Name: name, Data: data}}, compiler.Options{})
	after := compiler.Compile([]compiler.Input{{Name: name, Data: form}}, compiler.Options{})
	if len(before.Units) == 0 {
		t.Fatalf("%s is no mesh: %v\n%s", name, before.Findings, data)
	}
	if diff := cmp.Diff(codes(before.Findings), codes(after.Findings)); diff != "" {
		t.Fatalf("%s, findings (-file +form):\n%s\nof:\n%s\nformatted:\n%s", name, diff, data, form)
	}
	if diff := cmp.Diff(models(before), models(after), sameMesh...); diff != "" {
		t.Fatalf("%s (-file +form):\n%s\nof:\n%s\nformatted:\n%s", name, diff, data, form)
	}
	return string(form)
}

func mustFormat(t rapid.TB, name string, data []byte) []byte {
	t.Helper()
	out, list, err := compiler.Format(compiler.Input{Name: name, Data: data})
	if err != nil || list.HasErrors() {
		t.Fatalf("%s: %v %v\n%s", name, err, list, data)
	}
	return out
}

// codes are the findings without places, which move.
func codes(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, fmt.Sprintf("%s[%s]", d.Severity, d.Code))
	}
	slices.Sort(out)
	return out
}

// models are the meshes with their topics in an order that does not depend on
// which node names one first.
func models(r compiler.Result) []*mesh.Mesh {
	var out []*mesh.Mesh
	for _, u := range r.Units {
		slices.SortFunc(u.Mesh.Topics, func(a, b *mesh.Topic) int { return strings.Compare(a.Name, b.Name) })
		out = append(out, u.Mesh)
	}
	return out
}

var sameMesh = []cmp.Option{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".notes" }, cmp.Ignore()), // what stages have made of it
	cmp.Comparer(func(diag.Span, diag.Span) bool { return true }),
	cmp.Transformer("byKey", func(entries []mesh.Entry) map[string]*mesh.Value {
		byKey := map[string]*mesh.Value{}
		for _, e := range entries {
			if len(e.Value.Items) == 1 && (e.Key == "output" || e.Key == "topicName") {
				e.Value = e.Value.Items[0] // a list of one is the topic
			}
			byKey[e.Key] = e.Value
		}
		return byKey
	}),
}

// A byte order mark stays, and so does how lines end.
func TestFormatKeepsTheEncoding(t *testing.T) {
	for name, c := range map[string][2]string{
		"mark":           {"\ufefffunctions: []\nname: m\n", "\ufeffname: m\nfunctions: []\n"},
		"CRLF":           {"functions: []\r\nname: m # note\r\nx: |\r\n  a\r\n\r\n  b\r\n", "name: m # note\r\nfunctions: []\r\nx: |\r\n  a\r\n\r\n  b\r\n"},
		"mostly CRLF":    {"functions: []\r\nname: m\n", "name: m\r\nfunctions: []\r\n"},
		"CR alone":       {"functions: []\rname: m\r", "name: m\nfunctions: []\n"},
		"line separator": {"functions: []\u2028name: \"a\u2028 b\"\n", "name: \"a\u2028 b\"\nfunctions: []\n"},
		"tabs":           {"functions:\t[]\t# note\t\nname: m\n", "name: m\nfunctions: [] # note\n"},
		"no end":         {"functions: []\nname: m # note", "name: m # note\nfunctions: []\n"},
		"nothing":        {"", ""},
		"blank lines":    {"\n\n  \n", ""},
	} {
		inputs, list := compiler.Read([]string{"-"}, strings.NewReader(c[0]))
		if len(inputs) != 1 || len(list) > 0 {
			t.Fatalf("%s: %v", name, list)
		}
		if string(inputs[0].Original()) != c[0] {
			t.Errorf("%s: %q was read as %q", name, c[0], inputs[0].Original())
		}
		out, list, err := compiler.Format(inputs[0])
		if err != nil || list.HasErrors() || string(out) != c[1] {
			t.Errorf("%s: %q, not %q: %v %v", name, out, c[1], err, list)
		}
	}
}
