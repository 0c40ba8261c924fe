package view_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/dot"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/internal/view/json"
	"github.com/meshc/meshc/internal/view/mermaid"
	"github.com/meshc/meshc/internal/view/svg"
)

// drawingForms are all forms of a drawing, by the names of their sections.
var drawingForms = []struct {
	name string
	draw func(view.Drawing) string
}{
	{"ascii", func(d view.Drawing) string { return human.Drawing(human.Style{}, d) }},
	{"narrow", func(d view.Drawing) string { return human.Drawing(human.Style{Width: 40}, d) }},
	{"colour", func(d view.Drawing) string { return human.Drawing(human.Style{Color: true, Width: 120}, d) }},
	{"dot", dot.Drawing},
	{"mermaid", mermaid.Drawing},
	{"json", func(d view.Drawing) string {
		var b bytes.Buffer
		if err := json.Write(&b, d); err != nil {
			return err.Error()
		}
		return b.String()
	}},
	{"svg", svg.Drawing},
}

// drawingOf compiles the meshes of an archive: its files that end in .yaml.
func drawingOf(a *txtar.Archive) view.Drawing {
	var inputs []compiler.Input
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".yaml") {
			inputs = append(inputs, compiler.Input{Name: f.Name, Data: f.Data})
		}
	}
	r := compiler.Compile(inputs, compiler.Options{})
	var meshes []view.Wiring
	for _, u := range r.Units {
		meshes = append(meshes, view.Wiring{Mesh: u.Mesh, Graph: u.Graph})
	}
	return view.NewDrawing(meshes, r.Findings, r.Sources)
}

// TestDrawings draws the meshes of each archive in testdata/graph in all forms that
// it has a section for. MESHC_UPDATE=1 rewrites the sections.
func TestDrawings(t *testing.T) {
	files, err := filepath.Glob("testdata/graph/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := drawingOf(a)
			checked := 0
			for _, form := range drawingForms {
				got := form.draw(d)
				if form.name == "svg" {
					wellFormed(t, got)
				}
				for i, f := range a.Files {
					if f.Name != form.name {
						continue
					}
					checked++
					if os.Getenv("MESHC_UPDATE") != "" {
						a.Files[i].Data = []byte(got)
					} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
						t.Errorf("%s (-want +got)\n%s", form.name, diff)
					}
				}
			}
			if checked == 0 {
				t.Error("the archive expects nothing")
			}
			if os.Getenv("MESHC_UPDATE") != "" {
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestSameBytes compiles and draws the same meshes 100 times.
func TestSameBytes(t *testing.T) {
	a, err := txtar.ParseFile("testdata/graph/trouble.txtar")
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]string{}
	for i := range 100 {
		d := drawingOf(a)
		for _, form := range drawingForms {
			got := form.draw(d)
			if i == 0 {
				first[form.name] = got
			} else if got != first[form.name] {
				t.Fatalf("%s differs in run %d:\n%s", form.name, i, cmp.Diff(first[form.name], got))
			}
		}
	}
}

// hostileWords are words that mean something to a form, or to what shows it.
var hostileWords = []string{
	`"`, `\`, `\"`, `a"];b`, "a\nb", "a\r\n  end", "<script>alert(1)</script>", "]]>", "<!--", "&amp;&lt;", "\x1b[31m", "\x00", "\ufffe",
	"\u202egpj", "\xff\xfe", `%d%s`, "end", "--> x", "`md`", "**b**", "1. one", "- x", "#quot;", "|", "{{x}}", `\N\G\l`, "語語語", "é", "",
	strings.Repeat("long ", 400),
}

// TestHostileWords puts words into every text of a drawing.
func TestHostileWords(t *testing.T) {
	for _, w := range hostileWords {
		d := view.Drawing{
			Format: view.GraphFormat, Errors: 1,
			Meshes: []view.MeshInfo{{Mesh: "a/b/" + w}, {Mesh: w}},
			Vertices: []view.Vertex{
				{ID: "function a/b/" + w, Kind: "function", Name: "a/b/" + w, Label: w, Meshes: []int{0}, Marks: view.Marks{Severity: "error", Findings: []int{0}}},
				{ID: "topic " + w, Kind: view.KindTopic, Name: w, Label: w, Meshes: []int{0, 1}, External: true, Level: 1},
				{ID: "sink " + w, Kind: w, Name: w, Label: w, Meshes: []int{1}, Level: 2},
			},
			Edges: []view.Edge{
				{From: 0, To: 1, Role: "output", Marks: view.Marks{Severity: "error", Findings: []int{0}}},
				{From: 1, To: 2, Role: "dead-letter"},
			},
			Findings: []view.Finding{{Code: "MC0000", Severity: "error", Summary: w, Detail: w}},
		}
		for _, form := range drawingForms {
			got := form.draw(d)
			if form.name != "colour" && strings.ContainsAny(got, "\x00\x1b\u202e\r") {
				t.Errorf("%s of %q holds control characters:\n%q", form.name, w, got)
			}
			switch form.name {
			case "svg":
				wellFormed(t, got)
			case "dot":
				readByGraphviz(t, got, 3, 2)
			case "mermaid":
				readLikeMermaid(t, got)
			case "narrow", "ascii":
				if strings.Count(got, "\n") > 200 {
					t.Errorf("%s of %q has %d lines", form.name, w, strings.Count(got, "\n"))
				}
			}
		}
	}
}

// wellFormed reads an image as XML and looks for what must not be in it.
func wellFormed(t *testing.T, image string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(image))
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("the image is not well-formed: %v\n%s", err, image)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "svg", "title", "style", "defs", "marker", "path", "rect", "text", "g":
		default:
			t.Errorf("the image has an element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("the image has an attribute %s", a.Name.Local)
			}
			if a.Name.Local == "id" {
				if ids[a.Value] {
					t.Errorf("the id %s is there twice", a.Value)
				}
				ids[a.Value] = true
			}
		}
	}
}
