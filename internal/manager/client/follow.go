package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

const (
	// lost is how long no manager may answer until a run is not followed any more.
	lost = time.Minute
	// again is the pause before a stream is opened again, or the record is looked at.
	again = 300 * time.Millisecond
)

// heard is what was told of a run while it went on.
type heard struct {
	steps  map[string]plan.Step
	done   map[string]bool
	failed map[string]error
}

func newHeard(p *plan.Plan) *heard {
	h := &heard{steps: map[string]plan.Step{}, done: map[string]bool{}, failed: map[string]error{}}
	for _, s := range p.Steps {
		h.steps[s.ID] = s
	}
	return h
}

// take notes an event, and gives it in the form of the engine's; nil for what is not known.
func (h *heard) take(e api.StepEvent) backend.Event {
	switch e.Type {
	case api.StepDone:
		h.done[e.Step] = true
	case api.StepFailed:
		h.failed[e.Step] = errors.New(e.Error)
	}
	return eventOf(e, h.steps)
}

// report tells from the record how a run ended whose report is lost, with the member
// that had it.
func (h *heard) report(op api.Operation, p *plan.Plan) apply.Report {
	out := apply.Report{}
	if op.Ended.After(op.Began) {
		out.Took = op.Ended.Sub(op.Began)
	}
	switch op.Outcome {
	case record.Applied, api.Unchanged:
		out.Done = p.Steps
		return out
	case record.Failed, record.RolledBack:
		// The record names the first step that failed, where none was told.
		if step, text, ok := strings.Cut(op.Error, ": "); ok && len(h.failed) == 0 && h.steps[step].ID != "" {
			h.failed[step] = errors.New(text)
		}
	case record.Interrupted:
		out.Interrupted = op.Error == ""
	}
	for _, s := range p.Steps {
		switch err, failed := h.failed[s.ID]; {
		case failed:
			out.Failed = append(out.Failed, apply.Failure{Step: s, Err: err})
		case h.done[s.ID]:
			out.Done = append(out.Done, s)
		default:
			out.Skipped = append(out.Skipped, s)
		}
	}
	switch {
	case op.Outcome == record.RolledBack:
		out.Rollback = &apply.Rollback{}
	case len(out.Failed) == 0 && !out.Interrupted:
		out.Unlocked = errors.New(op.Error)
		if op.Error == "" {
			out.Unlocked = fmt.Errorf("version %d ended as %q, and the manager that knew more has gone", op.Version, op.Outcome)
		}
	}
	return out
}

// follow listens to an operation until it has ended; what nobody can be listened to about
// is told by the record. The steps of one that ended before its answer came are told as
// well. Errors: that of ctx, or why it cannot be followed any more.
func (c *Client) follow(ctx context.Context, id mesh.ID, op api.Operation, h *heard, events func(backend.Event)) (api.Operation, error) {
	last, alive, failures := "", time.Now(), 0
	for ctx.Err() == nil {
		var err error
		some := false
		if op.ID != "" {
			var next api.Operation
			next, err = c.listen(ctx, op.ID, &last, func() { alive = time.Now() }, func(e api.StepEvent) {
				some = true
				if ev := h.take(e); ev != nil {
					events(ev)
				}
			})
			if err == nil && next.ID != "" {
				return next, nil
			}
			if Is(err, api.KindNotFound) || op.State == api.Done {
				op.ID = ""
				continue
			}
		}
		if failures++; op.ID != "" && (err == nil || some) {
			failures, alive = 0, time.Now()
		}
		if op.ID == "" || failures > 1 {
			if op.State != api.Done {
				op, err = c.onRecord(ctx, id, op)
			}
			if op.State == api.Done {
				return op, nil
			}
			if err == nil {
				alive = time.Now()
			}
		}
		if time.Since(alive) > lost {
			return op, fmt.Errorf("version %d was accepted, and no manager tells how it goes on: %w", op.Version, err)
		}
		if some {
			continue // who cuts streams now and then has told something meanwhile
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
	return op, context.Cause(ctx)
}

// onRecord asks the record how a run is doing.
func (c *Client) onRecord(ctx context.Context, id mesh.ID, op api.Operation) (api.Operation, error) {
	heads, err := (&Store{c}).History(ctx, id, 0, recent)
	if err != nil {
		return op, err
	}
	for _, h := range heads {
		if h.Version != op.Version || h.Action == record.Hold || h.Action == record.Unhold {
			continue
		}
		if h.Outcome != record.Running {
			op.State, op.Outcome, op.Error, op.Ended = api.Done, h.Outcome, h.Error, h.Ended
		}
		return op, nil
	}
	return op, fmt.Errorf("the manager at %s: version %d of %s is not among the newest", c.base, op.Version, id)
}

// recent is how many heads back a run is looked for that has just been accepted.
const recent = 50
