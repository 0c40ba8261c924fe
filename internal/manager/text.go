package manager

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes outside text fit to be shown: what a terminal might obey becomes
// U+FFFD, line breaks stay.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (!unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return utf8.RuneError
		}
		return r
	}, s)
}
