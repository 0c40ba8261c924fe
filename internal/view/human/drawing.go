package human

import (
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
	if len(d.Vertices) == 0 && len(d.Findings) == 0 {
		return "nothing to draw\n"
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
