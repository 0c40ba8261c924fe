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
	Live      bool             `json:"live"`
	Author    string           `json:"author,omitempty"`
	Began     time.Time        `json:"began"`
	Ended     time.Time        `json:"ended,omitzero"`
	Reason    record.Reason    `json:"reason,omitzero"`
	Of        int64            `json:"of,omitempty"`
	Backend   string           `json:"backend,omitempty"`
	Cluster   plan.Cluster     `json:"cluster,omitzero"`
	Source    string           `json:"source,omitempty"`
	State     string           `json:"state,omitempty"`
	Changes   record.Changes   `json:"changes,omitzero"`
	Error     string           `json:"error,omitempty"`
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
	Error string `json:"error,omitempty"`
}

// Drift is how a mesh differs from the version that its record tells of.
type Drift struct {
	// Version is what was compared with, Seen when.
	Version int64     `json:"version"`
	Seen    time.Time `json:"seen"`
	// Changes are what a repair would do, in words, one for each address.
	Changes []DriftChange `json:"changes"`
	// Repair tells what the manager does about it: "report", "repair", or why it does not.
	Repair string `json:"repair,omitempty"`
}

// DriftChange is one difference.
type DriftChange struct {
	Addr   string   `json:"addr"`
	Action string   `json:"action"`
	Fields []string `json:"fields,omitempty"`
	Why    string   `json:"why,omitempty"`
}
