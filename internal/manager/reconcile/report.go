package reconcile

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Report is what was found out about one mesh. No secret is in it.
type Report struct {
	// Mesh is tenant/namespace/name, and Version the recorded one that was compared with.
	Mesh    string `json:"mesh"`
	Version int64  `json:"version"`
	// At is when it was looked at, Since when the first of what follows was found.
	At    time.Time `json:"at"`
	Since time.Time `json:"since,omitzero"`
	// Drift is what is no longer as it was deployed, by address.
	Drift []Drift `json:"drift,omitempty"`
	// Failing are instances that end with an error time and again, Missing components
	// of which instances are not there without one.
	Failing []Failing `json:"failing,omitempty"`
	Missing []Missing `json:"missing,omitempty"`
	// Problem is why the mesh could not be compared as a whole; "" for nothing.
	Problem string `json:"problem,omitempty"`
	// Repair tells what was done about it; nil where the mesh does not ask for repairs,
	// or needed none yet.
	Repair *Repair `json:"repair,omitempty"`
}

// Drift is one resource that is no longer as it was deployed.
type Drift struct {
	Addr state.Addr `json:"addr"`
	// Action is what would bring it back, and Fields what differs: Before is in the
	// cluster, After on record.
	Action diff.Action        `json:"action"`
	Why    diff.Reason        `json:"why,omitempty"`
	Fields []diff.FieldChange `json:"fields,omitempty"`
	// By are those who changed it, where the cluster tells; Drifted tells that someone
	// did so after it was written.
	By      []string `json:"by,omitempty"`
	Drifted bool     `json:"drifted,omitempty"`
}

// Failing is an instance that does not stay up.
type Failing struct {
	Addr     state.Addr `json:"addr"`
	Instance int        `json:"instance"`
	Error    string     `json:"error,omitempty"`
	Restarts int64      `json:"restarts,omitempty"`
	Worker   string     `json:"worker,omitempty"`
}

// Missing is a component of which instances do not run and do not say why.
type Missing struct {
	Addr    state.Addr `json:"addr"`
	Wanted  int        `json:"wanted"`
	Running int        `json:"running"`
	// Stopped are those that a worker has, and does not run: someone has stopped them. No
	// worker has taken the others.
	Stopped int `json:"stopped,omitempty"`
	// Since is when it was found.
	Since time.Time `json:"since"`
}

// RepairState is how far a repair is.
type RepairState string

// The states of repairs.
const (
	// Waiting: it will be tried at Repair.Next.
	Waiting RepairState = "waiting"
	// Refused: it will not be tried as things are.
	Refused RepairState = "refused"
	// Failed: it was tried, and did not come to its end; it is tried again at Repair.Next.
	Failed RepairState = "failed"
	// Done: Repair.Version is the version that was made by it.
	Done RepairState = "done"
)

// Repair is what was done about drift.
type Repair struct {
	State RepairState `json:"state"`
	// Reason is why it was not done, in one sentence.
	Reason string `json:"reason,omitempty"`
	// Risks are what the mesh does not allow.
	Risks   []plan.Risk `json:"risks,omitempty"`
	Version int64       `json:"version,omitempty"`
	Next    time.Time   `json:"next,omitzero"`
}

// Clean tells that nothing is wrong with the mesh.
func (r Report) Clean() bool {
	return len(r.Drift) == 0 && len(r.Failing) == 0 && len(r.Missing) == 0 && r.Problem == ""
}

// same tells that two reports say the same, whenever and however often it was seen.
func (r Report) same(o Report) bool {
	return r.key() == o.key()
}

func (r Report) key() string {
	r.At, r.Since = time.Time{}, time.Time{}
	r.Failing = slices.Clone(r.Failing)
	for i := range r.Failing {
		// The text of an error can hold a time, and counts go up.
		r.Failing[i].Error, r.Failing[i].Restarts = "", 0
	}
	r.Missing = slices.Clone(r.Missing)
	for i := range r.Missing {
		r.Missing[i].Since = time.Time{}
	}
	// Values of configs and texts always encode.
	text, _ := json.Marshal(r)
	return string(text)
}

// driftOf is what a change says about drift; ok is false where it is none.
func driftOf(c diff.Change, recorded map[state.Addr]state.Resource) (d Drift, ok bool) {
	switch {
	case c.Action == diff.NoOp, c.Why == diff.Collected:
		return d, false
	case c.Action == diff.Create && recorded[c.Addr] == nil:
		// What a pattern takes in since the mesh was deployed is no one's mistake.
		return d, false
	}
	d = Drift{Addr: c.Addr, Action: c.Action, Why: c.Why, Fields: c.Fields}
	if live, is := c.Before.(*state.Component); is {
		d.By, d.Drifted = live.DriftedBy, live.Drifted
	}
	return d, true
}

func sortDrift(all []Drift) []Drift {
	slices.SortFunc(all, func(a, b Drift) int { return cmp.Compare(a.Addr, b.Addr) })
	return all
}
