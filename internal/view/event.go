package view

import (
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// The types of the lines of an apply.
const (
	TypePlan     = "plan"
	TypeFindings = "findings"
	TypeStarted  = "started"
	TypeWaiting  = "waiting"
	TypeProgress = "progress"
	TypeRetrying = "retrying"
	TypeGaveUp   = "gave-up"
	TypeDone     = "done"
	TypeFailed   = "failed"
	TypeSkipped  = "skipped"
	// TypeRollback begins the way back after a failure.
	TypeRollback = "rollback"
	TypeReport   = "report"
)

// Event is something that happened while a plan was carried out. Which keys are
// given depends on the type.
type Event struct {
	Format string     `json:"format"`
	Type   string     `json:"type"`
	Mesh   string     `json:"mesh"`
	Step   string     `json:"step,omitempty"`
	Op     plan.Op    `json:"op,omitempty"`
	Addr   state.Addr `json:"addr,omitempty"`
	// For (waiting) says what the step waits for.
	For string `json:"for,omitempty"`
	// Sent and Total (progress) are in bytes.
	Sent  int64 `json:"sent,omitempty"`
	Total int64 `json:"total,omitempty"`
	// Error (retrying, gave-up, failed) is the whole text.
	Error string `json:"error,omitempty"`
	// AfterSeconds (retrying) is the pause before the next try.
	AfterSeconds float64 `json:"afterSeconds,omitempty"`
	TookSeconds  float64 `json:"tookSeconds,omitempty"`
	// Steps (rollback) is how many steps the way back has.
	Steps int `json:"steps,omitempty"`
	// Because (skipped) is the ID of the step that failed; absent when the run was stopped.
	Because string `json:"because,omitempty"`
}

// Announced is the line of an apply that carries the plan.
type Announced struct {
	Format string `json:"format"`
	Type   string `json:"type"`
	Plan   Plans  `json:"plan"`
}

// Found is the line of an apply that carries findings.
type Found struct {
	Format   string   `json:"format"`
	Type     string   `json:"type"`
	Findings Findings `json:"findings"`
}

// NewAnnounced makes the line for a plan.
func NewAnnounced(p Plans) Announced { return Announced{ApplyFormat, TypePlan, p} }

// NewFound makes the line for findings.
func NewFound(f Findings) Found { return Found{ApplyFormat, TypeFindings, f} }

// NewEvent makes the line for an event of the engine.
func NewEvent(mesh string, e backend.Event) Event {
	of := func(kind string, s plan.Step) Event {
		return Event{Format: ApplyFormat, Type: kind, Mesh: mesh, Step: s.ID, Op: s.Op, Addr: s.Addr}
	}
	var out Event
	switch e := e.(type) {
	case backend.Started:
		out = of(TypeStarted, e.Step)
	case backend.Waiting:
		out = of(TypeWaiting, e.Step)
		out.For = e.For
	case backend.Progress:
		out = of(TypeProgress, e.Step)
		out.Sent, out.Total = e.Sent, e.Total
	case backend.Retrying:
		out = of(TypeRetrying, e.Step)
		out.Error, out.AfterSeconds = errorText(e.Err), seconds(e.After)
	case backend.GaveUp:
		out = of(TypeGaveUp, e.Step)
		out.Error = errorText(e.Left)
	case backend.Done:
		out = of(TypeDone, e.Step)
		out.TookSeconds = seconds(e.Took)
	case backend.Failed:
		out = of(TypeFailed, e.Step)
		out.Error = errorText(e.Err)
	case backend.Skipped:
		out = of(TypeSkipped, e.Step)
		out.Because = e.Because
	case backend.GoingBack:
		out = Event{Format: ApplyFormat, Type: TypeRollback, Mesh: mesh, Steps: e.Steps}
	}
	return out
}

// seconds rounds to milliseconds, so that no line is full of digits.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
