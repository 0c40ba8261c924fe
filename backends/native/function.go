package native

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// writeFunction creates or updates a function. Before an update it reads: the
// server merges one with whatever is newest and has no way to say "if unchanged",
// so what the plan did not see is refused here, a moment before the write. A
// create needs no look: where the name is taken, the server refuses it.
func (b *Backend) writeFunction(ctx context.Context, s plan.Step, after *state.Function) error {
	if s.Op == plan.Update {
		return b.updateFunction(ctx, s, after)
	}
	err := b.inSlot(ctx, func() error {
		return b.client.Create(ctx, admin.Functions, after.Tenant, after.Namespace, after.Name, toConfig(after, nil), b.code(after, nil))
	})
	if !errors.Is(err, admin.ErrExists) {
		return err // whether it can be read back, verify finds out
	}
	live, readErr := b.function(ctx, after.Tenant, after.Namespace, after.Name)
	switch {
	case readErr != nil:
		return readErr
	case live == nil:
		return refusal(err, after)
	case same(live, after):
		return nil
	}
	return b.movedFunction(s, live)
}

func (b *Backend) updateFunction(ctx context.Context, s plan.Step, after *state.Function) error {
	live, err := b.function(ctx, after.Tenant, after.Namespace, after.Name)
	if err != nil {
		return err
	}
	if live != nil && same(live, after) {
		return nil
	}
	before := s.Change.Before.(*state.Function)
	if !unmoved(live, before) {
		return b.movedFunction(s, live)
	}
	if err := b.rememberConsumers(ctx, before); err != nil {
		return err
	}
	return refusal(b.inSlot(ctx, func() error {
		return b.client.Update(ctx, admin.Functions, after.Tenant, after.Namespace, after.Name, toConfig(after, s.Change), b.code(after, before), nil)
	}), after)
}

// unmoved tells whether live is as the plan found it.
func unmoved(live, before *state.Function) bool {
	if live == nil || before == nil {
		return live == before
	}
	return state.Digest(live) == state.Digest(before)
}

func (b *Backend) movedFunction(s plan.Step, live *state.Function) error {
	switch {
	case live == nil:
		return moved("function %s is gone", s.Addr.Name())
	case s.Op == plan.Create && s.Change.Action == diff.Replace && unmoved(live, s.Change.Before.(*state.Function)):
		// The delete before has not reached this worker yet.
		return &backend.Temporary{Err: fmt.Errorf("function %s is still listed after its deletion", s.Addr.Name())}
	case live.Owner == "":
		return moved("a function %s without a marker of meshc is there", s.Addr.Name())
	default:
		return moved("function %s was written by someone else (mesh %s, generation %d)", s.Addr.Name(), live.Owner, live.Generation)
	}
}

// code says what is sent along: always the URL where there is one, since workers
// need it on each update; a file only where its content is not there yet.
func (b *Backend) code(after, before *state.Function) admin.Package {
	if after.Code.Mode == state.ByURL {
		return admin.Package{URL: after.Code.URL}
	}
	if before != nil && before.Code.Mode == state.ByData && before.Code.SHA256 == after.Code.SHA256 {
		return admin.Package{}
	}
	return admin.Package{File: after.Code.Path, SHA256: after.Code.SHA256, Size: after.Code.Size}
}

// refusal explains what a worker says where its words alone do not help.
func refusal(err error, f *state.Function) error {
	if admin.Classify(err) == admin.Exists {
		// A source or sink took the name since the plan was made, or this worker lags.
		return fmt.Errorf("the name %s is taken: %w: %w", f.FullName(), backend.ErrMoved, err)
	}
	return err
}

// notVisible is what a step waits for until each worker has heard of a write.
const notVisible = "the write cannot be read back yet"

// verify waits until what was written can be read back, and compares it with what
// was asked for; what did not take is a failure.
func (b *Backend) verify(ctx context.Context, s plan.Step, w waiter) error {
	var live *state.Function
	after := s.Change.After.(*state.Function)
	before, _ := s.Change.Before.(*state.Function)
	short, cancel := context.WithTimeout(ctx, visibleWait)
	defer cancel()
	err := until(short, w, func() (bool, string, error) {
		now, err := b.function(ctx, after.Tenant, after.Namespace, after.Name)
		if err == nil {
			live = now
		}
		late := now == nil || before != nil && unmoved(now, before)
		return !late || carries(now, after), notVisible, err
	})
	if err != nil && (short.Err() == nil || ctx.Err() != nil) {
		return err
	}
	switch {
	case live == nil:
		return moved("function %s is gone", after.FullName())
	case same(live, after):
		return nil
	case !carries(live, after):
		return moved("function %s does not carry the marker that was written", after.FullName())
	}
	return untaken(live, after)
}

// carries tells whether a function has the marker of a write.
func carries(live, after *state.Function) bool {
	return live != nil && live.Generation == max(1, after.Generation) && live.Owner == after.Owner
}

// untaken says what differs although the write arrived.
func untaken(live, after *state.Function) error {
	for name, want := range after.Fields {
		if !reflect.DeepEqual(live.Fields[name], want) {
			return fmt.Errorf("%s of function %s did not take: it is %v, not %v", name, after.FullName(), live.Fields[name], want)
		}
	}
	for name, have := range live.Fields {
		if _, wanted := after.Fields[name]; !wanted {
			return fmt.Errorf("%s of function %s did not go away: it is %v", name, after.FullName(), have)
		}
	}
	return moved("function %s does not carry the marker that was written", after.FullName())
}

// deleteFunction deletes a function and waits until its instances have let go of
// the inputs: a new function, or the end of a subscription, needs them gone.
func (b *Backend) deleteFunction(ctx context.Context, s plan.Step, before *state.Function, w waiter) error {
	live, err := b.function(ctx, before.Tenant, before.Namespace, before.Name)
	if err != nil {
		return err
	}
	if live != nil {
		if after, ok := s.Change.After.(*state.Function); ok && same(live, after) {
			return nil
		}
		if !unmoved(live, before) {
			return b.movedFunction(s, live)
		}
		if err := b.client.Delete(ctx, admin.Functions, before.Tenant, before.Namespace, before.Name); err != nil && admin.Classify(err) != admin.NotFound {
			return err
		}
	}
	return b.untilGone(ctx, before, w)
}
