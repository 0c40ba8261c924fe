// Package mermaid writes a drawing as a flowchart of Mermaid, which GitHub and
// GitLab show in Markdown.
package mermaid

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

// Drawing writes a drawing as a flowchart: nodes are boxes, topics cylinders,
// meshes subgraphs where there are several.
func Drawing(d view.Drawing) string {
	w := writer{d: d, ids: d.Idents()}
	w.line("flowchart LR")
	for g, list := range d.Groups() {
		if len(list) == 0 {
			continue
		}
		indent := "  "
		mesh := g < len(d.Meshes) && len(d.Meshes) > 1
		if mesh {
			w.line("  subgraph mesh_%d[%s]", g, quoted(d.Meshes[g].Mesh))
			indent = "    "
		}
		for _, i := range list {
			w.vertex(indent, i)
		}
		if mesh {
			w.line("  end")
		}
	}
	for i, e := range d.Edges {
		w.edge(i, e)
	}
	w.styles()
	return w.b.String()
}

type writer struct {
	b   strings.Builder
	d   view.Drawing
	ids []string
	// red and amber are the edges with errors and with warnings.
	red, amber []string
	// classes are the vertices of each class.
	classes [3][]string
}

// The classes of vertices.
const (
	external = iota
	failed
	warned
)

var classes = [...]struct{ name, style string }{
	external: {"external", "stroke-dasharray:5 3"},
	failed:   {"error", "fill:#ffebe9,stroke:#cf222e,stroke-width:2px,color:#82071e"},
	warned:   {"warning", "fill:#fff8c5,stroke:#9a6700,stroke-width:2px,color:#633c01"},
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func (w *writer) vertex(indent string, i int) {
	v := w.d.Vertices[i]
	text := []string{v.Label}
	if facts := v.Facts(); facts != "" {
		text = append(text, facts)
	}
	if marks := w.d.MarkText(v.Marks); marks != "" {
		text = append(text, marks)
	}
	shape := "[%s]"
	if v.Topic() {
		shape = "[(%s)]"
	}
	w.line("%s%s"+shape, indent, w.ids[i], quoted(text...))
	if v.External {
		w.classes[external] = append(w.classes[external], w.ids[i])
	}
	switch v.Severity {
	case diag.Error:
		w.classes[failed] = append(w.classes[failed], w.ids[i])
	case diag.Warning:
		w.classes[warned] = append(w.classes[warned], w.ids[i])
	}
}

func (w *writer) edge(i int, e view.Edge) {
	arrow := "-->"
	if !e.Plain() {
		arrow = "-.->"
	}
	label := ""
	if text := w.d.EdgeText(e); len(text) > 0 {
		label = "|" + quoted(text...) + "|"
	}
	w.line("  %s %s%s %s", w.ids[e.From], arrow, label, w.ids[e.To])
	switch {
	case e.Severity == diag.Error || e.Cycle && e.Severity == "":
		w.red = append(w.red, fmt.Sprint(i))
	case e.Severity == diag.Warning:
		w.amber = append(w.amber, fmt.Sprint(i))
	}
}

func (w *writer) styles() {
	for i, c := range classes {
		if len(w.classes[i]) > 0 {
			w.line("  classDef %s %s", c.name, c.style)
			w.line("  class %s %s", strings.Join(w.classes[i], ","), c.name)
		}
	}
	if len(w.red) > 0 {
		w.line("  linkStyle %s stroke:#cf222e,stroke-width:2px", strings.Join(w.red, ","))
	}
	if len(w.amber) > 0 {
		w.line("  linkStyle %s stroke:#bf8700,stroke-width:2px", strings.Join(w.amber, ","))
	}
}

// quoted writes lines as one label. Whatever could mean something to Mermaid, to
// Markdown or to HTML becomes an entity, as Mermaid spells them: #60; for <.
func quoted(lines ...string) string {
	for i, l := range lines {
		lines[i] = escaped(strings.ToValidUTF8(view.Clean(l), "\ufffd"))
	}
	return `"` + strings.Join(lines, "<br/>") + `"`
}

func escaped(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("_/,✗×", r):
			b.WriteRune(r)
		case r == ' ' && i > 0 && i+1 < len(runes):
			b.WriteRune(r)
		case strings.ContainsRune("-.:+!", r) && i > 0 && i+1 < len(runes) && (r != '.' || runes[i+1] != ' '):
			// At the start of a label, or before a blank, these would make a list of it.
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
