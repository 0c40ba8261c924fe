package diag

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fix is the one safe way to mend a finding: changes of the author's file that
// do what a hint says.
type Fix struct {
	// Title says what is done, in a few words.
	Title string `json:"title"`
	Edits []Edit `json:"edits"`
}

// Edit replaces a stretch of a file. It is made only where Old stands there,
// in quotes or without; an empty Old stands for whatever is there.
type Edit struct {
	Span Span   `json:"span"`
	Old  string `json:"-"`
	New  string `json:"text"`
}

// Mend adds a fix to a finding and returns it.
func (d *Diagnostic) Mend(title string, edits ...Edit) *Diagnostic {
	d.Fix = &Fix{Title: oneLine(title), Edits: edits}
	return d
}

// Fixes counts the findings that have a fix.
func (l List) Fixes() (n int) {
	for _, d := range l {
		if d.Fix != nil {
			n++
		}
	}
	return n
}

// Mended carries out the fixes of the findings in a file and returns its new text
// and how many were carried out. A fix is carried out whole or not at all, and not
// where an earlier one has changed the same stretch: another run finds it again.
func (l List) Mended(file string, data []byte) (out []byte, done int) {
	starts := lineStarts(data)
	var all []replacement
	for _, d := range l.Sorted() {
		if d.Fix == nil || d.Span.File != file {
			continue
		}
		var own []replacement
		for _, e := range d.Fix.Edits {
			r, ok := e.locate(data, starts)
			if !ok || slices.ContainsFunc(all, r.overlaps) {
				own = nil
				break
			}
			own = append(own, r)
		}
		if own != nil {
			all = append(all, own...)
			done++
		}
	}
	slices.SortFunc(all, func(a, b replacement) int { return cmp.Compare(a.from, b.from) })
	at := 0
	for _, r := range all {
		out = append(append(out, data[at:r.from]...), r.text...)
		at = r.to
	}
	return append(out, data[at:]...), done
}

// replacement is an edit in bytes of the file.
type replacement struct {
	from, to int
	text     string
}

func (r replacement) overlaps(o replacement) bool {
	return r.from < o.to && o.from < r.to || r.from == o.from
}

func (e Edit) locate(data []byte, starts []int) (replacement, bool) {
	from, ok := offset(data, starts, e.Span.Start)
	to, ok2 := offset(data, starts, e.Span.End)
	if !ok || !ok2 || from > to {
		return replacement{}, false
	}
	there := string(data[from:to])
	if e.Old != "" && there != e.Old && there != `"`+e.Old+`"` && there != "'"+e.Old+"'" {
		return replacement{}, false
	}
	return replacement{from, to, e.New}, true
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, b := range data {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// offset finds the byte of a place; the end of a line is one.
func offset(data []byte, starts []int, p Pos) (int, bool) {
	if p.Line < 1 || p.Line > len(starts) || p.Column < 1 {
		return 0, false
	}
	at := starts[p.Line-1]
	line := data[at:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	text := strings.TrimSuffix(string(line), "\r")
	for range p.Column - 1 {
		if text == "" {
			return 0, false
		}
		_, size := utf8.DecodeRuneInString(text)
		text, at = text[size:], at+size
	}
	return at, true
}
