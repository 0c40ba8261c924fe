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

// before counts the functions that were awaited earlier and still are.
func (b *Backend) before(t *turn) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Index(b.turns, t)
}

// pace is how long to wait before another look at a function that has been
// awaited for so long, behind so many others: looks cost the server what it
// starts instances with. What takes long is looked at more and more rarely.
func pace(waited time.Duration, before int) time.Duration {
	return min(max(100*time.Millisecond, time.Duration(before)*15*time.Millisecond, (waited-askEvery)/4), rarest)
}
