package kube

import (
	"sync"
	"time"
)

// clock is the API server's, as its answers show it. They tell whole seconds, cut
// off, so that the most advanced of what was seen is the nearest; now is never ahead
// of the server by that.
type clock struct {
	mu sync.Mutex
	// at and date are one moment, by our clock and the server's.
	at, date time.Time
}

func (c *clock) saw(date time.Time) {
	at := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() || date.After(c.date.Add(at.Sub(c.at))) {
		c.at, c.date = at, date
	}
}

func (c *clock) known() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.at.IsZero()
}

// now is the server's time; ours, where it has not told any.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return time.Now()
	}
	return c.date.Add(time.Since(c.at))
}
