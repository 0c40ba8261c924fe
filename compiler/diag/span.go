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

// Mask puts stars in the place of stretches that may not be shown. The places of
// everything else stay.
func (s Sources) Mask(spans []Span) {
	type stretch struct{ from, to int } // columns from 0; to < 0 is the end of the line
	files := map[string]map[int][]stretch{}
	for _, span := range spans {
		if _, known := s[span.File]; !known {
			continue
		}
		if files[span.File] == nil {
			files[span.File] = map[int][]stretch{}
		}
		for line := max(span.Start.Line, 1); line <= span.End.Line; line++ {
			x := stretch{0, -1}
			if line == span.Start.Line {
				x.from = span.Start.Column - 1
			}
			if line == span.End.Line {
				x.to = span.End.Column - 1
			}
			files[span.File][line] = append(files[span.File][line], x)
		}
	}
	for file, masked := range files {
		lines := bytes.SplitAfter(s[file], []byte("\n"))
		for i, line := range lines {
			stretches := masked[i+1]
			if stretches == nil {
				continue
			}
			text := bytes.TrimRight(line, "\r\n")
			runes := bytes.Runes(text)
			for _, x := range stretches {
				if x.to < 0 || x.to > len(runes) {
					x.to = len(runes)
				}
				for c := max(x.from, 0); c < x.to; c++ {
					runes[c] = '*'
				}
			}
			lines[i] = append([]byte(string(runes)), line[len(text):]...)
		}
		s[file] = bytes.Join(lines, nil)
	}
}
