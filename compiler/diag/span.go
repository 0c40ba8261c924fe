package diag

import "fmt"

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
