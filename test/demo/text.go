package main

import (
	_ "embed"
	"strings"
)

// queries are questions about light that Isaac Newton asked in his Opticks of
// 1730. The text is in the public domain.
//
//go:embed testdata/queries.txt
var queries string

// punctuation is what the second version of the mesh does not take for a part
// of a word, as Java's \p{Punct}.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// text is the text as lines of words; what is punctuation only is left out,
// since the two versions of the mesh differ in whether it is a word.
func text() [][]string {
	var out [][]string
	for line := range strings.Lines(queries) {
		var words []string
		for _, w := range strings.Fields(line) {
			if newForm(w) != "" {
				words = append(words, w)
			}
		}
		if len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

// newForm is a word as the second version of the mesh counts it. The first one
// takes it as it stands.
func newForm(word string) string { return strings.ToLower(strings.Trim(word, punctuation)) }

func oldForm(word string) string { return word }

// truth counts the words of the text in plain Go.
func truth(lines [][]string, times int, form func(string) string) map[string]int {
	out := map[string]int{}
	for _, words := range lines {
		for _, w := range words {
			out[form(w)] += times
		}
	}
	return out
}

func wordsIn(lines [][]string) (n int) {
	for _, words := range lines {
		n += len(words)
	}
	return n
}
