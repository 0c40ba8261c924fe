package api

import (
	"time"

	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// Mesh tells of one write about a mesh: its newest, or one of its history.
type Mesh struct {
	Mesh     string         `json:"mesh"`
	Revision int64          `json:"revision"`
	Version  int64          `json:"version"`
	Action   record.Action  `json:"action"`
	Outcome  record.Outcome `json:"outcome"`
	// Live tells that the mesh is deployed, or may be.
	Live    bool           `json:"live"`
	Author  string         `json:"author,omitempty"`
	Began   time.Time      `json:"began"`
	Ended   time.Time      `json:"ended,omitzero"`
	Reason  record.Reason  `json:"reason,omitzero"`
	Of      int64          `json:"of,omitempty"`
	Backend string         `json:"backend,omitempty"`
	Cluster plan.Cluster   `json:"cluster,omitzero"`
	Source  string         `json:"source,omitempty"`
	State   string         `json:"state,omitempty"`
	Changes record.Changes `json:"changes,omitzero"`
	Error   string         `json:"error,omitempty"`
	// NodeCount counts Nodes; lists leave these out unless they are asked for.
	NodeCount int              `json:"nodeCount"`
	Nodes     []string         `json:"nodes,omitempty"`
	Reconcile string           `json:"reconcile,omitempty"`
	Hold      *record.HoldInfo `json:"hold,omitempty"`
	// Newer tells of a record that a newer version of meshc wrote: only Mesh is known.
	Newer bool `json:"newer,omitempty"`
}

// NewMesh gives what the wire tells of a head.
func NewMesh(h record.Head) Mesh {
	if !h.Readable() {
		return Mesh{Mesh: h.Mesh, Newer: true}
	}
	m := Mesh{
		Mesh: h.Mesh, Revision: h.Revision, Version: h.Version, Action: h.Action, Outcome: h.Outcome, Live: h.Live(), Author: h.Author,
		Began: h.Began, Ended: h.Ended, Reason: h.Reason, Of: h.Of, Backend: h.Backend, Cluster: h.Cluster, Source: h.Source, State: h.State,
		Changes: h.Changes, Error: h.Error, Reconcile: h.Reconcile, Hold: h.Hold,
		NodeCount: len(h.Nodes),
	}
	for _, n := range h.Nodes {
		m.Nodes = append(m.Nodes, string(n))
	}
	return m
}

// Page is a part of a list.
type Page struct {
	Items []Mesh `json:"items"`
	// Next is the cursor of the next page; "" for none.
	Next string `json:"next,omitempty"`
}

// Version is a version of a mesh with what it was made of.
type Version struct {
	Mesh
	Sources []plan.Source  `json:"sources"`
	Desired []any          `json:"desired"`
	Plan    map[string]any `json:"plan,omitempty"`
}

// Status is how a mesh is doing.
type Status struct {
	Mesh  Mesh   `json:"mesh"`
	Nodes []Node `json:"nodes"`
	// Running tells that every instance of every node runs.
	Running bool `json:"running"`
	// Drift is what the leader has found to differ from the record; empty for nothing,
	// absent where nobody has looked yet.
	Drift *Drift `json:"drift,omitempty"`
}

// Node is how one node is doing.
type Node struct {
	Addr    string  `json:"addr"`
	Wanted  int     `json:"wanted"`
	Running int     `json:"running"`
	Backlog int64   `json:"backlog"`
	Unacked int64   `json:"unacked"`
	RateIn  float64 `json:"rateIn"`
	RateOut float64 `json:"rateOut"`
	// Error is the newest text of an instance that does not run, or of an exception.
	Error     string     `json:"error,omitempty"`
	Instances []Instance `json:"instances,omitempty"`
}

// Instance is one instance of a node. Counters start at 0 with each start.
type Instance struct {
	Running      bool   `json:"running"`
	Error        string `json:"error,omitempty"`
	Restarts     int64  `json:"restarts"`
	Received     int64  `json:"received"`
	Processed    int64  `json:"processed"`
	UserErrors   int64  `json:"userErrors"`
	SystemErrors int64  `json:"systemErrors"`
	LastError    string `json:"lastError,omitempty"`
	Worker       string `json:"worker,omitempty"`
}

// Drift is how a mesh differs from the version that its record tells of. Nothing is
// wrong where all of its lists are empty and there is no Problem.
type Drift struct {
	// Version is what was compared with; Seen is when, Since when it was found first.
	Version int64     `json:"version"`
	Seen    time.Time `json:"seen"`
	Since   time.Time `json:"since,omitzero"`
	// Changes are what is no longer as it was deployed, by address.
	Changes []DriftChange `json:"changes"`
	// Failing are instances that end with an error time and again, Missing components of
	// which instances are not there without one.
	Failing []Failing `json:"failing,omitempty"`
	Missing []Missing `json:"missing,omitempty"`
	// Problem is why the mesh could not be compared as a whole.
	Problem string `json:"problem,omitempty"`
	// Repair tells what was done about it; absent where the mesh asks for no repairs.
	Repair *Repair `json:"repair,omitempty"`
}

// DriftChange is one difference.
type DriftChange struct {
	Addr string `json:"addr"`
	// Action is what would bring it back, Fields are the names of what differs.
	Action string   `json:"action"`
	Fields []string `json:"fields,omitempty"`
	Why    string   `json:"why,omitempty"`
	// By are those who changed it, where the cluster tells.
	By []string `json:"by,omitempty"`
}

// Failing is an instance that does not stay up.
type Failing struct {
	Addr     string `json:"addr"`
	Instance int    `json:"instance"`
	Error    string `json:"error,omitempty"`
	Restarts int64  `json:"restarts,omitempty"`
	Worker   string `json:"worker,omitempty"`
}

// Missing is a component of which instances do not run and do not say why, or were
// not started by a worker that does not try again.
type Missing struct {
	Addr    string    `json:"addr"`
	Wanted  int       `json:"wanted"`
	Running int       `json:"running"`
	Stopped int       `json:"stopped,omitempty"`
	Since   time.Time `json:"since"`
}

// Repair is what was done about drift.
type Repair struct {
	// State is waiting, refused, failed or done.
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Risks   []string  `json:"risks,omitempty"`
	Version int64     `json:"version,omitempty"`
	Next    time.Time `json:"next,omitzero"`
}
