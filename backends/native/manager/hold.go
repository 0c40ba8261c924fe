package manager

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
)

// errStuck tells that nobody moved for Options.Patience.
var errStuck = errors.New("the holder of the records topic stands still")

// errSettled tells that holding the topic is of no use any more.
var errSettled = errors.New("it is settled already")

// The pauses between two tries to get onto the topic. A try that is in vain costs the broker little.
const (
	shortPause = 4 * time.Millisecond
	longPause  = 40 * time.Millisecond
)

// recent is how long a write of others tells that they are waiting for their turn.
const recent = 200 * time.Millisecond

// giveWay waits a moment where this store has just written and others want to: who comes
// from a write would always be the first to try again.
func (s *Store) giveWay(ctx context.Context) error {
	s.mu.Lock()
	busy := time.Since(s.wrote) < recent && time.Since(s.others) < recent
	s.mu.Unlock()
	if !busy {
		return nil
	}
	select {
	case <-time.After(longPause/2 + rand.N(longPause)):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// hold becomes the only producer of the records topic. It gives up where settled
// tells that it is of no use any more, which is looked at whenever something is written.
//
// It tries again and again, and does not join the broker's queue (WaitForExclusive): who
// leaves that early, as all losers of a race do, is served in it all the same, one metadata
// write each, and with twenty of them no round took less than a second any more. A holder
// that stands still is fenced off.
func (s *Store) hold(ctx context.Context, begin time.Time, settled func() (bool, error)) (*wire.Producer, error) {
	if _, err := s.attached(ctx, begin); err != nil {
		return nil, err
	}
	c, err := s.records.get(ctx)
	if err != nil {
		return nil, err
	}
	// Not all at once, or they fence each other off.
	patience := s.o.Patience + rand.N(s.o.Patience/4+1)
	stuck := time.NewTimer(patience)
	defer stuck.Stop()
	access := wire.Alone
	if err := s.giveWay(ctx); err != nil {
		return nil, err
	}
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		s.mu.Lock()
		change := s.change
		s.mu.Unlock()
		if done, err := settled(); done || err != nil {
			return nil, errors.Join(err, errSettled)
		}
		bounded, cancel := context.WithTimeout(ctx, silence)
		p, err := c.Produce(bounded, s.o.Topic, access, nil)
		cancel()
		code := wire.CodeOf(err)
		if err != nil && code < 0 && bounded.Err() != nil {
			s.records.drop()
		}
		if access == wire.Fencing && err != nil {
			err = fmt.Errorf("%w, and could not be fenced off: %w", errStuck, err)
		}
		if access == wire.Fencing || code != wire.ProducerFenced && code != wire.ProducerBusy {
			return p, err
		}
		select {
		case <-change:
			// The holder has written, and is about to go.
			stuck.Reset(patience)
			pause = shortPause
		case <-time.After(pause/2 + rand.N(pause)):
		case <-stuck.C:
			access = wire.Fencing
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
