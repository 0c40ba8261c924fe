package human

import (
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

// deepest is how many levels are told apart by their indentation.
const deepest = 8

// levels lists the vertices by level, each with what it leads to. What needs no
// word of its own stands together.
func levels(s Style, d view.Drawing) string {
	x := list{Style: s, d: d, out: make([][]view.Edge, len(d.Vertices))}
	for _, e := range d.Edges {
		x.out[e.From] = append(x.out[e.From], e)
	}
	var byLevel [][]int
	for i, v := range d.Vertices {
		for len(byLevel) <= v.Level {
			byLevel = append(byLevel, nil)
		}
		byLevel[v.Level] = append(byLevel[v.Level], i)
	}
	for n, vertices := range byLevel {
		for _, i := range vertices {
			x.vertex(i, strings.Repeat("  ", min(n, deepest)))
		}
	}
	return x.b.String()
}

type list struct {
	Style
	b   strings.Builder
	d   view.Drawing
	out [][]view.Edge
}

func (x *list) line(text string) { x.b.WriteString(text + "\n") }

func (x *list) vertex(i int, indent string) {
	v := x.d.Vertices[i]
	name := "[" + view.Clean(v.Label) + "]"
	if v.Topic() {
		name = "(" + view.Clean(v.Label) + ")"
	}
	facts := v.Facts()
	if len(x.d.Meshes) > 1 && !v.Topic() {
		facts += " of " + view.Clean(x.d.Meshes[v.Meshes[0]].Mesh)
	}
	text := indent + x.paint(bold, name)
	if facts != "" {
		text += "  " + x.paint(dim, facts)
	}
	if marks := x.d.MarkText(v.Marks); marks != "" {
		text += "  " + x.paint(severityColor(v.Severity), marks)
	}
	x.line(text)
	indent += "    "
	var plain []string
	for _, e := range x.out[i] {
		if e.Plain() && !e.Cycle && e.Severity == "" {
			plain = append(plain, view.Clean(x.d.Vertices[e.To].Label))
		} else {
			x.line(indent + x.target(e))
		}
	}
	if len(plain) > 0 {
		for n, l := range broken(strings.Join(plain, ", "), x.Width-width(indent)-2) {
			arrow := "→ "
			if n > 0 {
				arrow = "  "
			}
			x.line(indent + arrow + l)
		}
	}
}

// target tells where an edge leads that has something to tell.
func (x *list) target(e view.Edge) string {
	text := "→ " + view.Clean(x.d.Vertices[e.To].Label)
	if !e.Plain() {
		text += " (" + view.Clean(string(e.Role)) + ")"
	}
	severity := e.Severity
	if e.Cycle {
		text += " (cycle)"
		if severity == "" {
			severity = diag.Error
		}
	}
	if marks := x.d.MarkText(e.Marks); marks != "" {
		text += "  " + marks
	}
	return x.paint(severityColor(severity), text)
}
