package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

const topWords = 8

// compare shows the most frequent words beside the truth, and checks all of
// them: the plain sums are never too low, and exact without what came again.
func (t *teller) compare(want map[string]int, c *counter, form func(string) string) error {
	exact, raw := c.exact(form), c.raw(form)
	words := slices.SortedFunc(maps.Keys(want), func(a, b string) int {
		return cmp.Or(want[b]-want[a], cmp.Compare(a, b))
	})
	t.say("  %-12s %10s %10s %20s", "word", "in Go", "by mesh", "without duplicates")
	for _, w := range words[:topWords] {
		t.say("  %-12s %10d %10d %20d", w, want[w], raw[w], exact[w])
	}
	t.say("  ... and %d more", len(words)-topWords)
	for _, w := range words {
		if raw[w] < want[w] {
			return fmt.Errorf("lost: %q was counted %d times, it occurs %d times", w, raw[w], want[w])
		}
	}
	if !maps.Equal(exact, want) {
		return fmt.Errorf("the counts differ from the true ones: %s", difference(want, exact))
	}
	return nil
}

func difference(want, got map[string]int) string {
	for w, n := range got {
		if n != want[w] {
			return fmt.Sprintf("%q %d times instead of %d", w, n, want[w])
		}
	}
	for w, n := range want {
		if n != got[w] {
			return fmt.Sprintf("%q %d times instead of %d", w, got[w], n)
		}
	}
	return "none"
}
