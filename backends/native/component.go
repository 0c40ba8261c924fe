package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// writeComponent creates or updates a function, source or sink. Before an update it reads: the
// server merges one with whatever is newest and has no way to say "if unchanged",
// so what the plan did not see is refused here, a moment before the write. A
// create needs no look: where the name is taken, the server refuses it.
func (b *Backend) writeComponent(ctx context.Context, s plan.Step, after *state.Component) error {
	if s.Op == plan.Update {
		return b.updateComponent(ctx, s, after)
	}
	config, err := toConfig(after, nil)
	if err != nil {
		return err
	}
	err = b.inSlot(ctx, func() error {
		return b.client.Create(ctx, adminKind(after.Kind), after.Tenant, after.Namespace, after.Name, config, b.code(after, nil))
	})
	if !errors.Is(err, admin.ErrExists) {
		return err // whether it can be read back, verify finds out
	}
	live, readErr := b.taker(ctx, after)
	switch {
	case readErr != nil:
		return readErr
	case live == nil:
		return refusal(err, after)
	case same(live, after):
		return nil
	}
	return b.movedComponent(s, live)
}

// lag is how long a worker may take to show a component that it has just refused to
// create since it is there: by then it has heard of what another worker wrote.
const lag = 10 * time.Second

// taker reads the component that has a name which is taken. None is there if one of
// another kind has it; a worker that cannot say is an error.
func (b *Backend) taker(ctx context.Context, c *state.Component) (live *state.Component, err error) {
	short, cancel := context.WithTimeout(ctx, lag)
	defer cancel()
	var answer lastAnswer
	err = until(short, waiter{}, func() (bool, string, error) {
		live, err = b.component(ctx, c)
		answer.note(err, short)
		return live != nil, "", err
	})
	if live == nil && short.Err() != nil && ctx.Err() == nil {
		return nil, answer.failed
	}
	return live, err
}

// lastAnswer is why the last read of a wait failed, nil where it did not: only then is
// what was not found not there. One that the end of the wait cut short does not count.
type lastAnswer struct {
	failed error
	any    bool
}

func (l *lastAnswer) note(err error, wait context.Context) {
	if err == nil || wait.Err() == nil || !l.any {
		l.failed, l.any = err, l.any || err == nil
	}
}

func (b *Backend) updateComponent(ctx context.Context, s plan.Step, after *state.Component) error {
	live, raw, err := b.componentAsItIs(ctx, after)
	if err != nil {
		return err
	}
	if live != nil && same(live, after) {
		return nil
	}
	before := s.Change.Before.(*state.Component)
	if !unmoved(live, before) {
		return b.movedComponent(s, live)
	}
	config, err := toConfig(after, s.Change)
	if err != nil {
		return err
	}
	if err := b.rememberConsumers(ctx, s.Change, before); err != nil {
		return err
	}
	return refusal(b.inSlot(ctx, func() error {
		return b.client.Update(ctx, adminKind(after.Kind), after.Tenant, after.Namespace, after.Name, respelled(config, raw), b.code(after, before), nil)
	}), after)
}

// unmoved tells whether live is as the plan found it.
func unmoved(live, before *state.Component) bool {
	if live == nil || before == nil {
		return live == before
	}
	// What was planned also says where its code was, which cannot be read back.
	was := *before
	was.Code.Path, was.Code.Size = "", 0
	return state.Digest(live.Masked(before.SensitivePaths())) == state.Digest(&was)
}

func (b *Backend) movedComponent(s plan.Step, live *state.Component) error {
	switch {
	case live == nil:
		return moved("%s %s is gone", s.Addr.Kind(), s.Addr.Name())
	case s.Op == plan.Create && s.Change.Action == diff.Replace && unmoved(live, s.Change.Last().(*state.Component)):
		// The delete before has not reached this worker yet.
		return &backend.Temporary{Err: fmt.Errorf("%s %s is still listed after its deletion", s.Addr.Kind(), s.Addr.Name())}
	case live.Owner == "":
		return moved("a %s %s without a marker of meshc is there", s.Addr.Kind(), s.Addr.Name())
	default:
		return moved("%s %s was written by someone else (mesh %s, generation %d)", s.Addr.Kind(), s.Addr.Name(), live.Owner, live.Generation)
	}
}

// code says what is sent along: always the URL where there is one, since workers
// need it on each update; a file only where its content is not there yet.
func (b *Backend) code(after, before *state.Component) admin.Package {
	switch after.Code.Mode {
	case state.ByURL:
		return admin.Package{URL: after.Code.URL}
	case state.Builtin:
		return admin.Package{}
	}
	if before != nil && before.Code.Mode == state.ByData && before.Code.SHA256 == after.Code.SHA256 {
		return admin.Package{}
	}
	return admin.Package{File: after.Code.Path, SHA256: after.Code.SHA256, Size: after.Code.Size}
}

// refusal explains what a worker says where its words alone do not help.
func refusal(err error, f *state.Component) error {
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
	var live *state.Component
	after := s.Change.After.(*state.Component)
	before, _ := s.Change.Before.(*state.Component)
	short, cancel := context.WithTimeout(ctx, visibleWait)
	defer cancel()
	var answer lastAnswer
	err := until(short, w, func() (bool, string, error) {
		now, err := b.component(ctx, after)
		if answer.note(err, short); err == nil {
			live = now
		}
		late := now == nil || before != nil && unmoved(now, before)
		return !late || carries(now, after), notVisible, err
	})
	if err != nil && (short.Err() == nil || ctx.Err() != nil) {
		return err
	}
	switch {
	case live == nil && answer.failed != nil:
		return answer.failed
	case live == nil:
		return moved("%s %s is gone", after.Kind, after.FullName())
	case same(live, after):
		return b.verifyHash(ctx, after)
	case !carries(live, after):
		return moved("%s %s does not carry the marker that was written", after.Kind, after.FullName())
	}
	return untaken(live, after)
}

// carries tells whether a function has the marker of a write.
func carries(live, after *state.Component) bool {
	return live != nil && live.Generation == max(1, after.Generation) && live.Owner == after.Owner
}

// untaken says what differs although the write arrived.
func untaken(live, after *state.Component) error {
	switch name, have, want := difference(live, after); {
	case name == "":
	case want != nil:
		return fmt.Errorf("%s of %s %s did not take: it is %v, not %v", name, after.Kind, after.FullName(), have, want)
	default:
		return fmt.Errorf("%s of %s %s did not go away: it is %v", name, after.Kind, after.FullName(), have)
	}
	return moved("%s %s does not carry the marker that was written", after.Kind, after.FullName())
}

// deleteComponent deletes a component and waits until its instances have let go of
// the inputs: a new function, or the end of a subscription, needs them gone.
func (b *Backend) deleteComponent(ctx context.Context, s plan.Step, before *state.Component, w waiter) error {
	live, err := b.component(ctx, before)
	if err != nil {
		return err
	}
	if live != nil {
		if after, ok := s.Change.After.(*state.Component); ok && same(live, after) {
			return nil
		}
		if !unmoved(live, before) {
			return b.movedComponent(s, live)
		}
		if err := b.client.Delete(ctx, adminKind(before.Kind), before.Tenant, before.Namespace, before.Name); err != nil && admin.Classify(err) != admin.NotFound {
			return err
		}
	}
	return b.untilGone(ctx, before, w)
}

// adminKind is the kind as Pulsar's paths spell it.
func adminKind(kind state.Kind) admin.Kind { return admin.Kind(string(kind) + "s") }
