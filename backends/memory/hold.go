package memory

import (
	"context"
	"fmt"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Hold keeps components from running: those that which takes, from now on. nil
// lets all run. Who waits for one that does not run waits until it does.
func (b *Backend) Hold(which func(*state.Component) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hold = which
	b.changed()
}

// changed wakes all who wait; mu is held.
func (b *Backend) changed() {
	close(b.news)
	b.news = make(chan struct{})
}

// running counts the instances of a component that run, and is 0 or all; mu is held.
func (b *Backend) running(c *state.Component) int {
	if b.stopped[c.Addr()] || b.errors[c.Addr()] != "" || b.hold != nil && b.hold(c) {
		return 0
	}
	return c.Parallelism()
}

// await waits until the component of a step runs, or is gone.
func (b *Backend) await(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	for told := false; ; told = true {
		b.mu.Lock()
		c, there := b.resources[s.Addr].(*state.Component)
		runs, news := there && b.running(c) == c.Parallelism(), b.news
		b.mu.Unlock()
		switch {
		case !there:
			return fmt.Errorf("%s: %w", s.Addr, backend.ErrMoved)
		case runs:
			return nil
		case !told && events != nil:
			events(backend.Waiting{Step: s, For: fmt.Sprintf("0 of %d instances run", c.Parallelism())})
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("%s does not run: %w", s.Addr, ctx.Err())
		}
	}
}
