package native

import (
	"slices"
	"time"
)

// turn is the place of an awaited function among all that are. Workers start
// instances one after the other, so it tells when to look. It is not empty, so
// that each has an address of its own.
type turn struct{ _ byte }

func (b *Backend) queueUp() *turn {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := new(turn)
	b.turns = append(b.turns, t)
	return t
}

func (b *Backend) stepOut(t *turn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turns = slices.DeleteFunc(b.turns, func(o *turn) bool { return o == t })
}

// came notes that an awaited function runs, and learns how long one takes after
// the other; a pause says nothing about that.
func (b *Backend) came(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if gap := now.Sub(b.lastCame); gap < askEvery {
		b.gap = (7*b.gap + gap) / 8
	}
	b.lastCame = now
}

// firstGap is how long one function takes after the other before it is known: the
// fastest that workers were seen to start threads.
const firstGap = 15 * time.Millisecond

// ahead is when the function of a turn is likely to run: after those before it.
func (b *Backend) ahead(t *turn) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Duration(slices.Index(b.turns, t)) * b.gap
}

// pace is how long to wait before another look at a function that has been
// awaited for so long and is likely to run so much later: looks cost the server
// what it starts instances with. What takes long is looked at more and more rarely.
func pace(waited, ahead time.Duration) time.Duration {
	return min(max(100*time.Millisecond, ahead, (waited-askEvery)/4), rarest)
}
