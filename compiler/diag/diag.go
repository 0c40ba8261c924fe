// Package diag holds findings: what meshc has to say about an author's file or
// about a plan made from it. A finding is a value, not an error; failures
// (network, disk) are Go errors and never become findings.
package diag

import (
	"cmp"
	"slices"
	"strings"
)

// Severity says whether a finding stops the work.
type Severity string

// The two severities. Only [Error] makes a command exit 3.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one finding. Code decides the summary, which never varies for a
// code; Detail tells this case in full sentences and is shown under the excerpt.
type Diagnostic struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// Span is the place in the author's file. The zero Span means the finding
	// has no place, as with a mesh that is named only on the command line.
	Span Span `json:"span"`
	// Detail says what is wrong here, without line breaks.
	Detail string `json:"detail"`
	// Hints say what to do, one sentence or a block of lines to copy each.
	Hints   []string  `json:"hints,omitempty"`
	Related []Related `json:"related,omitempty"`
	// Fix is nil where the author has a choice.
	Fix *Fix `json:"fix,omitempty"`
}

// Related is another place that took part in a finding, such as the first of
// two equal names.
type Related struct {
	Span Span   `json:"span"`
	Note string `json:"note"`
}

// List is the findings of a run. The zero value is ready to use.
type List []Diagnostic

// Add appends a finding with the severity that its code has by default. Words of
// the author's file in the sentences may hold anything: they are brought to one
// line of a bearable length. A hint of several lines is a block to copy, and stays.
func (l *List) Add(code Code, span Span, detail string, hints ...string) *Diagnostic {
	for i, h := range hints {
		if !strings.Contains(h, "\n") {
			hints[i] = oneLine(h)
		}
	}
	detail = oneLine(detail)
	*l = append(*l, Diagnostic{
		Code: code, Severity: code.Severity(), Span: span, Detail: detail, Hints: hints,
	})
	return &(*l)[len(*l)-1]
}

// maxSentence is the length in runes that a sentence is cut to.
const maxSentence = 600

var breaks = strings.NewReplacer("\r", `\r`, "\n", `\n`)

// oneLine shows line breaks as escapes and leaves out the middle of what is too
// long. Other control characters are the views' to clean: they know the medium.
func oneLine(s string) string {
	s = breaks.Replace(s)
	if len(s) > maxSentence {
		if r := []rune(s); len(r) > maxSentence {
			s = string(r[:maxSentence/2]) + " ... " + string(r[len(r)-maxSentence/2:])
		}
	}
	return s
}

// Relate adds another place to a finding and returns it.
func (d *Diagnostic) Relate(span Span, note string) *Diagnostic {
	d.Related = append(d.Related, Related{Span: span, Note: note})
	return d
}

// HasErrors tells whether a finding stops the work.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count returns how many findings are errors and how many are warnings.
func (l List) Count() (errors, warnings int) {
	for _, d := range l {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Sorted returns the findings by file, line, column and code, each once.
func (l List) Sorted() List {
	s := slices.Clone(l)
	slices.SortStableFunc(s, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
			cmp.Compare(a.Span.Start.Column, b.Span.Start.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	return slices.CompactFunc(s, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Span == b.Span && a.Detail == b.Detail
	})
}
