package diag

import "strings"

// Nearest returns the known name that a word is most likely meant to be: equal
// but for case, dashes and underscores, or a few slips of the finger away. The
// first of equals wins.
func Nearest(word string, known []string) (string, bool) {
	return Within(word, known, min(len([]rune(word))/3, 3))
}

// Within is Nearest for words of which at most so many slips are believed.
func Within(word string, known []string, slips int) (string, bool) {
	best, bestAt := "", slips+1
	for _, k := range known {
		if SameWord(k, word) {
			return k, true
		}
		if d := distance([]rune(strings.ToLower(word)), []rune(strings.ToLower(k)), bestAt); d < bestAt {
			best, bestAt = k, d
		}
	}
	return best, best != ""
}

// SameWord tells whether two words differ in case, dashes and underscores at most.
func SameWord(a, b string) bool { return Fold(a) == Fold(b) }

var separators = strings.NewReplacer("-", "", "_", "", " ", "")

// Fold gives what is left of a word without case, dashes, underscores and spaces.
func Fold(s string) string { return separators.Replace(strings.ToLower(s)) }

// distance counts the insertions, deletions, changes and swaps of neighbours
// that lead from a to b (optimal string alignment). Lengths that differ by the
// limit or more are not looked at.
func distance(a, b []rune, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
