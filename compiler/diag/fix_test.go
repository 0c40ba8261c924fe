package diag_test

import (
	"testing"

	"github.com/meshc/meshc/compiler/diag"
)

func TestMended(t *testing.T) {
	const text = "nåme: x\r\nb: \"2\"\nc: yes\n"
	span := func(line, from, to int) diag.Span {
		return diag.Span{File: "m", Start: diag.Pos{Line: line, Column: from}, End: diag.Pos{Line: line, Column: to}}
	}
	var list diag.List
	add := func(line, from, to int, edits ...diag.Edit) {
		list.Add(diag.BadValue, span(line, from, to), "x").Mend("x", edits...)
	}
	add(1, 1, 5, diag.Edit{Span: span(1, 1, 5), Old: "nåme", New: "name"})
	add(2, 4, 7, diag.Edit{Span: span(2, 4, 7), Old: "2", New: "2"})
	add(3, 4, 7, diag.Edit{Span: span(3, 4, 7), Old: "yes", New: "true"})
	add(3, 4, 7, diag.Edit{Span: span(3, 5, 7), New: "overlaps"})
	add(1, 7, 8, diag.Edit{Span: span(1, 7, 8), Old: "other", New: "not there"})
	add(1, 7, 8, diag.Edit{Span: span(1, 7, 8), Old: "x", New: "y"}, diag.Edit{Span: span(9, 1, 2), New: "no such line"})
	out, done := list.Mended("m", []byte(text))
	if want := "name: x\r\nb: 2\nc: true\n"; string(out) != want || done != 3 {
		t.Errorf("%d mended: %q, want 3 and %q", done, out, want)
	}
	if list.Fixes() != 6 {
		t.Errorf("%d fixes", list.Fixes())
	}
	if out, done := list.Mended("other", []byte(text)); done != 0 || string(out) != text {
		t.Errorf("another file was mended %d times: %q", done, out)
	}
}
