package compiler

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// ignore is a comment that silences findings of one code on one line.
type ignore struct {
	span   diag.Span
	line   int // the line that it is about
	code   diag.Code
	reason string
	// tooMany says that comments from here on are not read.
	tooMany bool
}

const ignoreWord = "meshc:ignore"

// maxIgnores bounds what a hostile file can ask for.
const maxIgnores = 1000

// A comment begins the line or stands behind a space.
var ignoreComment = regexp.MustCompile(`(?:^|[ \t])(#[ \t]*` + ignoreWord + `)(?:[ \t]+([^ \t]+))?[ \t]*(.*)$`)

// ignoresIn finds the comments of a file. The library keeps the texts of comments
// but not their places, so the lines are read again; what looks like a comment
// within a text is none.
func ignoresIn(name string, data []byte, docs []*syntax.Document) []ignore {
	if !bytes.Contains(data, []byte(ignoreWord)) {
		return nil
	}
	texts := textSpans(docs)
	lines := strings.Split(string(data), "\n")
	var out []ignore
	for i, line := range lines {
		if !strings.Contains(line, ignoreWord) {
			continue
		}
		line = strings.TrimRight(line, " \t\r")
		m := ignoreComment.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		column := func(at int) int { return utf8.RuneCountInString(line[:at]) + 1 }
		start := diag.Pos{Line: i + 1, Column: column(m[2])}
		if within(texts, start) {
			continue
		}
		g := ignore{line: i + 1, span: diag.Span{File: name, Start: start, End: diag.Pos{Line: i + 1, Column: column(len(line))}}}
		if len(out) == maxIgnores {
			g.tooMany = true
			return append(out, g)
		}
		if m[4] >= 0 {
			g.code, g.reason = diag.Code(line[m[4]:m[5]]), line[m[6]:m[7]]
		}
		if strings.TrimSpace(line[:m[2]]) == "" {
			g.line = below(lines, i)
		}
		out = append(out, g)
	}
	return out
}

// below gives the number of the line that a comment of its own line is about:
// the next one that is no comment. Comments may stand on each other.
func below(lines []string, i int) int {
	for i++; i < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i]), "#"); i++ {
	}
	return i + 1
}

// textSpans gives the places of all texts that may hold a number sign, in order.
func textSpans(docs []*syntax.Document) []diag.Span {
	var out []diag.Span
	seen := map[*syntax.Node]bool{}
	var walk func(*syntax.Node)
	walk = func(n *syntax.Node) {
		// Aliases share what they repeat: each node is looked at once.
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		if n.Kind == syntax.Scalar && strings.Contains(n.Value, "#") {
			out = append(out, n.Span)
		}
		for _, p := range n.Pairs {
			walk(p.Key)
			walk(p.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	for _, d := range docs {
		walk(d.Root)
	}
	slices.SortFunc(out, func(a, b diag.Span) int { return order(a.Start, b.Start) })
	return out
}

func order(a, b diag.Pos) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// within tells whether a place is in one of the spans, which do not overlap.
func within(spans []diag.Span, p diag.Pos) bool {
	i, starts := slices.BinarySearchFunc(spans, p, func(s diag.Span, p diag.Pos) int { return order(s.Start, p) })
	return starts || i > 0 && order(p, spans[i-1].End) < 0
}

// misplaced gives the line of the finding whose other place a comment stands at,
// which is an easy slip; 0 where there is none.
func (r *Result) misplaced(g ignore) int {
	for _, d := range r.Findings {
		if d.Code != g.code || d.Span.File != g.span.File {
			continue
		}
		for _, x := range d.Related {
			if x.Span.File == g.span.File && x.Span.Start.Line == g.line {
				return d.Span.Start.Line
			}
		}
	}
	return 0
}

// idle reports a comment that silences nothing. Where something is wrong, findings
// may be missing because of it, so that then only misplaced comments are reported.
func (r *Result) idle(g ignore, wrong bool) {
	hint, line := "Remove the comment, or put it beside the place of the finding.", r.misplaced(g)
	switch {
	case line > 0:
		hint = fmt.Sprintf("Put it at line %d, which is the place of the finding.", line)
	case wrong:
		return
	}
	r.Findings.Add(diag.IdleIgnore, g.span, fmt.Sprintf("No finding of %s is on line %d.", g.code, g.line), hint)
}

// silence takes out the findings that comments ignore, and reports comments that
// say no reason, silence nothing or must not silence what they name.
func (r *Result) silence() {
	wrong := r.Findings.HasErrors()
	for _, g := range r.ignores {
		switch {
		case g.tooMany:
			r.Findings.Add(diag.BadIgnore, g.span, fmt.Sprintf("The file holds more than %d such comments; from here on they are not read.", maxIgnores), "Use `--severity` to silence a code everywhere.")
			continue
		case g.code == "" || !g.code.Known():
			detail := "The comment names no code."
			if g.code != "" {
				detail = fmt.Sprintf("There is no code `%s`.", g.code)
			}
			r.Findings.Add(diag.BadIgnore, g.span, detail, "Write `# meshc:ignore CODE reason`, with the code that the finding shows.")
			continue
		case strings.HasPrefix(string(g.code), "MC5"):
			r.Findings.Add(diag.BadIgnore, g.span, fmt.Sprintf("%s is found by plans: it depends on the cluster, not on the file.", g.code), "Remove the comment.")
			continue
		}
		silenced, kept := false, false
		r.Findings = slices.DeleteFunc(r.Findings, func(d diag.Diagnostic) bool {
			if d.Code != g.code || d.Span.File != g.span.File || d.Span.Start.Line != g.line {
				return false
			}
			if d.Severity == diag.Error && !d.Code.Optional() {
				kept = true
				return false
			}
			silenced = true
			return true
		})
		switch {
		case kept:
			r.Findings.Add(diag.BadIgnore, g.span, fmt.Sprintf("%s is an error that cannot be ignored.", g.code), "Mend what it is about, and remove the comment.")
		case !silenced:
			r.idle(g, wrong)
		case g.reason == "":
			r.Findings.Add(diag.NoReason, g.span, fmt.Sprintf("The comment does not say why %s does not matter here.", g.code), "Write the reason behind the code.")
		}
	}
}
