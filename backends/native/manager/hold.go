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

// sprint is how long a writer tries to get onto the topic by itself before it joins the
// broker's queue. Most holders are off it within that time; and who leaves the queue
// early, since another has won, is served in it all the same, which takes the broker
// as long as a write does.
const sprint = 150 * time.Millisecond

// hold becomes the only producer of the records topic. It gives up where settled
// tells that it is of no use any more.
func (s *Store) hold(ctx context.Context, begin time.Time, settled func() (bool, error)) (*wire.Producer, error) {
	if _, err := s.attached(ctx, begin); err != nil {
		return nil, err
	}
	c, err := s.records.get(ctx)
	if err != nil {
		return nil, err
	}
	if p, err := s.sprint(ctx, c, settled); wire.CodeOf(err) != wire.ProducerFenced && wire.CodeOf(err) != wire.ProducerBusy {
		return p, err
	}
	waiting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.patient(waiting, cancel, settled)
	}()
	p, err := c.Produce(waiting, s.o.Topic, wire.Waiting, nil)
	cancel(nil)
	<-watched
	if !errors.Is(err, errStuck) {
		return p, err
	}
	bounded, stop := context.WithTimeout(ctx, 2*silence)
	defer stop()
	if p, err = c.Produce(bounded, s.o.Topic, wire.Fencing, nil); err != nil && bounded.Err() != nil {
		s.records.drop()
		err = fmt.Errorf("%w, and could not be fenced off: %w", errStuck, err)
	}
	return p, err
}

// sprint tries again and again for a short time; its error is ProducerFenced where
// others are on the topic still.
func (s *Store) sprint(ctx context.Context, c *wire.Conn, settled func() (bool, error)) (*wire.Producer, error) {
	for end := time.Now().Add(sprint); ; {
		s.mu.Lock()
		change := s.change
		s.mu.Unlock()
		if done, err := settled(); done || err != nil {
			return nil, errors.Join(err, context.Canceled)
		}
		bounded, cancel := context.WithTimeout(ctx, silence)
		p, err := c.Produce(bounded, s.o.Topic, wire.Alone, nil)
		cancel()
		if err == nil || time.Now().After(end) || wire.CodeOf(err) != wire.ProducerFenced && wire.CodeOf(err) != wire.ProducerBusy {
			if err != nil && bounded.Err() != nil && wire.CodeOf(err) < 0 {
				s.records.drop()
			}
			return p, err
		}
		// Its write is what shows that the holder is about to go.
		select {
		case <-change:
		case <-time.After(4*time.Millisecond + rand.N(8*time.Millisecond)):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// patient ends a wait that is of no use any more, or in which nobody gets on.
func (s *Store) patient(ctx context.Context, end context.CancelCauseFunc, settled func() (bool, error)) {
	timer := time.NewTimer(s.o.Patience)
	defer timer.Stop()
	for {
		s.mu.Lock()
		change := s.change
		s.mu.Unlock()
		if done, err := settled(); done || err != nil {
			end(err)
			return
		}
		select {
		case <-change:
			timer.Reset(s.o.Patience)
		case <-timer.C:
			end(errStuck)
			return
		case <-ctx.Done():
			return
		}
	}
}
