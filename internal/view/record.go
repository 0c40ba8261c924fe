package view

import (
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// NotEnded is the outcome of a run that was killed, or whose end could not be recorded.
const NotEnded record.Outcome = "not-ended"

// Record is what is remembered of one action on a mesh.
type Record struct {
	Mesh string `json:"mesh"`
	// Revision counts the writes about the mesh, Version its deployments; a lock has the
	// version that was there.
	Revision int64         `json:"revision"`
	Version  int64         `json:"version"`
	Action   record.Action `json:"action"`
	// Outcome is record.Outcome or not-ended; that of a lock is of the version.
	Outcome     record.Outcome `json:"outcome"`
	Author      string         `json:"author,omitempty"`
	Began       time.Time      `json:"began"`
	Ended       time.Time      `json:"ended,omitzero"`
	TookSeconds float64        `json:"tookSeconds,omitempty"`
	Reason      record.Reason  `json:"reason,omitzero"`
	// Of is the version that a rollback or a repair has deployed again.
	Of      int64          `json:"of,omitempty"`
	Backend string         `json:"backend,omitempty"`
	Cluster plan.Cluster   `json:"cluster,omitzero"`
	Source  string         `json:"source,omitempty"`
	State   string         `json:"state,omitempty"`
	Changes record.Changes `json:"changes,omitzero"`
	Error   string         `json:"error,omitempty"`
	Nodes   []state.Addr   `json:"nodes,omitempty"`
	// Live tells that the mesh is deployed, or may be.
	Live bool             `json:"live"`
	Hold *record.HoldInfo `json:"hold,omitempty"`
	// Newer tells that a newer version of meshc wrote it, so that only Mesh is known.
	Newer bool `json:"newer,omitempty"`
}

// NewRecord tells of a head; ended says that no run has it in the air, whatever it says.
func NewRecord(h record.Head, ended bool) Record {
	if !h.Readable() {
		return Record{Mesh: h.Mesh, Newer: true}
	}
	r := Record{
		Mesh: h.Mesh, Revision: h.Revision, Version: h.Version, Action: h.Action, Outcome: h.Outcome, Author: h.Author, Began: h.Began, Ended: h.Ended,
		Reason: h.Reason, Of: h.Of, Backend: h.Backend, Cluster: h.Cluster, Source: h.Source, State: h.State, Changes: h.Changes, Error: h.Error,
		Nodes: h.Nodes, Live: h.Live(), Hold: h.Hold,
	}
	if h.Ended.After(h.Began) {
		r.TookSeconds = seconds(h.Ended.Sub(h.Began))
	}
	if ended && r.Outcome == record.Running {
		r.Outcome = NotEnded
	}
	return r
}

// IsLock tells that it is about a lock and no version of its own.
func (r Record) IsLock() bool { return r.Action == record.Hold || r.Action == record.Unhold }

// History is the document of the past of a mesh.
type History struct {
	Format string           `json:"format"`
	Mesh   string           `json:"mesh"`
	Hold   *record.HoldInfo `json:"hold,omitempty"`
	// Records are the newest first.
	Records []Record `json:"records"`
	// Next is the revision to go on before; absent at the end.
	Next int64 `json:"next,omitempty"`
	// Gone tells that there was more, which is not kept any more.
	Gone bool `json:"gone,omitempty"`
}

// NewHistory makes the document.
func NewHistory(mesh string, hold *record.HoldInfo, records []Record, next int64, gone bool) History {
	if records == nil {
		records = []Record{}
	}
	return History{Format: HistoryFormat, Mesh: mesh, Hold: hold, Records: records, Next: next, Gone: gone}
}

// OneVersion is the document of a version with what it was made of.
type OneVersion struct {
	Format  string        `json:"format"`
	Record  Record        `json:"record"`
	Sources []plan.Source `json:"sources"`
	// Desired is the state that was wanted, in the order of the addresses.
	Desired []state.Boxed `json:"desired"`
	Plan    *plan.Plan    `json:"plan,omitempty"`
	// mesh is Desired as people see it.
	mesh Mesh
}

// NewOneVersion makes the document.
func NewOneVersion(r Record, h record.Head, body *record.Body) OneVersion {
	out := OneVersion{Format: OneVersionFormat, Record: r, Sources: body.Sources, Desired: body.Desired, Plan: body.Plan}
	if out.Sources == nil {
		out.Sources = []plan.Source{}
	}
	if out.Desired == nil {
		out.Desired = []state.Boxed{}
	}
	out.mesh = NewMesh(body.State(h.ID()), h.Cluster, nil)
	return out
}

// AsMesh gives the version as if it were what the cluster has.
func (v OneVersion) AsMesh() Mesh { return v.mesh }

// VersionDiff is the document of what differs between two versions of a mesh.
type VersionDiff struct {
	Format string `json:"format"`
	Mesh   string `json:"mesh"`
	From   Record `json:"from"`
	To     Record `json:"to"`
	Same   bool   `json:"same"`
	// Sources are the texts that differ, Changes the resources.
	Sources []SourceDiff `json:"sources"`
	Changes []Change     `json:"changes"`
}

// SourceDiff is how a text that a mesh was compiled from differs.
type SourceDiff struct {
	Name string `json:"name"`
	// Diff is in the unified form.
	Diff string `json:"diff"`
}

// NewVersionDiff makes the document. Resources that plans would keep since they hold
// data are shown as what they are: not wanted any more.
func NewVersionDiff(from, to Record, sources []SourceDiff, changes []diff.Change) VersionDiff {
	doc := VersionDiff{Format: VersionDiffFormat, Mesh: to.Mesh, From: from, To: to, Sources: sources, Changes: []Change{}}
	for _, c := range changes {
		if c.Action == diff.NoOp && c.Why == diff.Retained {
			c.Action = diff.Delete
		}
		if c.Action == diff.NoOp {
			continue
		}
		shown := newChange(c, nil)
		if c.Action == diff.Delete {
			shown.Because = ""
		}
		doc.Changes = append(doc.Changes, shown)
	}
	if doc.Sources == nil {
		doc.Sources = []SourceDiff{}
	}
	doc.Same = len(doc.Sources)+len(doc.Changes) == 0
	return doc
}

// Lock is the document of who holds a mesh.
type Lock struct {
	Format string           `json:"format"`
	Mesh   string           `json:"mesh"`
	Hold   *record.HoldInfo `json:"hold"`
	// Evicted is who had the lock of a run and lost it.
	Evicted string `json:"evicted,omitempty"`
}

// NewLock makes the document.
func NewLock(mesh string, hold *record.HoldInfo, evicted string) Lock {
	return Lock{Format: LockFormat, Mesh: mesh, Hold: hold, Evicted: evicted}
}

// Listed is a mesh in a list: what the marks in the cluster tell, and what is on record.
type Listed struct {
	backend.Summary
	Record *Record `json:"record,omitempty"`
}
