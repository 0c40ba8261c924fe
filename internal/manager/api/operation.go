package api

import (
	"encoding/json"
	"time"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/record"
)

// Planned is the answer to a question for a plan.
type Planned struct {
	// Plan is what would be done, as plan files have it.
	Plan json.RawMessage `json:"plan"`
	// Findings are what was found in the mesh file and while planning.
	Findings diag.List `json:"findings"`
	// Risks are those that have to be allowed and are not.
	Risks []Risk `json:"risks"`
}

// Risk is a risk of a step that has to be allowed.
type Risk struct {
	Step   string `json:"step"`
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
}

// State says where an operation is.
type State string

// The states of an operation.
const (
	// Running: it was accepted, and is on record.
	Running State = "running"
	// Done: it has ended, well or not; see Operation.Outcome.
	Done State = "done"
)

// Unchanged is the outcome of an operation that had nothing to do.
const Unchanged record.Outcome = "unchanged"

// Operation is a run of the manager.
type Operation struct {
	ID     string        `json:"id"`
	Mesh   string        `json:"mesh"`
	Action record.Action `json:"action"`
	State  State         `json:"state"`
	// Version is what the run makes of the mesh.
	Version int64     `json:"version"`
	Author  string    `json:"author,omitempty"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"`
	// Outcome and Error tell how it ended.
	Outcome record.Outcome `json:"outcome,omitempty"`
	Error   string         `json:"error,omitempty"`
	Result  *Result        `json:"result,omitempty"`
	// Warning tells that the run is over and its end could not be recorded.
	Warning string `json:"warning,omitempty"`
}

// Result is how the steps of a run ended, by their IDs.
type Result struct {
	Done        []string     `json:"done"`
	Failed      []FailedStep `json:"failed"`
	Skipped     []string     `json:"skipped"`
	Interrupted bool         `json:"interrupted,omitempty"`
	// Unlocked tells why the run ended without a signal: its lock was lost.
	Unlocked    string  `json:"unlocked,omitempty"`
	TookSeconds float64 `json:"tookSeconds"`
	// Rollback tells how the run went back after a failure.
	Rollback *RolledBack `json:"rollback,omitempty"`
}

// FailedStep is a step that failed for good.
type FailedStep struct {
	Step  string `json:"step"`
	Error string `json:"error"`
}

// RolledBack tells how a run went back.
type RolledBack struct {
	OK     bool     `json:"ok"`
	Result Result   `json:"result"`
	Left   []string `json:"left,omitempty"`
	Error  string   `json:"error,omitempty"`
}

// StepEvent is something that happened in a run; the names of types are those of
// 'meshc apply -o json'.
type StepEvent struct {
	Type string `json:"type"`
	Step string `json:"step,omitempty"`
	// For is what a step waits for, Error why it failed or is done again, Because the
	// step for which another was skipped.
	For     string `json:"for,omitempty"`
	Error   string `json:"error,omitempty"`
	Because string `json:"because,omitempty"`
	// Sent and Total are bytes of a file, After and Took seconds, Steps those of a way back.
	Sent  int64   `json:"sent,omitempty"`
	Total int64   `json:"total,omitempty"`
	After float64 `json:"after,omitempty"`
	Took  float64 `json:"took,omitempty"`
	Steps int     `json:"steps,omitempty"`
}

// The types of StepEvent.
const (
	StepStarted  = "started"
	StepWaiting  = "waiting"
	StepProgress = "progress"
	StepRetrying = "retrying"
	StepGaveUp   = "gaveUp"
	StepDone     = "done"
	StepFailed   = "failed"
	StepSkipped  = "skipped"
	StepRollback = "rollback"
)

// The names of events in streams.
const (
	// EventMesh carries a Mesh; its id is MESH@REVISION.
	EventMesh = "mesh"
	// EventDrift carries a DriftEvent and has no id: it is not kept.
	EventDrift = "drift"
	// EventStep carries a StepEvent, EventOperation the Operation when it has ended.
	EventStep      = "step"
	EventOperation = "operation"
)

// DriftEvent tells that the drift of a mesh has changed.
type DriftEvent struct {
	Mesh string `json:"mesh"`
	Drift
}

// LeaderInfo tells who leads.
type LeaderInfo struct {
	// Member is the name of this manager, Leader that of the leader, "" for none.
	Member string `json:"member"`
	Leader string `json:"leader,omitempty"`
	// URL is the leader's address.
	URL     string `json:"url,omitempty"`
	Leading bool   `json:"leading"`
}

// Hold is the request for a lock; both parts may be empty.
type Hold struct {
	Reason string `json:"reason,omitempty"`
}
