package diag

import "testing"

func TestWith(t *testing.T) {
	span := func(line, from, endLine, to int) Span {
		return Span{File: "a", Start: Pos{line, from}, End: Pos{endLine, to}}
	}
	for _, c := range []struct {
		text, want string
		spans      []Span
	}{
		{"a: b\nc: d\n", "a: X\nc: X\n", []Span{span(2, 4, 2, 5), span(1, 4, 1, 5), span(1, 4, 1, 5)}},
		{"ä: öü\r\nc: d", "ä: X\r\nc: d", []Span{span(1, 4, 1, 6)}},
		{"a: |\n  b\n  c\nd: e\n", "a: X\nd: e\n", []Span{span(1, 4, 4, 1)}},
		{"a: |\n  b\n  c\nd: e\n", "a: X\nd: e\n", []Span{span(1, 4, 3, 4)}},
		{"a: b\n", "a: b\n", []Span{{File: "b", Start: Pos{1, 1}, End: Pos{1, 2}}, {File: "a"}, span(9, 1, 9, 3)}},
		{"a: b", "a: X", []Span{span(1, 4, 9, 9)}},
	} {
		if got := string(Sources{"a": []byte(c.text)}.With("a", c.spans, "X")); got != c.want {
			t.Errorf("%q became %q, want %q", c.text, got, c.want)
		}
	}
}
