package native

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// readsInFlight bounds the GETs at once; reads have no limit on the server, this
// spares its threads for others.
const readsInFlight = 12

// startWait is how long a worker that is still starting is waited for.
const startWait = time.Minute

// Read implements backend.Backend. All requests are GETs.
func (b *Backend) Read(ctx context.Context, scope backend.Scope) (*state.State, error) {
	var out *state.State
	err := b.whileStarting(ctx, func() error {
		r := &reader{b: b, scope: scope, out: state.New(scope.Mesh)}
		out = r.out
		return r.read(ctx)
	})
	if err != nil {
		return nil, b.failure(err)
	}
	return out, nil
}

// whileStarting repeats fn as long as the workers say that they are starting.
func (b *Backend) whileStarting(ctx context.Context, fn func() error) error {
	deadline := time.Now().Add(startWait)
	for {
		err := fn()
		if admin.Classify(err) != admin.Starting || time.Now().After(deadline) {
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// pause waits, or gives ctx's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// each runs fn for all items, some at a time, and returns the first error.
func each[T any](ctx context.Context, items []T, fn func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readsInFlight)
	for _, item := range items {
		g.Go(func() error { return fn(ctx, item) })
	}
	return g.Wait()
}
