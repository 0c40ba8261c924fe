package kubernetes

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/meshc/meshc/planner/plan"
)

// group joins steps that are ready at the same time into one write: a FunctionMesh
// holds all its elements in lists that are written whole.
type group struct {
	// write carries steps out and gives an error for each.
	write func(ctx context.Context, steps []plan.Step) []error

	mu      sync.Mutex
	waiting []waitingStep
	busy    bool
}

type waitingStep struct {
	ctx  context.Context
	step plan.Step
	done chan error
}

// linger is how long the first of several steps waits for the others that became
// ready with it.
const linger = 20 * time.Millisecond

// do carries one step out together with others. Once it has begun, the write is not
// given up when ctx ends, since others are in it.
func (g *group) do(ctx context.Context, s plan.Step) error {
	w := waitingStep{ctx, s, make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	first := !g.busy
	g.busy = true
	g.mu.Unlock()
	if first {
		go g.run(context.WithoutCancel(ctx))
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run writes until nothing waits.
func (g *group) run(ctx context.Context) {
	time.Sleep(linger)
	for {
		g.mu.Lock()
		batch := slices.DeleteFunc(g.waiting, func(w waitingStep) bool { return w.ctx.Err() != nil })
		g.waiting = nil
		g.busy = len(batch) > 0
		g.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		steps := make([]plan.Step, len(batch))
		for i, w := range batch {
			steps[i] = w.step
		}
		for i, err := range g.write(ctx, steps) {
			batch[i].done <- err
		}
	}
}
