package view

import (
	"errors"

	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// RolledBack is the outcome of a rollback that brought everything back that the run
// had changed.
const RolledBack Outcome = "rolled-back"

// Rollback tells how a run went back after a failure. Its steps are those of a plan
// of its own.
type Rollback struct {
	// Outcome is RolledBack, Failed (something is left, see the rest), Refused (it has
	// risks that were not allowed) or Interrupted.
	Outcome Outcome `json:"outcome"`
	// Error tells why the way back was not begun.
	Error   string        `json:"error,omitempty"`
	Steps   int           `json:"steps"`
	Done    []string      `json:"done"`
	Failed  []FailedStep  `json:"failed"`
	Skipped []SkippedStep `json:"skipped"`
	// Left are components that stay as they are now.
	Left []LeftBehind `json:"left,omitempty"`
}

// LeftBehind is a component that a rollback does not bring back, or could not.
type LeftBehind struct {
	Addr state.Addr `json:"addr"`
	Why  string     `json:"why"`
}

// NewLeftBehind makes the values that are shown.
func NewLeftBehind(list []apply.Left) []LeftBehind {
	var out []LeftBehind
	for _, l := range list {
		out = append(out, LeftBehind{l.Addr, l.Why})
	}
	return out
}

// newRollback makes the part of a report about the way back; nil for none.
func newRollback(r *apply.Rollback) *Rollback {
	if r == nil {
		return nil
	}
	p := r.Plan
	if p == nil {
		p = &plan.Plan{}
	}
	m := NewMeshReport(p, r.Report)
	out := &Rollback{
		Outcome: RolledBack, Error: errorText(r.Err), Steps: m.Steps, Done: m.Done, Failed: m.Failed, Skipped: m.Skipped, Left: NewLeftBehind(r.Left),
	}
	switch {
	case errors.As(r.Err, new(*apply.RiskError)):
		out.Outcome = Refused
	case r.Report.Interrupted:
		out.Outcome = Interrupted
	case !r.OK():
		out.Outcome = Failed
	}
	return out
}
