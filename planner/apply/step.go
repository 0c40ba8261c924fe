package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// How passing errors are met: the first wait, the longest, and for how long in all.
const (
	firstWait   = 500 * time.Millisecond
	longestWait = 15 * time.Second
	patience    = 3 * time.Minute
	// absence is how long a cluster that cannot be reached at all is waited for:
	// a broker restarts within it.
	absence = 30 * time.Second
)

// do carries one step out, again after passing errors. A write holds a place in
// the gate while it is in the air, not while it waits to be done again.
func (r *runner) do(ctx, waits context.Context, s plan.Step) error {
	if limit := r.limit(s); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	started := false
	deadline, reached := time.Now().Add(patience), time.Now()
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		if s.Op.Writes() {
			if err := r.gateOf(s).enter(waits, r.places[s.ID]); err != nil {
				return errStopped
			}
		}
		if !started {
			started = true
			r.emit(backend.Started{Step: s})
		}
		if err := r.certain(waits, s); err != nil {
			r.gateOf(s).leave(false)
			return fmt.Errorf("%w: %w", errStopped, err)
		}
		err := r.backend.Do(ctx, s, r.emit)
		passing, again := passes(err)
		if s.Op.Writes() {
			r.gateOf(s).leave(passing.Overload)
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return r.expired(ctx, waits, s, err)
		}
		if !again || time.Now().After(deadline) || (unreached(err) && time.Since(reached) > absence) {
			return err
		}
		if !unreached(err) {
			reached = time.Now()
		}
		pause := max(wait, passing.After)
		r.emit(backend.Retrying{Step: s, Err: passing.Err, After: pause})
		select {
		case <-time.After(pause):
		case <-waits.Done():
			// Nothing is in the air during the pause, so the stop counts here too.
			return fmt.Errorf("%w: %w", errStopped, err)
		}
	}
}

// lightWrites is how many writes of topics, subscriptions and packages, and stops
// and starts of components, may be in flight, or as many as of components where
// those are more. They are answered without a thread that waits for another, which
// is what bounds the writes of components.
const lightWrites = 16

func (r *runner) gateOf(s plan.Step) *gate {
	if s.Addr.Kind().IsComponent() && s.Op != plan.Pause && s.Op != plan.Resume {
		return r.gate
	}
	return r.light
}

// passes tells whether an error goes away by itself.
func passes(err error) (backend.Temporary, bool) {
	var temporary *backend.Temporary
	if errors.As(err, &temporary) {
		return *temporary, true
	}
	return backend.Temporary{Err: err}, unreached(err)
}

func unreached(err error) bool {
	var n *backend.NotReached
	return errors.As(err, &n)
}

// expired tells why a step's context ended: the run was stopped, or its limit passed.
func (r *runner) expired(ctx, waits context.Context, s plan.Step, err error) error {
	if errors.Is(context.Cause(waits), errStopped) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errStopped
	}
	if s.Op == plan.Drain && s.GoOn {
		r.emit(backend.GaveUp{Step: s, Left: err})
		return nil
	}
	limit := r.limit(s)
	if s.Op == plan.Drain && s.Quiet {
		return fmt.Errorf("not drained within %v, so nothing was changed that reads it: %w; meshc status shows what its reader says (--timeout waits longer)", limit, err)
	}
	if s.Op == plan.Drain {
		return fmt.Errorf("not drained within %v, so nothing was deleted: %w; meshc status shows what its reader says (--timeout waits longer, a plan made with --allow %s gives the rest up)", limit, err, plan.MessageLoss)
	}
	return fmt.Errorf("not done within %v: %w", limit, err)
}

// limit is how long a step may take; 0 is for ever.
func (r *runner) limit(s plan.Step) time.Duration {
	if s.Limit > 0 && r.opts.WaitLimit > 0 {
		return r.opts.WaitLimit
	}
	return s.Limit
}
