package backend

import (
	"time"

	"github.com/meshc/meshc/planner/plan"
)

// Event is something that happened while a plan is carried out. It is a closed
// set: Started, Waiting, Retrying, Progress, GaveUp, Done, Failed, Skipped, GoingBack. The engine
// prints nothing; views do.
type Event interface{ event() }

// Started tells that a step begins.
type Started struct{ Step plan.Step }

// Waiting tells that a step waits for something in the cluster.
type Waiting struct {
	Step plan.Step
	// For says what for, such as "1 of 2 instances run".
	For string
}

// Progress tells how far a step has sent a file.
type Progress struct {
	Step plan.Step
	// Sent and Total are in bytes.
	Sent, Total int64
}

// Retrying tells that a step is done again after a passing error.
type Retrying struct {
	Step  plan.Step
	Err   error
	After time.Duration
}

// GaveUp tells that a drain ended at its limit, as the plan allows; Done follows.
type GaveUp struct {
	Step plan.Step
	// Left says what was left.
	Left error
}

// Done tells that a step succeeded.
type Done struct {
	Step plan.Step
	Took time.Duration
}

// Failed tells that a step failed for good; what needs it will not run.
type Failed struct {
	Step plan.Step
	Err  error
}

// Skipped tells that a step was not started, because of a failure before it or because the run was stopped.
type Skipped struct {
	Step plan.Step
	// Because is the ID of the step that failed; empty when the run was stopped.
	Because string
}

// GoingBack tells that a run which has failed begins to take back what it has
// changed; the events of those steps follow.
type GoingBack struct{ Steps int }

func (GoingBack) event() {}
func (Started) event()   {}
func (Waiting) event()   {}
func (Progress) event()  {}
func (Retrying) event()  {}
func (GaveUp) event()    {}
func (Done) event()      {}
func (Failed) event()    {}
func (Skipped) event()   {}
