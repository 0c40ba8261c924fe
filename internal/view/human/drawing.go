package human

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

// maxColumns is how wide a drawing gets where no terminal says how wide it may be.
const maxColumns = 200

// maxVertices is up to how many vertices are drawn as boxes: more are a list.
const maxVertices = 400

// Drawing draws meshes from top to bottom along the data flow: nodes are boxes
// with corners, topics have round ones, and what is external is dashed. What does
// not fit the width is told as a list by level. Findings stand in the boxes, and
// below with a line each.
func Drawing(s Style, d view.Drawing) string {
	limit := s.Width
	if limit <= 0 {
		limit = maxColumns
	}
	var b strings.Builder
	if len(d.Meshes) == 1 {
		b.WriteString(s.paint(bold, view.Clean(d.Meshes[0].Mesh)) + "\n\n")
	}
	text, fits := "", false
	if len(d.Vertices) <= maxVertices {
		text, fits = boxes(s, d, limit)
	}
	if !fits {
		text = levels(s, d)
	}
	b.WriteString(text)
	if len(d.Findings) > 0 {
		b.WriteString("\n" + listed(s, d))
	}
	return b.String()
}

// severityColor is red for errors, yellow for warnings.
func severityColor(s diag.Severity) string {
	switch s {
	case diag.Error:
		return boldRed
	case diag.Warning:
		return yellow
	}
	return ""
}

// listed tells the findings in a line or two each.
func listed(s Style, d view.Drawing) string {
	var b strings.Builder
	for _, f := range d.Findings {
		where := ""
		if f.Span != nil {
			where = " " + spanText(*f.Span)
		}
		head := view.Sign(f.Severity) + " " + string(f.Code) + where + ": "
		lines := broken(view.Clean(f.Summary)+". "+view.Clean(f.Detail), s.Width-2)
		if s.Width > 0 && width(head)+width(lines[0]) > s.Width {
			lines = append([]string{""}, lines...)
		}
		b.WriteString(s.paint(severityColor(f.Severity), strings.TrimRight(head, " ")) + strings.TrimRight(" "+lines[0], " ") + "\n")
		for _, l := range lines[1:] {
			b.WriteString("  " + l + "\n")
		}
	}
	sum := view.Findings{Errors: d.Errors, Warnings: d.Warnings, Findings: d.Findings}
	b.WriteString(Sum(sum) + "\n")
	return b.String()
}

// levels lists the vertices by level, each with what it leads to.
func levels(s Style, d view.Drawing) string {
	out := make([][]view.Edge, len(d.Vertices))
	for _, e := range d.Edges {
		out[e.From] = append(out[e.From], e)
	}
	byLevel := map[int][]int{}
	deepest := 0
	for i, v := range d.Vertices {
		byLevel[v.Level] = append(byLevel[v.Level], i)
		deepest = max(deepest, v.Level)
	}
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\n") }
	for n := 0; n <= deepest; n++ {
		for _, i := range byLevel[n] {
			v := d.Vertices[i]
			indent := strings.Repeat("  ", min(n, 8))
			name := view.Clean(v.Label)
			if v.Topic() {
				name = "(" + name + ")"
			} else {
				name = "[" + name + "]"
			}
			facts := v.Facts()
			if len(d.Meshes) > 1 && len(v.Meshes) == 1 && !v.Topic() {
				facts += " of " + view.Clean(d.Meshes[v.Meshes[0]].Mesh)
			}
			if facts != "" {
				facts = "  " + s.paint(dim, facts)
			}
			if marks := d.MarkText(v.Marks); marks != "" {
				facts += "  " + s.paint(severityColor(v.Severity), marks)
			}
			line(indent + s.paint(bold, name) + facts)
			for _, e := range out[i] {
				target := "→ " + view.Clean(d.Vertices[e.To].Label)
				if !e.Plain() {
					target += " (" + view.Clean(string(e.Role)) + ")"
				}
				if e.Cycle {
					target += " (cycle)"
				}
				severity := e.Severity
				if e.Cycle && severity == "" {
					severity = diag.Error
				}
				if marks := d.MarkText(e.Marks); marks != "" {
					target += "  " + marks
				}
				line(indent + "    " + s.paint(severityColor(severity), target))
			}
		}
	}
	if len(d.Vertices) == 0 {
		return fmt.Sprintln("(nothing to draw)")
	}
	return b.String()
}
