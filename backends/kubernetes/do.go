package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Do implements backend.Backend. What is not about a component is done on Pulsar's side.
func (b *Backend) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	if !s.Addr.Kind().IsComponent() {
		if b.opts.Pulsar == nil {
			return fmt.Errorf("%s: there is no connection to Pulsar", s.ID)
		}
		return b.opts.Pulsar.Do(ctx, s, events)
	}
	return b.failure(b.do(ctx, s, waiter{s, events}))
}

func (b *Backend) do(ctx context.Context, s plan.Step, w waiter) error {
	switch s.Op {
	case plan.Create:
		return b.write(ctx, s)
	case plan.Update, plan.Keep:
		if err := b.remember(ctx, s); err != nil {
			return err
		}
		if err := b.write(ctx, s); err != nil {
			return err
		}
		return b.unscale(ctx, s)
	case plan.Delete:
		if err := b.write(ctx, s); err != nil {
			return err
		}
		return b.untilGone(ctx, s, w)
	case plan.Pause:
		if err := b.write(ctx, s); err != nil {
			return err
		}
		return b.untilQuiet(ctx, s, w)
	case plan.Resume:
		if err := b.write(ctx, s); err != nil {
			return err
		}
		return b.awaitRunning(ctx, s, s.Change.After.(*state.Component), w)
	case plan.AwaitRunning:
		return b.awaitRunning(ctx, s, s.Change.After.(*state.Component), w)
	case plan.AwaitKept:
		return b.awaitKept(ctx, s, w)
	case plan.Verify:
		return b.verify(ctx, s)
	default:
		return fmt.Errorf("the kubernetes backend does not know the operation %q", s.Op)
	}
}

// write carries out the part of a step that changes resources.
func (b *Backend) write(ctx context.Context, s plan.Step) error {
	if _, own := home(subject(s)); own {
		return b.writeSingle(ctx, s)
	}
	return b.writer.do(ctx, s)
}

// remember notes who reads before a change that makes new instances.
func (b *Backend) remember(ctx context.Context, s plan.Step) error {
	before, ok := s.Change.Before.(*state.Component)
	if b.opts.Pulsar == nil || !ok {
		return nil
	}
	if after, ok := s.Change.After.(*state.Component); ok && !restarts(before, after) {
		return nil // its consumers stay
	}
	return b.opts.Pulsar.Remember(ctx, s.Change, before)
}

// verify compares what is there with what was written.
func (b *Backend) verify(ctx context.Context, s plan.Step) error {
	after := s.Change.After.(*state.Component)
	live, err := b.now(ctx, s)
	switch {
	case err != nil:
		return err
	case live == nil:
		return moved("%s %s is gone", after.Kind, after.FullName())
	case live.object.Deleting():
		return moved("%s", leaving(live.object))
	case same(live, after):
		return nil
	case live.component.Owner != after.Owner || live.component.Generation != max(1, after.Generation):
		return moved("%s %s does not carry the marker that was written", after.Kind, after.FullName())
	}
	have, want := resource.Spec(aligned(*live.masked(after), after)), resource.Spec(after)
	for key := range want {
		if !state.Equal(have[key], want[key]) {
			return fmt.Errorf("%s of %s %s did not take: it is %v, not %v; an operator or its definitions that do not know a field drop it", key, after.Kind, after.FullName(), have[key], want[key])
		}
	}
	for key := range have {
		if want[key] == nil {
			return fmt.Errorf("%s of %s %s did not go away: it is %v", key, after.Kind, after.FullName(), have[key])
		}
	}
	return nil
}

// now reads a component as it is at this moment; nil if it is not there.
func (b *Backend) now(ctx context.Context, s plan.Step) (*placed, error) {
	name, own := home(subject(s))
	if own {
		o, err := b.look.Get(ctx, b.refOf(s))
		if kube.IsNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		p := single(s.Addr.Kind(), o)
		return &p, nil
	}
	l := b.layoutOf(ownerOf(s))
	o, err := b.look.Get(ctx, kube.Ref{Resource: kube.FunctionMeshes, Namespace: l.namespace, Name: name})
	if kube.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, p := range elements(o) {
		if p.component.Kind == s.Addr.Kind() && p.component.Name == lastPart(s.Addr.Name()) {
			return &p, nil
		}
	}
	return nil, nil
}

// waiter tells what a step waits for.
type waiter struct {
	step   plan.Step
	events func(backend.Event)
}

// first and rarest bound the pauses between two looks.
const (
	first  = 200 * time.Millisecond
	rarest = 2 * time.Second
)

// until looks again and again, and tells what is missing. A failure that passes is
// what is missing.
func until(ctx context.Context, w waiter, look func() (done bool, missing string, err error)) error {
	last := ""
	for pause := first; ; pause = min(pause*3/2, rarest) {
		done, missing, err := look()
		switch {
		case ctx.Err() != nil:
		case err != nil && !passing(err):
			return err
		case err != nil:
			missing = err.Error()
		case done:
			return nil
		}
		if missing != "" && missing != last {
			last = missing
			if w.events != nil {
				w.events(backend.Waiting{Step: w.step, For: missing})
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", last, ctx.Err())
		}
	}
}

func passing(err error) bool {
	return errors.As(err, new(*kube.Temporary)) || errors.As(err, new(*kube.NotReached)) || errors.As(err, new(*kube.Unknown)) ||
		errors.As(err, new(*backend.Temporary)) || errors.As(err, new(*backend.NotReached))
}
