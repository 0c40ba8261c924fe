package loss

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// maxWords bounds the words of a generated line.
const maxWords = 5

// corpus is a text that is never held: each line follows from the seed and its
// number, so whoever reads what a mesh makes of it can make the line again.
type corpus struct {
	seed  uint64
	lines int
	// words is how many words there are in all, counts how often each, as the
	// second version of the mesh writes it.
	words  int
	counts map[string]int
}

// newCorpus generates the text once, to know the truth. The seed is printed, and
// MESHC_LOSS_SEED gives a text back.
func newCorpus(t *testing.T, lines int) *corpus {
	t.Helper()
	c := &corpus{seed: uint64(time.Now().UnixNano()), lines: lines, counts: map[string]int{}}
	if s, err := strconv.ParseUint(os.Getenv("MESHC_LOSS_SEED"), 10, 64); err == nil {
		c.seed = s
	}
	for i := range lines {
		for _, w := range c.line(i) {
			c.counts[plain(w)]++
			c.words++
		}
	}
	harness.Figure(t, "%d lines, %d words, %d different; again with MESHC_LOSS_SEED=%d", lines, c.words, len(c.counts), c.seed)
	return c
}

// line returns the words of a line. Some begin large or end with a mark: there it
// shows which version of the mesh has cut it.
func (c *corpus) line(i int) []string {
	r := rand.New(rand.NewPCG(c.seed, uint64(i)))
	words := make([]string, 1+r.IntN(maxWords))
	for k := range words {
		// Frequencies as in real texts: a few words make the most of it.
		n := int(1 / (r.Float64() + 0.0002))
		words[k] = "word" + strconv.Itoa(n)
		switch r.IntN(8) {
		case 0:
			words[k] = "W" + words[k][1:]
		case 1:
			words[k] += ","
		}
	}
	return words
}

// plain is a word as the second version of the mesh writes it.
func plain(w string) string { return strings.ToLower(strings.TrimSuffix(w, ",")) }

// tally counts what the mesh publishes, each place of a word once and in all.
type tally struct {
	*corpus
	// seen has a bit for each place of a word.
	seen []uint64
	// raw counts all that came, exact the first of each place.
	raw, exact map[string]int
	// places is how many places were seen.
	places, duplicates, before, after int
}

func newTally(c *corpus) *tally {
	return &tally{corpus: c, seen: make([]uint64, (c.lines*maxWords+63)/64), raw: map[string]int{}, exact: map[string]int{}}
}

// take books an increment; one of a word that was not fed is an error.
func (y *tally) take(word string, properties map[string]string) error {
	i, err := strconv.Atoi(properties["sentence"])
	k, kerr := strconv.Atoi(properties["index"])
	if err != nil || kerr != nil || i < 0 || i >= y.lines {
		return fmt.Errorf("%q of %v was never fed", word, properties)
	}
	line := y.line(i)
	if k < 0 || k >= len(line) || word != line[k] && word != plain(line[k]) {
		return fmt.Errorf("%q of %v was never fed; the line is %q", word, properties, line)
	}
	w := plain(word)
	y.raw[w]++
	at := i*maxWords + k
	if y.seen[at/64]&(1<<(at%64)) != 0 {
		y.duplicates++
		return nil
	}
	y.seen[at/64] |= 1 << (at % 64)
	y.places++
	y.exact[w]++
	switch {
	case line[k] == w: // both versions write it so
	case word == w:
		y.after++
	default:
		y.before++
	}
	return nil
}

// judge compares with the truth, and fails the test for what is too low or, with
// each place counted once, too high.
func (y *tally) judge(t *testing.T) {
	t.Helper()
	lost := y.words - y.places
	for w, want := range y.counts {
		if y.raw[w] < want {
			t.Errorf("%s was counted %d times, it occurs %d times", w, y.raw[w], want)
		}
		if y.exact[w] != want {
			t.Errorf("%s was counted %d times without duplicates, it occurs %d times", w, y.exact[w], want)
		}
	}
	harness.Figure(t, "%d words: %d lost, %d duplicates; of those where it shows, the old code cut %d and the new code %d",
		y.words, lost, y.duplicates, y.before, y.after)
	if lost != 0 {
		t.Errorf("lost %d words", lost)
	}
}
