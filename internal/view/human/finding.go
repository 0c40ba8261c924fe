package human

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

// labelWidth is up to where a detail stands beside its underline; a longer one
// gets lines of its own.
const labelWidth = 110

// Findings draws a whole document: each finding with its excerpt, then the sum.
// Without findings it names the meshes that were read.
func Findings(s Style, f view.Findings) string {
	if len(f.Findings) == 0 {
		return clean(f)
	}
	return Finding(s, f.Findings...) + "\n" + Sum(f) + "\n"
}

// Sum counts the findings in one line.
func Sum(f view.Findings) string {
	var parts []string
	if f.Errors > 0 {
		parts = append(parts, count(f.Errors, "error"))
	}
	if f.Warnings > 0 {
		parts = append(parts, count(f.Warnings, "warning"))
	}
	sum := strings.Join(parts, ", ")
	if n := f.Files(); n > 0 {
		sum += " in " + count(n, "file")
	}
	if f.NotShown > 0 {
		sum += fmt.Sprintf("; %s of them not shown", grouped(int64(f.NotShown)))
	}
	if f.Fixes > 0 {
		sum += fmt.Sprintf("; meshc validate --fix mends %d", f.Fixes)
	}
	return sum
}

func clean(f view.Findings) string {
	var b strings.Builder
	for _, m := range f.Meshes {
		if m.File != "" {
			b.WriteString(fileName(m.File) + ": ")
		}
		fmt.Fprintf(&b, "%s: %s, %s: no findings\n", view.Clean(m.Mesh), sizes(m), count(m.Topics, "topic"))
	}
	return b.String()
}

// Finding draws findings with a blank line between them. Where more is told
// about a code stands once for each code.
func Finding(s Style, list ...view.Finding) string {
	var b strings.Builder
	told := map[diag.Code]bool{}
	for i, f := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		d := drawer{Style: s, b: &b, gutter: gutter(f)}
		d.finding(f)
		if !told[f.Code] {
			told[f.Code] = true
			d.line("  = meshc explain " + string(f.Code))
		}
	}
	return b.String()
}

// drawer draws one finding. The gutter is the width of its line numbers.
type drawer struct {
	Style
	b      *strings.Builder
	gutter int
}

func gutter(f view.Finding) int {
	n := 2
	for _, l := range f.Excerpt {
		n = max(n, len(fmt.Sprint(l.Number)))
	}
	for _, r := range f.Related {
		for _, l := range r.Excerpt {
			n = max(n, len(fmt.Sprint(l.Number)))
		}
	}
	return n
}

func (d drawer) finding(f view.Finding) {
	color := boldRed
	if f.Severity == diag.Warning {
		color = yellow
	}
	d.line(d.paint(color, string(f.Severity)+"["+string(f.Code)+"]") + d.paint(bold, ": "+view.Clean(f.Summary)))
	if f.Span == nil {
		d.text("  ", f.Detail)
	} else {
		d.place("┌─", *f.Span, f.Excerpt, f.Detail, "^", color)
	}
	for _, r := range f.Related {
		if r.Span == nil {
			d.text("  = ", r.Note)
			continue
		}
		d.place("├─", *r.Span, r.Excerpt, r.Note, "-", blue)
	}
	for _, h := range f.Hints {
		d.hint(h)
	}
}

// place draws a place: its address, its line and what is said of it.
func (d drawer) place(corner string, span diag.Span, lines []view.Line, note, mark, color string) {
	d.rail(corner + " " + spanText(span))
	if len(lines) == 0 {
		d.rail("│ " + view.Clean(note))
		return
	}
	for _, l := range lines {
		d.line(d.paint(blue, fmt.Sprintf("%*d│", d.gutter, l.Number)) + " " + excerptText(l.Text))
		if l.From > 0 {
			d.underline(l, note, mark, color)
		}
	}
}

func (d drawer) underline(l view.Line, note, mark, color string) {
	runes := []rune(l.Text)
	from, to := min(l.From-1, len(runes)), min(l.To-1, len(runes))
	before := width(string(runes[:from]))
	length := max(1, width(string(runes[from:max(from, to)])))
	pad := "│ " + strings.Repeat(" ", before)
	note = view.Clean(note)
	limit := labelWidth
	if d.Width > 0 {
		limit = min(limit, d.Width)
	}
	marks := d.paint(color, strings.Repeat(mark, length))
	if d.gutter+width(pad)+length+1+width(note) <= limit {
		d.rail(pad + marks + " " + d.paint(color, note))
		return
	}
	d.rail(pad + marks)
	for _, line := range broken(note, d.Width-d.gutter-2) {
		d.rail("│ " + d.paint(color, line))
	}
}

// rail draws a line behind the place of the line numbers.
func (d drawer) rail(text string) {
	mark, rest, _ := strings.Cut(text, " ")
	d.line(strings.Repeat(" ", d.gutter) + d.paint(blue, mark) + " " + rest)
}

func (d drawer) text(prefix, text string) {
	for _, line := range broken(view.Clean(text), d.Width-len(prefix)) {
		d.line(prefix + line)
		prefix = strings.Repeat(" ", len(prefix))
	}
}

// hint draws advice: a sentence behind "=", or lines to copy, indented on their own.
func (d drawer) hint(hint string) {
	if !strings.Contains(hint, "\n") {
		d.text("  = ", hint)
		return
	}
	first, block, _ := strings.Cut(hint, "\n")
	if strings.HasSuffix(first, ":") && strings.Contains(strings.TrimLeft(first, " -"), " ") {
		// A sentence and no key: the lines to copy follow.
		d.text("  = ", first)
	} else {
		block = hint
	}
	for line := range strings.SplitSeq(strings.Trim(block, "\n"), "\n") {
		d.line("      " + excerptText(line))
	}
}

func (d drawer) line(text string) { d.b.WriteString(strings.TrimRight(text, " ") + "\n") }

// broken breaks a sentence between words; a width below 40 leaves it whole.
func broken(text string, to int) []string {
	if to < 40 || width(text) <= to {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > to {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func spanText(s diag.Span) string {
	s.File = fileName(s.File)
	return s.String()
}

// fileName names a file for people.
func fileName(name string) string {
	if name == "-" {
		return "<stdin>"
	}
	return view.Clean(name)
}

// sizes tells how many nodes a mesh has, leaving out connectors where there are none.
func sizes(m view.MeshInfo) string {
	out := count(m.Functions, "function")
	if m.Sources > 0 {
		out = count(m.Sources, "source") + ", " + out
	}
	if m.Sinks > 0 {
		out += ", " + count(m.Sinks, "sink")
	}
	return out
}
