package client

import (
	"errors"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// told gives a refusal as the error that it would be without a manager.
func told(err error) error {
	var p *api.Problem
	if !errors.As(err, &p) {
		return err
	}
	switch p.Type {
	case api.KindStale:
		stale := &apply.StaleError{}
		for _, m := range p.Moved {
			stale.Moved = append(stale.Moved, state.Addr(m))
		}
		return stale
	case api.KindRisks:
		refused := &apply.RiskError{Refused: map[string][]plan.Risk{}}
		for _, r := range p.Risks {
			refused.Refused[r.Step] = append(refused.Refused[r.Step], plan.Risk{Kind: plan.RiskKind(r.Kind), Detail: r.Detail})
		}
		return refused
	case api.KindHeld:
		if p.Hold != nil {
			held := &planner.HeldBackError{Hold: *p.Hold}
			if p.Winner != nil {
				held.Mesh = p.Winner.Mesh
			}
			return &standing{p, held}
		}
	case api.KindGone:
		if len(p.Missing) > 0 {
			return &standing{p, &planner.CodeGoneError{Missing: p.Missing}}
		}
	}
	return p
}

// standing says what the manager says, and is the error that it stands for.
type standing struct {
	*api.Problem
	is error
}

// Unwrap gives the error that it stands for.
func (s *standing) Unwrap() error { return s.is }

// eventOf gives the event of a step; nil for what is not known.
func eventOf(e api.StepEvent, steps map[string]plan.Step) backend.Event {
	s, ok := steps[e.Step]
	if e.Type == api.StepRollback {
		return backend.GoingBack{Steps: e.Steps}
	}
	if !ok {
		return nil
	}
	seconds := func(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }
	switch e.Type {
	case api.StepStarted:
		return backend.Started{Step: s}
	case api.StepWaiting:
		return backend.Waiting{Step: s, For: e.For}
	case api.StepProgress:
		return backend.Progress{Step: s, Sent: e.Sent, Total: e.Total}
	case api.StepRetrying:
		return backend.Retrying{Step: s, Err: errors.New(e.Error), After: seconds(e.After)}
	case api.StepGaveUp:
		return backend.GaveUp{Step: s, Left: errors.New(e.Error)}
	case api.StepDone:
		return backend.Done{Step: s, Took: seconds(e.Took)}
	case api.StepFailed:
		return backend.Failed{Step: s, Err: errors.New(e.Error)}
	case api.StepSkipped:
		return backend.Skipped{Step: s, Because: e.Because}
	}
	return nil
}

// reportOf gives the report of a run whose plan is known.
func reportOf(r api.Result, p *plan.Plan) apply.Report {
	steps := map[string]plan.Step{}
	for _, s := range p.Steps {
		steps[s.ID] = s
	}
	// Steps of a way back are not in the plan; their names are all that is told.
	step := func(id string) plan.Step {
		if s, ok := steps[id]; ok {
			return s
		}
		return plan.Step{ID: id}
	}
	out := apply.Report{Interrupted: r.Interrupted, Took: time.Duration(r.TookSeconds * float64(time.Second))}
	for _, id := range r.Done {
		out.Done = append(out.Done, step(id))
	}
	for _, f := range r.Failed {
		out.Failed = append(out.Failed, apply.Failure{Step: step(f.Step), Err: errors.New(f.Error)})
	}
	for _, id := range r.Skipped {
		out.Skipped = append(out.Skipped, step(id))
	}
	if r.Unlocked != "" {
		out.Unlocked = errors.New(r.Unlocked)
	}
	if back := r.Rollback; back != nil {
		out.Rollback = &apply.Rollback{Report: reportOf(back.Result, p)}
		for _, l := range back.Left {
			out.Rollback.Left = append(out.Rollback.Left, apply.Left{Why: l})
		}
		if back.Error != "" {
			out.Rollback.Err = errors.New(back.Error)
		}
	}
	return out
}
