// Package dot writes a drawing in the DOT language of Graphviz.
package dot

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

// Drawing writes a drawing as a digraph: nodes are boxes, topics cylinders,
// meshes clusters where there are several.
func Drawing(d view.Drawing) string {
	w := writer{d: d, ids: d.Idents()}
	w.line("digraph meshc {")
	w.line("  graph [rankdir=LR, fontname=\"Helvetica\", fontsize=12, labelloc=t, bgcolor=white%s]", w.title())
	w.line("  node [fontname=\"Helvetica\", fontsize=11, style=filled, fillcolor=white, color=\"#57606a\", shape=box]")
	w.line("  edge [fontname=\"Helvetica\", fontsize=9, color=\"#57606a\"]")
	groups := d.Groups()
	for g, list := range groups {
		if len(list) == 0 {
			continue
		}
		cluster := len(d.Meshes) > 1 && g < len(d.Meshes)
		indent := "  "
		if cluster {
			w.line("  subgraph cluster_%d {", g)
			w.line("    label=%s", quoted(d.Meshes[g].Mesh))
			w.line("    color=\"#8c959f\"")
			w.line("    style=dashed")
			indent = "    "
		}
		for _, i := range list {
			w.vertex(indent, i)
		}
		if cluster {
			w.line("  }")
		}
	}
	for _, e := range d.Edges {
		w.edge(e)
	}
	w.line("}")
	return w.b.String()
}

type writer struct {
	b   strings.Builder
	d   view.Drawing
	ids []string
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func (w *writer) title() string {
	if len(w.d.Meshes) != 1 {
		return ""
	}
	return ", label=" + quoted(w.d.Meshes[0].Mesh)
}

func (w *writer) vertex(indent string, i int) {
	v := w.d.Vertices[i]
	text := []string{v.Label}
	if facts := v.Facts(); facts != "" {
		text = append(text, facts)
	}
	if marks := w.d.MarkText(v.Marks); marks != "" {
		text = append(text, marks)
	}
	attrs := "label=" + quoted(text...)
	styles := "filled"
	if v.Topic() {
		attrs += ", shape=cylinder"
	} else {
		styles += ",rounded"
	}
	if v.External {
		styles += ",dashed"
	}
	if styles != "filled" {
		attrs += fmt.Sprintf(", style=%q", styles)
	}
	if c, ok := colors[v.Severity]; ok {
		attrs += fmt.Sprintf(", color=%q, fillcolor=%q, penwidth=2", c.line, c.fill)
	}
	if tip := w.tip(v.Marks, v.Name); tip != "" {
		attrs += ", tooltip=" + tip
	}
	w.line("%s%s [%s]", indent, w.ids[i], attrs)
}

func (w *writer) edge(e view.Edge) {
	var attrs []string
	if text := w.d.EdgeText(e); len(text) > 0 {
		attrs = append(attrs, "label="+quoted(text...))
	}
	if !e.Plain() {
		attrs = append(attrs, "style=dashed")
	}
	severity := e.Severity
	if e.Cycle && severity == "" {
		severity = diag.Error
	}
	if c, ok := colors[severity]; ok {
		attrs = append(attrs, fmt.Sprintf("color=%q, fontcolor=%q, penwidth=2", c.line, c.line))
	}
	if tip := w.tip(e.Marks); tip != "" {
		attrs = append(attrs, "tooltip="+tip)
	}
	text := ""
	if len(attrs) > 0 {
		text = " [" + strings.Join(attrs, ", ") + "]"
	}
	w.line("  %s -> %s%s", w.ids[e.From], w.ids[e.To], text)
}

// tip is what a pointer over the place shows: what the findings say.
func (w *writer) tip(m view.Marks, words ...string) string {
	for _, i := range m.Findings {
		f := w.d.Findings[i]
		words = append(words, string(f.Severity)+" "+string(f.Code)+": "+f.Detail)
	}
	if len(words) == 0 {
		return ""
	}
	return quoted(words...)
}

var colors = map[diag.Severity]struct{ line, fill string }{
	diag.Error:   {"#cf222e", "#ffebe9"},
	diag.Warning: {"#9a6700", "#fff8c5"},
}

// quoted writes lines as one quoted string. Graphviz reads a backslash in labels
// and tooltips as the start of an escape, and entities of HTML.
func quoted(lines ...string) string {
	for i, l := range lines {
		lines[i] = escapes.Replace(strings.ToValidUTF8(view.Clean(l), "\ufffd"))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)
