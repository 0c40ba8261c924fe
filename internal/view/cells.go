package view

import "unicode"

// tabStop is how many columns a tab takes in an excerpt.
const tabStop = 4

// wide are the ranges whose characters take two columns: East Asian wide and
// full-width forms, and pictographs. Terminals differ on the newest ones.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x2614, 0x2615, 1},
		{0x26a1, 0x26a1, 1}, {0x2705, 0x2705, 1}, {0x274c, 0x274c, 1}, {0x2753, 0x2755, 1},
		{0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1}, {0x3400, 0x4dbf, 1}, {0x4e00, 0x9fff, 1},
		{0xa000, 0xa4cf, 1}, {0xa960, 0xa97f, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1},
	},
}

// cells returns the columns that a rune takes on a terminal.
func cells(r rune) int {
	switch {
	case r == '\t':
		return tabStop
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// Width returns the columns that text takes on a terminal.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += cells(r)
	}
	return n
}

// Cut shortens a line to a width; 0 leaves it alone.
func Cut(text string, to int) string {
	if to <= 0 || Width(text) <= to {
		return text
	}
	n := 0
	for i, r := range text {
		if n+cells(r) > to-1 {
			return text[:i] + "…"
		}
		n += cells(r)
	}
	return text
}
