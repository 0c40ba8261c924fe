package view

import (
	"slices"

	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Outcome says how an apply, or its part for one mesh, ended.
type Outcome string

// The outcomes.
const (
	// Applied: everything that was planned is done.
	Applied Outcome = "applied"
	// Unchanged: there was nothing to do.
	Unchanged Outcome = "unchanged"
	// Failed: steps failed, the lock was lost, or the cluster could not be asked.
	Failed Outcome = "failed"
	// Interrupted: a signal ended the run before its end.
	Interrupted Outcome = "interrupted"
	// Refused: risks were not allowed, or the user did not agree. Nothing was written.
	Refused Outcome = "refused"
	// Stale: the plan does not fit the cluster any more. Nothing was written.
	Stale Outcome = "stale"
	// HasFindings: the mesh files or the plan have errors. Nothing was written.
	HasFindings Outcome = "findings"
	// NotStarted: a mesh before this one did not end well.
	NotStarted Outcome = "not-started"
)

// Report is the last line of an apply.
type Report struct {
	Format  string  `json:"format"`
	Type    string  `json:"type"`
	Outcome Outcome `json:"outcome"`
	// Exit is the exit code of the command.
	Exit   int          `json:"exit"`
	Error  string       `json:"error,omitempty"`
	Meshes []MeshReport `json:"meshes"`
}

// MeshReport says how the plan of one mesh ended.
type MeshReport struct {
	Mesh    string  `json:"mesh"`
	Outcome Outcome `json:"outcome"`
	// Version is that of the record; absent where nothing is recorded.
	Version int64  `json:"version,omitempty"`
	Destroy bool   `json:"destroy,omitempty"`
	Error   string `json:"error,omitempty"`
	// Counts are of resources that were written.
	Created  int `json:"created"`
	Updated  int `json:"updated"`
	Replaced int `json:"replaced"`
	Deleted  int `json:"deleted"`
	// Started were stopped before the plan.
	Started int `json:"started,omitempty"`
	// Missing were deleted for replacements of which the creation is not done.
	Missing []state.Addr `json:"missing,omitempty"`
	// Paused were stopped for changes and have not been started again.
	Paused []state.Addr `json:"paused,omitempty"`
	// Steps is how many the plan has.
	Steps       int           `json:"steps"`
	Done        []string      `json:"done"`
	Failed      []FailedStep  `json:"failed"`
	Skipped     []SkippedStep `json:"skipped"`
	TookSeconds float64       `json:"tookSeconds"`
	// Rollback tells how the run went back after a failure; absent if it did not.
	Rollback *Rollback `json:"rollback,omitempty"`
}

// FailedStep is a step that failed for good.
type FailedStep struct {
	Step  string     `json:"step"`
	Op    plan.Op    `json:"op"`
	Addr  state.Addr `json:"addr"`
	Error string     `json:"error"`
}

// SkippedStep is a step that was not started.
type SkippedStep struct {
	Step string     `json:"step"`
	Op   plan.Op    `json:"op"`
	Addr state.Addr `json:"addr"`
	// Because is the ID of the failed step that it needed; absent when the run was stopped.
	Because string `json:"because,omitempty"`
}

// NewReport makes the last line of an apply.
func NewReport(outcome Outcome, exit int, err error, meshes []MeshReport) Report {
	if meshes == nil {
		meshes = []MeshReport{}
	}
	return Report{Format: ApplyFormat, Type: TypeReport, Outcome: outcome, Exit: exit, Error: errorText(err), Meshes: meshes}
}

// NewMeshReport tells how a plan ended that was started.
func NewMeshReport(p *plan.Plan, r apply.Report) MeshReport {
	m := MeshReport{
		Mesh: p.Mesh, Destroy: p.Destroy, Steps: len(p.Steps), TookSeconds: seconds(r.Took),
		Done: []string{}, Failed: []FailedStep{}, Skipped: []SkippedStep{},
	}
	made, stopped := map[state.Addr]bool{}, p.Resumes()
	for _, s := range r.Done {
		m.Done = append(m.Done, s.ID)
		m.count(s)
		made[s.Addr] = made[s.Addr] || s.Op == plan.Create
		if s.Op == plan.Resume && slices.Contains(stopped, s.Addr) {
			m.Started++
		}
	}
	for _, s := range r.Done {
		if s.Op == plan.Delete && s.Change != nil && s.Change.Action == diff.Replace && !made[s.Addr] {
			m.Missing = append(m.Missing, s.Addr)
		}
	}
	m.Missing = append(m.Missing, unmade(p, r)...)
	m.Paused = r.Paused()
	m.Rollback = newRollback(r.Rollback)
	failed := map[string]bool{}
	for _, f := range r.Failed {
		failed[f.Step.ID] = true
		m.Failed = append(m.Failed, FailedStep{f.Step.ID, f.Step.Op, f.Step.Addr, errorText(f.Err)})
	}
	causes := causesOf(p, failed)
	for _, s := range r.Skipped {
		m.Skipped = append(m.Skipped, SkippedStep{s.ID, s.Op, s.Addr, causes[s.ID]})
	}
	left := len(r.Failed)+len(r.Skipped) > 0
	switch {
	case r.Unlocked != nil:
		m.Outcome = Failed
	case left && r.Interrupted:
		m.Outcome = Interrupted
	case left:
		m.Outcome = Failed
	case len(p.Steps) == 0:
		m.Outcome = Unchanged
	default:
		m.Outcome = Applied
	}
	return m
}

// Recorded says which version of the mesh a run is recorded as; 0 is for none.
func (m MeshReport) Recorded(version int64) MeshReport {
	m.Version = version
	return m
}

// WithoutRun tells of a plan that was not started.
func WithoutRun(p *plan.Plan, outcome Outcome, err error) MeshReport {
	m := NewMeshReport(p, apply.Report{})
	m.Outcome, m.Error = outcome, errorText(err)
	return m
}

func (m *MeshReport) count(s plan.Step) {
	replaces := s.Change != nil && s.Change.Action == diff.Replace
	switch s.Op {
	case plan.Create:
		if replaces {
			m.Replaced++
		} else {
			m.Created++
		}
	case plan.Update:
		m.Updated++
	case plan.Delete:
		// The deletion in a replacement is half of it; its creation counts, and
		// without that it is Missing.
		if !replaces {
			m.Deleted++
		}
	}
}

// causesOf finds, for each step that needs a failed one, directly or through
// others, which that is. Steps come after what they need.
func causesOf(p *plan.Plan, failed map[string]bool) map[string]string {
	cause := map[string]string{}
	for _, s := range p.Steps {
		needs := s.Needs
		if s.Op == plan.Resume {
			needs = s.After
		}
		for _, n := range needs {
			if failed[n] {
				cause[s.ID] = n
			} else if c, ok := cause[n]; ok {
				cause[s.ID] = c
			}
		}
	}
	return cause
}
