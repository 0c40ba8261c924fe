package view

import (
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/diag"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain, größe, 語":          "plain, größe, 語",
		"\x1b[31mred\x1b[0m":       "␛[31mred␛[0m",
		"a\tb\nc\rd\x00e\x7f":      "a b␊c␍d␀e␡",
		"c1 \u009b31m":             "c1 \ufffd31m",
		"turned \u202egpj.exe":     "turned \ufffdgpj.exe",
		"hidden\u200b\ufeff\u2066": "hidden\ufffd\ufffd\ufffd",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		if len([]rune(Clean(in))) != len([]rune(in)) {
			t.Errorf("Clean(%q) changes the number of runes", in)
		}
	}
	if got := CleanText("one\r\ntwo\n\x1b[2J"); got != "one\ntwo\n␛[2J" {
		t.Errorf("CleanText = %q", got)
	}
}

func TestExcerptStaysInItsFile(t *testing.T) {
	sources := diag.Sources{"m.yaml": []byte("first\r\nsécond\n\nlast")}
	for _, c := range []struct {
		name           string
		line, from, to int
		endLine        int
		want           Line
		none           bool
	}{
		{name: "words", line: 2, from: 1, to: 7, endLine: 2, want: Line{2, "sécond", 1, 7}},
		{name: "past the end of the line", line: 1, from: 9, to: 12, endLine: 1, want: Line{1, "first", 6, 7}},
		{name: "empty line", line: 3, from: 1, to: 1, endLine: 3, want: Line{3, "", 1, 2}},
		{name: "several lines", line: 2, from: 3, to: 2, endLine: 4, want: Line{2, "sécond", 3, 7}},
		{name: "no such line", line: 9, from: 1, to: 2, endLine: 9, none: true},
		{name: "no line", line: 0, none: true},
	} {
		s := diag.Span{File: "m.yaml", Start: diag.Pos{Line: c.line, Column: c.from}, End: diag.Pos{Line: c.endLine, Column: c.to}}
		got := (&excerpts{sources: sources}).cut(s)
		if c.none {
			if got != nil {
				t.Errorf("%s: %v, want none", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if (&excerpts{sources: sources}).cut(diag.Span{File: "other", Start: diag.Pos{Line: 1, Column: 1}}) != nil {
		t.Error("an excerpt of a file that was not read")
	}
}

// Where there are too many findings, the errors are those that are listed.
func TestNotAllFindingsAreShown(t *testing.T) {
	var list diag.List
	for i := range 2 * maxShown {
		code := diag.UnwrittenInput
		if i%4 == 3 {
			code = diag.UnknownKey
		}
		list.Add(code, diag.Span{File: "m", Start: diag.Pos{Line: i + 1, Column: 1}, End: diag.Pos{Line: i + 1, Column: 2}}, "x")
	}
	f := NewFindings(list, nil, nil)
	if f.Errors != maxShown/2 || f.Warnings != 3*maxShown/2 || len(f.Findings) != maxShown || f.NotShown != maxShown {
		t.Errorf("%d errors, %d warnings, %d listed, %d not", f.Errors, f.Warnings, len(f.Findings), f.NotShown)
	}
	errors := 0
	for _, x := range f.Findings {
		if x.Severity == diag.Error {
			errors++
		}
	}
	if errors != maxShown/2 {
		t.Errorf("%d errors are listed", errors)
	}
}

func TestExcerptOfALongLine(t *testing.T) {
	text := strings.Repeat("x", 5000) + "HERE" + strings.Repeat("y", 5000)
	s := diag.Span{File: "m", Start: diag.Pos{Line: 1, Column: 5001}, End: diag.Pos{Line: 1, Column: 5005}}
	l := (&excerpts{sources: diag.Sources{"m": []byte(text)}}).cut(s)[0]
	runes := []rune(l.Text)
	if len(runes) > maxExcerpt+2 {
		t.Errorf("%d runes", len(runes))
	}
	if got := string(runes[l.From-1 : l.To-1]); got != "HERE" {
		t.Errorf("marks %q in %q", got, l.Text)
	}
}
