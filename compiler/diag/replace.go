package diag

import (
	"bytes"
	"slices"
)

// With gives the text of a file with another text in the place of each of the spans
// that lie in it. The lines behind a span stay lines.
func (s Sources) With(file string, spans []Span, text string) []byte {
	lines := bytes.SplitAfter(s[file], []byte("\n"))
	offset := func(p Pos) int {
		at := 0
		for _, line := range lines[:min(max(p.Line, 1)-1, len(lines))] {
			at += len(line)
		}
		if p.Line > len(lines) {
			return at
		}
		runes := bytes.Runes(bytes.TrimRight(lines[max(p.Line, 1)-1], "\r\n"))
		return at + len(string(runes[:min(max(p.Column, 1)-1, len(runes))]))
	}
	type stretch struct{ from, to int }
	var all []stretch
	for _, span := range spans {
		if span.File == file && !span.IsZero() && span.Start != (Pos{}) {
			all = append(all, stretch{offset(span.Start), offset(span.End)})
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return a.from - b.from })
	var out []byte
	done := 0
	for _, x := range all {
		if x.from < done || x.to <= x.from {
			continue
		}
		out = append(append(out, s[file][done:x.from]...), text...)
		if s[file][x.to-1] == '\n' {
			out = append(out, '\n')
		}
		done = x.to
	}
	return append(out, s[file][done:]...)
}
