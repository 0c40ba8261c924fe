package diag

import (
	"bytes"
	"fmt"
)

// Pos is a place in a file. Line and Column count from 1; Column counts runes.
// The zero Pos is no place.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Span is a stretch of a file, from Start up to and without End.
// File is the name as the user gave it; standard input is "-".
type Span struct {
	File  string `json:"file,omitempty"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// IsZero tells whether the span names no place.
func (s Span) IsZero() bool { return s == Span{} }

// String gives file:line:column, the form that editors and terminals link, or
// the file alone where the whole file is meant.
func (s Span) String() string {
	if s.IsZero() {
		return "-"
	}
	if s.Start == (Pos{}) {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column)
}

// Sources holds the text of the files that spans point into, by file name,
// so that views can show excerpts without reading a file again.
type Sources map[string][]byte

// Mask puts stars in the place of a stretch of a text that may not be shown. The
// places of everything else stay.
func (s Sources) Mask(span Span) {
	data, ok := s[span.File]
	if !ok || span.Start.Line < 1 {
		return
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for i := span.Start.Line; i <= min(span.End.Line, len(lines)); i++ {
		runes := bytes.Runes(bytes.TrimRight(lines[i-1], "\r\n"))
		rest := lines[i-1][len(bytes.TrimRight(lines[i-1], "\r\n")):]
		from, to := 0, len(runes)
		if i == span.Start.Line {
			from = min(span.Start.Column-1, to)
		}
		if i == span.End.Line {
			to = min(max(span.End.Column-1, from), to)
		}
		for c := from; c < to; c++ {
			runes[c] = '*'
		}
		lines[i-1] = append([]byte(string(runes)), rest...)
	}
	s[span.File] = bytes.Join(lines, nil)
}
