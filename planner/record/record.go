// Package record is what is remembered of a mesh: each version of it, who brought
// it about, why and with what result, and enough of it to bring it back. Backends
// keep records where the mesh is; Store is the contract.
//
// A record has two parts. The Head is small, and stores have the newest one of each
// mesh at hand. The Body is what a version was made of; it is read on demand.
package record

import (
	"encoding/json"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Format is the version of heads and bodies. Its number rises when a reader of the
// old format could misunderstand a new record; fields may be added without. The heads of
// every format say in format, mesh, revision, version and before what Head says there.
const Format = "meshc.record/1"

// DefaultKeep is how many versions of a mesh can be brought back: their packages
// are kept, and stores keep their bodies at least.
const DefaultKeep = 20

// Action is what made a version.
type Action string

// The actions.
const (
	Apply    Action = "apply"
	Destroy  Action = "destroy"
	Rollback Action = "rollback"
	// Repair is a reconciliation: what the version before it says was deployed again.
	Repair Action = "repair"
	// Move: the mesh runs on another backend from now on, which Backend names; its
	// records go on there.
	Move Action = "move"
	// Hold and Unhold keep others away and let them in again. They are no versions of
	// the mesh: Version stays, Revision rises.
	Hold   Action = "lock"
	Unhold Action = "unlock"
	// Forget: nothing is on record of the mesh any more. It is no record, and only told to
	// watchers; Revision is that of the last head.
	Forget Action = "forget"
)

// Outcome is how an action ended.
type Outcome string

// The outcomes.
const (
	// Running: it has begun. Of a run that was killed that is all that is known.
	Running Outcome = "running"
	// Applied: everything that was planned is done.
	Applied Outcome = "applied"
	// Failed: steps failed for good, the others are done.
	Failed Outcome = "failed"
	// Interrupted: it was stopped before its end.
	Interrupted Outcome = "interrupted"
	// RolledBack: steps failed, and the run went back to what was there before.
	RolledBack Outcome = "rolled-back"
)

// Head tells of one write about a mesh; the newest one is the mesh's head.
type Head struct {
	Format string `json:"format"`
	// Mesh is tenant/namespace/name, the key.
	Mesh string `json:"mesh"`
	// Revision counts the writes of the mesh's records from 1. A write says which one
	// it follows, so that the first writer wins.
	Revision int64 `json:"revision"`
	// Version counts the deployments of the mesh from 1: a run has one version, whose
	// outcome is written when it ends.
	Version int64   `json:"version"`
	Action  Action  `json:"action"`
	Outcome Outcome `json:"outcome"`
	// Author is who, such as alice@ci-7; a manager writes for its callers.
	Author string `json:"author,omitempty"`
	// Began and Ended are of the action, in UTC; Ended is zero while it runs.
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended,omitzero"`
	Reason Reason    `json:"reason,omitzero"`
	// Request is what a caller of a manager named its request by, so that one that is
	// sent again is not carried out twice.
	Request string `json:"request,omitempty"`
	// Of is the version that a Rollback or a Repair has deployed again; 0 otherwise.
	Of      int64        `json:"of,omitempty"`
	Backend string       `json:"backend,omitempty"`
	Cluster plan.Cluster `json:"cluster,omitzero"`
	// Source and State are fingerprints of the mesh files and of the desired state.
	Source string `json:"source,omitempty"`
	State  string `json:"state,omitempty"`
	// Changes counts the components that the plan creates, updates, replaces, deletes.
	Changes Changes `json:"changes,omitzero"`
	// Error is the first thing that went wrong, in one line.
	Error string `json:"error,omitempty"`
	// Nodes are the components of the version, in order; empty after a Destroy.
	Nodes []state.Addr `json:"nodes,omitempty"`
	// Packages are the package URLs of the last versions, each with the newest version
	// that runs it: what is to be kept so that these can be brought back.
	Packages map[string]int64 `json:"packages,omitempty"`
	// Reconcile says what is done about drift: "report", or "repair"; "" is report.
	Reconcile string `json:"reconcile,omitempty"`
	// Hold keeps everyone but its author away from the mesh; nil for nobody.
	Hold *HoldInfo `json:"hold,omitempty"`
	// Unlocked tells that the run held no lock: only its end tells that it is over.
	Unlocked bool `json:"unlocked,omitempty"`
	// Body is where the store keeps the version's body, and Before where it keeps the
	// head that History goes on with; only the store that wrote them can read them.
	Body   string `json:"body,omitempty"`
	Before string `json:"before,omitempty"`

	// newer holds a record of a format that this version does not read, as it was.
	newer json.RawMessage
}

// Reason says why a version came about; each part may be empty.
type Reason struct {
	// Text is what its author said.
	Text string `json:"text,omitempty"`
	// Commit is of the mesh files' repository, Run the URL of the CI run.
	Commit string `json:"commit,omitempty"`
	Run    string `json:"run,omitempty"`
}

// Changes counts components by what happens to them.
type Changes struct {
	Created  int `json:"created,omitempty"`
	Updated  int `json:"updated,omitempty"`
	Replaced int `json:"replaced,omitempty"`
	Deleted  int `json:"deleted,omitempty"`
}

// HoldInfo is a lock that stays when the command that took it has ended.
type HoldInfo struct {
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason,omitempty"`
}

// ID is the mesh's name; zero where Mesh is none.
func (h Head) ID() mesh.ID {
	id, err := mesh.ParseID(h.Mesh)
	if err != nil {
		return mesh.ID{}
	}
	return id
}

// Live tells that the mesh is deployed, or may be: only a destroy or a move that has
// come to its end is the end of it here.
func (h Head) Live() bool {
	// A lock has the outcome of what was there before, and tells by the nodes what that was.
	gone := h.Action == Destroy || h.Action == Move || (h.Action == Hold || h.Action == Unhold) && len(h.Nodes) == 0
	return h.Version > 0 && !(gone && h.Outcome == Applied)
}

// SameRun tells that next is of the same run as h, which is then told by next alone:
// its beginning and its end are two writes.
func (h Head) SameRun(next Head) bool {
	return h.Version == next.Version && h.Outcome == Running && h.Action == next.Action
}

// SameWrite tells that two heads are of one write, wherever the store keeps it.
func (h Head) SameWrite(o Head) bool {
	return h.Mesh == o.Mesh && h.Revision == o.Revision && h.Version == o.Version && h.Action == o.Action && h.Outcome == o.Outcome &&
		h.Author == o.Author && h.Request == o.Request && h.State == o.State && h.Began.Equal(o.Began) && h.Ended.Equal(o.Ended)
}

// Readable tells that this version of meshc knows the head's format. Of others the
// mesh is known, and Revision, Version and Before as far as they say so.
func (h Head) Readable() bool { return h.newer == nil }

// Body is what a version was made of. No secret is in it: sensitive values are
// references and digests, literal ones are left out.
type Body struct {
	Format string `json:"format"`
	// Sources are the mesh file, its overlays and what --set said.
	Sources []plan.Source `json:"sources,omitempty"`
	// Desired is the state that was wanted, in the order of the addresses.
	Desired []state.Boxed `json:"desired,omitempty"`
	Plan    *plan.Plan    `json:"plan,omitempty"`

	// encoded is the body as Prepare found it.
	encoded *encoded
}

// State gives the desired state of a body.
func (b *Body) State(id mesh.ID) *state.State {
	s := state.New(id)
	for _, r := range b.Desired {
		if r.Resource != nil {
			s.Put(r.Resource)
		}
	}
	return s
}
