package diag

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCatalogueIsComplete(t *testing.T) {
	for _, e := range Catalogue() {
		if e.Summary == "" || e.Doc == "" {
			t.Errorf("%s has no summary or no doc", e.Code)
		}
		if e.Severity != Error && e.Severity != Warning {
			t.Errorf("%s has severity %q", e.Code, e.Severity)
		}
	}
}

func TestSortedDropsRepeats(t *testing.T) {
	at := func(line int) Span {
		return Span{File: "m.yaml", Start: Pos{line, 1}, End: Pos{line, 2}}
	}
	var l List
	l.Add(UnknownKey, at(9), "b")
	l.Add(UnknownKey, at(2), "a")
	l.Add(UnknownKey, at(9), "b")
	got := l.Sorted()
	if len(got) != 2 || got[0].Span != at(2) || got[1].Span != at(9) {
		t.Errorf("Sorted() = %v", got)
	}
}

func TestSentencesAreOneLine(t *testing.T) {
	var l List
	d := l.Add(BadName, Span{}, "a\nb\tc\x1b[31m", strings.Repeat("x", 5000))
	if d.Detail != "a\\nb\tc\x1b[31m" || len(d.Hints[0]) > maxSentence+5 {
		t.Errorf("detail %q, hint of %d bytes", d.Detail, len(d.Hints[0]))
	}
}

func TestNearest(t *testing.T) {
	known := []string{"className", "classname", "inputs", "output", "py", "go", "name"}
	for word, want := range map[string]string{
		"clasName": "className", "class_name": "className", "CLASSNAME": "className", "outptu": "output", "input": "inputs",
		"ouput": "output", "namee": "name", "x": "", "zz": "", "parallelism": "", "Py": "py", "inptus": "inputs", "": "",
	} {
		if got, _ := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	s := Sources{"a": []byte("k: sécret # x\r\nm: |\n  one\n  two\nend"), "b": []byte("x")}
	at := func(file string, l1, c1, l2, c2 int) Span {
		return Span{File: file, Start: Pos{Line: l1, Column: c1}, End: Pos{Line: l2, Column: c2}}
	}
	s.Mask([]Span{at("a", 1, 4, 1, 10), at("a", 2, 4, 4, 6), at("a", 5, 3, 9, 9), at("c", 1, 1, 1, 2), {File: "b"}})
	want := Sources{"a": []byte("k: ****** # x\r\nm: *\n*****\n*****\nen*"), "b": []byte("x")}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
