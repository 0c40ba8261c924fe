package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/diag"
)

func TestRead(t *testing.T) {
	t.Chdir(t.TempDir())
	const mesh = "name: m\nfunctions: []\n"
	write := func(name, data string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.yaml", mesh)
	write("bom.yaml", "\ufeff"+mesh)
	write("utf16.yaml", "\xff\xfen\x00")
	write("latin1.yaml", "name: m\n# \xe9\n")
	write("nul.yaml", "name: m\n\x00")
	write("large.yaml", strings.Repeat("#", compiler.MaxFile+1))
	write("full.yaml", mesh+strings.Repeat("#", compiler.MaxFile-len(mesh)))
	write("folder/b.yml", mesh)
	write("folder/a.yaml", "functionInfo:\n") // nearly a mesh
	write("folder/broken.yaml", "name: [\nfunctions:\n")
	write("folder/compose.yaml", "name: x\nservices: {}\n")
	write("folder/resource.yaml", "apiVersion: v1\nkind: List\nfunctions: []\n")
	write("folder/connectors.yaml", "name: x\nsources: []\n")
	write("folder/pipes.yaml", "sources: {}\nsinks: {}\n") // another tool's
	write("folder/operator.yaml", "apiVersion: compute.functionmesh.io/v1alpha1\nkind: Function\n")
	write("folder/notes.txt", mesh)
	write("folder/.hidden.yaml", mesh)
	write("folder/deeper/c.yaml", mesh)
	write("other/compose.yaml", "services: {}\n")
	for name, target := range map[string]string{"link.yaml": "a.yaml", "dangling.yaml": "none"} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}

	for _, c := range []struct {
		args  string
		names string // those that are read
		fails string // for the others: name and a part of what is said
	}{
		{"a.yaml ./a.yaml link.yaml", "a.yaml", ""},
		{"- a.yaml -", "- a.yaml", ""},
		{"bom.yaml full.yaml", "bom.yaml full.yaml", ""},
		{"folder", "folder/a.yaml folder/b.yml folder/broken.yaml folder/connectors.yaml folder/operator.yaml", ""},
		{"folder/b.yml folder", "folder/b.yml folder/a.yaml folder/broken.yaml folder/connectors.yaml folder/operator.yaml", ""},
		{"other a.yaml", "a.yaml", "other: holds a mesh"},
		{"", "", "mesh.yaml: no `mesh.yaml` in this folder"},
		{"none.yaml", "", "none.yaml: no such file"},
		{"dangling.yaml", "", "dangling.yaml: no such file"},
		{"utf16.yaml", "", "utf16.yaml: UTF-16"},
		{"latin1.yaml", "", "latin1.yaml: line 2"},
		{"nul.yaml", "", "nul.yaml: NUL character in line 2"},
		{"large.yaml", "", "large.yaml: larger than 4 MiB"},
		{os.DevNull, "", os.DevNull + ": not a regular file"},
	} {
		t.Run(c.args, func(t *testing.T) {
			inputs, list := compiler.Read(strings.Fields(c.args), strings.NewReader(mesh))
			var names []string
			for _, in := range inputs {
				names = append(names, in.Name)
			}
			if got := strings.Join(names, " "); got != c.names {
				t.Errorf("read %q, want %q", got, c.names)
			}
			if c.fails == "" {
				if len(list) > 0 {
					t.Errorf("findings %v", list)
				}
				return
			}
			file, part, _ := strings.Cut(c.fails, ": ")
			if len(list) != 1 || list[0].Code != diag.UnreadableFile || list[0].Span.String() != file ||
				!strings.Contains(list[0].Detail, part) || len(list[0].Hints) == 0 {
				t.Errorf("findings %v, want %q", list, c.fails)
			}
		})
	}
}

// Standard input and files of other folders find code where they should.
func TestCodeIsRelativeToTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	const mesh = "name: %s\njarFile: f.jar\ntopics: [{name: in, external: true}]\nfunctions: [{name: %s, className: x.Y, inputs: [in]}]\n"
	if err := os.MkdirAll("sub", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("sub/f.jar", artifacttest.Jar(artifacttest.Function("x.Y", "java.lang.String", "java.lang.String")), 0o644); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range []string{"-", "m.yaml", "sub/m.yaml"} {
		r := compiler.Compile([]compiler.Input{{Name: name, Data: fmt.Appendf(nil, mesh, "m", "f")}}, compiler.Options{})
		found[name] = len(r.Findings) == 0
	}
	if diff := cmp.Diff(map[string]bool{"-": false, "m.yaml": false, "sub/m.yaml": true}, found); diff != "" {
		t.Errorf("code found (-want +got):\n%s", diff)
	}
}

// The acceptance case: as many findings as mistakes, each with its place.
func TestTwelveMistakesAreTwelveFindings(t *testing.T) {
	data, err := os.ReadFile("testdata/twelve-mistakes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, findings, _ := strings.Cut(string(data), "-- out/findings --\n")
	n := 0
	for line := range strings.Lines(findings) {
		var severity, file string
		var l, c, end int
		if _, err := fmt.Sscanf(strings.NewReplacer(":", " ", "-", " ").Replace(line), "%s %s %d %d %d", &severity, &file, &l, &c, &end); err == nil && l > 0 && c > 0 {
			n++
		}
	}
	if n != 12 {
		t.Errorf("%d findings with line and column, want 12", n)
	}
}

func BenchmarkCompile(b *testing.B) {
	const mesh = "../examples/word-count/mesh.yaml"
	data, err := os.ReadFile(mesh)
	if err != nil {
		b.Skip("no example")
	}
	for b.Loop() {
		compiler.Compile([]compiler.Input{{Name: mesh, Data: data}}, compiler.Options{})
	}
}

// A thousand functions in a chain.
func BenchmarkCompile1000(b *testing.B) {
	var s strings.Builder
	s.WriteString("name: m\njarFile: f.jar\ntopics:\n- {name: t0, external: true}\nfunctions:\n")
	for i := range 1000 {
		fmt.Fprintf(&s, "- name: f%d\n  className: org.example.F\n  inputs: [t%d]\n  output: t%d\n", i, i, i+1)
	}
	for b.Loop() {
		compiler.Compile([]compiler.Input{{Name: "m.yaml", Data: []byte(s.String())}}, compiler.Options{})
	}
}

// A fix is for what stands in a file: none writes over a reference, into the
// command line, or with the text of a secret.
func TestNoFixOverReferences(t *testing.T) {
	const mesh = `name: m
variables: {mode: ATLEAST_ONC}
functions:
- {name: a, className: x.Y, py: y.py, inputs: [i], output: o, processingGuarantees: "${mode}"}
- {name: b, className: x.Y, py: y.py, inputs: [i], output: p, userConfig: {token: 0123}}
- {name: c, className: x.Y, py: y.py, inputs: [i], output: q}
- {name: d, className: x.Y, py: y.py, inputs: [i], output: r, processingGuarantees: ATLEAST_ONC}
`
	r := compiler.Compile([]compiler.Input{{Name: "m.yaml", Data: []byte(mesh)}}, compiler.Options{Set: []string{"functions.c.processingGuarantees=ATLEAST_ONC"}})
	fixed := map[string]bool{}
	for _, d := range r.Findings {
		if d.Code == diag.BadValue {
			fixed[d.Span.String()] = d.Fix != nil
		}
	}
	want := map[string]bool{"m.yaml:4:85": false, "m.yaml:5:83": false, "--set:1:34": false, "m.yaml:7:85": true}
	if diff := cmp.Diff(want, fixed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
