package syntax

import (
	"slices"

	"github.com/meshc/meshc/compiler/diag"
)

// text is a file as runes. The parser may work on a mended copy of the file;
// shifts lead places in the copy back to places in the file.
type text struct {
	name  string
	runes []rune
	// lines and breaks hold the offsets of line starts, as editors count lines
	// and as YAML 1.1 does (it also breaks at CR, NEL, LS and PS).
	lines, breaks []int
	shifts        map[int][]shift
	lengths       []int // of the file's own lines, for clamping
	spent         int   // bytes parsed in search of faults
}

// shift says that columns of a line from Column on are By too high in the mended copy.
type shift struct{ column, by int }

func newText(name, data string) *text {
	t := &text{name: name, shifts: map[int][]shift{}}
	t.set(data)
	t.lengths = make([]int, len(t.lines))
	for i := range t.lines {
		from, to := t.bounds(i)
		t.lengths[i] = to - from
	}
	return t
}

// set replaces the text by a mended copy with the same lines.
func (t *text) set(data string) {
	t.runes = []rune(data)
	t.lines, t.breaks = []int{0}, []int{0}
	for i, r := range t.runes {
		switch r {
		case '\n':
			t.lines = append(t.lines, i+1)
			t.breaks = append(t.breaks, i+1)
		case '\r':
			if i+1 == len(t.runes) || t.runes[i+1] != '\n' {
				t.breaks = append(t.breaks, i+1)
			}
		case '\u0085', '\u2028', '\u2029':
			t.breaks = append(t.breaks, i+1)
		}
	}
}

// line returns a line, counted from 0, without its end.
func (t *text) line(i int) string {
	from, to := t.bounds(i)
	return string(t.runes[from:to])
}

// bounds returns where a line begins, and where its end does.
func (t *text) bounds(i int) (from, to int) {
	from, to = t.lines[i], len(t.runes)
	if i+1 < len(t.lines) {
		to = t.lines[i+1] - 1
	}
	if to > from && t.runes[to-1] == '\r' {
		to--
	}
	return from, to
}

// offset finds the place that the YAML library names by line and column from 1.
func (t *text) offset(line, column int) int {
	line = min(max(line, 1), len(t.breaks))
	return min(max(t.breaks[line-1]+column-1, 0), len(t.runes))
}

// pos gives the place in the user's file of an offset in the mended copy.
func (t *text) pos(offset int) diag.Pos {
	i, found := slices.BinarySearch(t.lines, offset)
	if !found {
		i--
	}
	column := offset - t.lines[i]
	for _, s := range t.shifts[i] {
		if column >= s.column {
			column -= s.by
		}
	}
	return diag.Pos{Line: i + 1, Column: min(max(column, 0), t.lengths[i]) + 1}
}

func (t *text) span(start, end int) diag.Span {
	s := diag.Span{File: t.name, Start: t.pos(start), End: t.pos(max(start, end))}
	if s.End.Line == s.Start.Line && s.End.Column < s.Start.Column {
		s.End = s.Start
	}
	return s
}
