package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// visibleWait is how long a write may take to be readable: with several workers
// the others see it when their tailer has read it.
const visibleWait = 30 * time.Second

// Do implements backend.Backend.
func (b *Backend) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	return b.failure(redacted(b.do(ctx, s, events), s))
}

func (b *Backend) do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	w := waiter{step: s, events: events}
	if events != nil {
		var end func()
		ctx, end = tellSending(ctx, s, events)
		defer end()
	}
	switch s.Op {
	case plan.Drain:
		return b.drain(ctx, s, w)
	case plan.AwaitRunning:
		f := s.Change.After.(*state.Component)
		return b.withLog(ctx, f, func() error { return b.awaitRunning(ctx, f, w) })
	case plan.Verify:
		return b.verify(ctx, s, w)
	case plan.Pause:
		return b.pause(ctx, s, w)
	case plan.Resume:
		return b.resume(ctx, s, w)
	case plan.Delete:
		return b.delete(ctx, s, w)
	case plan.Create, plan.Update:
		return b.write(ctx, s)
	case plan.Keep:
		return b.keep(ctx, s)
	case plan.AwaitKept:
		return b.awaitKept(ctx, s, w)
	default:
		return fmt.Errorf("the native backend does not know the operation %q", s.Op)
	}
}

func (b *Backend) write(ctx context.Context, s plan.Step) error {
	switch r := s.Change.After.(type) {
	case *state.Namespace:
		return b.createNamespace(ctx, r)
	case *state.Topic:
		return b.writeTopic(ctx, s, r)
	case *state.Schema:
		return b.writeSchema(ctx, s, r)
	case *state.Policies:
		return b.writePolicies(ctx, s, r, waiter{step: s})
	case *state.Subscription:
		if s.Op == plan.Update {
			return b.adoptSubscription(ctx, r)
		}
		return b.createSubscription(ctx, r)
	case *state.Package:
		return b.createPackage(ctx, r)
	case *state.Component:
		return b.writeComponent(ctx, s, r)
	default:
		return fmt.Errorf("the native backend cannot write %s", s.Addr)
	}
}

func (b *Backend) delete(ctx context.Context, s plan.Step, w waiter) error {
	switch r := s.Change.Last().(type) {
	case *state.Topic:
		return b.deleteTopic(ctx, r)
	case *state.Policies:
		return b.removePolicies(ctx, r)
	case *state.Subscription:
		return b.deleteSubscription(ctx, s, r)
	case *state.Package:
		return b.deletePackage(ctx, r)
	case *state.Component:
		return b.deleteComponent(ctx, s, r, w)
	default:
		return fmt.Errorf("the native backend cannot delete %s", s.Addr)
	}
}

func (b *Backend) createNamespace(ctx context.Context, n *state.Namespace) error {
	tenant, ns := split(n.Name)
	err := b.client.CreateNamespace(ctx, tenant, ns)
	switch {
	case errors.Is(err, admin.ErrNotFound):
		return fmt.Errorf("tenant %s does not exist, and meshc creates none: %w", tenant, err)
	case err != nil && !errors.Is(err, admin.ErrExists):
		return err
	}
	return b.client.SetNamespaceProperties(ctx, tenant, ns, map[string]string{ownerProperty: n.Owner})
}

// waiter tells what a step waits for, each news once.
type waiter struct {
	step   plan.Step
	events func(backend.Event)
	// pace is the wait between two looks; without it looks get rarer and rarer.
	pace func() time.Duration
}

func (w waiter) waiting(format string, args ...any) {
	if w.events != nil {
		w.events(backend.Waiting{Step: w.step, For: redactedText(fmt.Sprintf(format, args...), w.step)})
	}
}

// absence is how long until looks for a cluster that cannot be reached at all:
// as long as writes do, so that a run ends when its last step would not get on.
const absence = 30 * time.Second

// until polls, slower and slower, until done says so. When ctx ends first, the
// error says what was still missing.
func until(ctx context.Context, w waiter, done func() (ok bool, missing string, err error)) error {
	last, reached := "", time.Now()
	for wait := 100 * time.Millisecond; ; wait = w.next(wait) {
		ok, missing, err := done()
		if admin.Classify(err) != admin.Unreachable {
			reached = time.Now()
		} else if time.Since(reached) > absence {
			return err
		}
		if err != nil && ctx.Err() == nil && !passing(err) {
			return err
		}
		if err == nil && ok {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			missing = err.Error()
		}
		if missing != "" && missing != last {
			last = missing
			w.waiting("%s", missing)
		}
		if err := pause(ctx, wait); err != nil {
			return fmt.Errorf("%s: %w", last, err)
		}
	}
}

// rarest is the longest wait between two looks.
const rarest = 2 * time.Second

// next is the wait after a wait.
func (w waiter) next(wait time.Duration) time.Duration {
	if w.pace != nil {
		return w.pace()
	}
	return min(wait*3/2, rarest)
}

// passing tells whether a failed read may simply be done again.
func passing(err error) bool {
	if !errors.As(err, new(*admin.Error)) {
		return false
	}
	switch admin.Classify(err) {
	case admin.Starting, admin.Overloaded, admin.Unknown, admin.Unreachable:
		return true
	default:
		return false
	}
}
