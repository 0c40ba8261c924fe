package kube

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// repeat says when a request may be made again.
type repeat int

const (
	// never: the caller sees to it.
	never repeat = iota
	// unsent: only where the server certainly did nothing.
	unsent
	// always: to do it twice is the same as once.
	always
)

// The first pause between two tries, and the longest; each is twice the one before.
const (
	firstPause = 200 * time.Millisecond
	mostPause  = 5 * time.Second
)

// again makes a request until it succeeds, fails for good, or the client's
// patience is over. A server that never answered is not waited for: more often than
// not the address is wrong.
func (c *Client) again(ctx context.Context, may repeat, do func() error) error {
	deadline := time.Now().Add(c.patience)
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		err := do()
		wait, ok := c.passes(err, may)
		if !ok || ctx.Err() != nil {
			return err
		}
		// Many requests that fail at once should not come back at once.
		wait = max(wait, pause/2+rand.N(pause))
		if time.Now().Add(wait).After(deadline) {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// passes tells whether to try again, and how long the server wants to be left alone.
func (c *Client) passes(err error, may repeat) (time.Duration, bool) {
	var temporary *Temporary
	var unknown *Unknown
	var unreached *NotReached
	switch {
	case err == nil || may == never:
		return 0, false
	case errors.As(err, &temporary):
		return temporary.After, true
	case errors.As(err, &unreached):
		return 0, unreached.passes && c.met.Load()
	case errors.As(err, &unknown):
		return unknown.After, may == always
	}
	return 0, false
}
