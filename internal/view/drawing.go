package view

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/mesh"
)

// Drawing is the document of `meshc graph`: meshes as one graph of nodes and
// topics, with the findings at their places. All forms are drawn from it.
type Drawing struct {
	Format   string `json:"format"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	// Meshes are those drawn, in the order of the files.
	Meshes   []MeshInfo `json:"meshes"`
	Vertices []Vertex   `json:"vertices"`
	Edges    []Edge     `json:"edges"`
	// Findings are all of the run; vertices and edges name theirs by index.
	Findings []Finding `json:"findings"`
}

// Vertex is a node or a topic of a drawing.
type Vertex struct {
	// ID is unique in the drawing and the same in every run: the kind and the full name.
	ID string `json:"id"`
	// Kind is "topic", "pattern", or the kind of the node: "function", "source" or "sink".
	Kind string `json:"kind"`
	// Name is the full name, Label the one that the mesh's file may use.
	Name  string `json:"name"`
	Label string `json:"label"`
	// Meshes are the indexes of the meshes that it belongs to. Meshes meet at a
	// topic of several.
	Meshes      []int `json:"meshes"`
	Parallelism int   `json:"parallelism,omitempty"`
	Partitions  int   `json:"partitions,omitempty"`
	External    bool  `json:"external,omitempty"`
	// Level is the place in the order of the data flow, from 0.
	Level int        `json:"level"`
	Span  *diag.Span `json:"span,omitempty"`
	// Marks are those of the vertex itself, without its edges.
	Marks
}

// Edge leads the way that messages go: from a node to a topic that it writes, or
// from a topic to a node that reads it.
type Edge struct {
	// From and To are the indexes of vertices.
	From int `json:"from"`
	To   int `json:"to"`
	// Role is the part that the topic plays for the node.
	Role mesh.Role `json:"role"`
	// Cycle tells that messages come back along the edge.
	Cycle bool       `json:"cycle,omitempty"`
	Span  *diag.Span `json:"span,omitempty"`
	Marks
}

// Marks are the findings at one place of a drawing.
type Marks struct {
	// Severity is that of the worst finding; empty where there is none.
	Severity diag.Severity `json:"severity,omitempty"`
	// Findings are indexes of the drawing's findings.
	Findings []int `json:"findings,omitempty"`
}

// The kinds of vertices that are no nodes.
const (
	KindTopic = "topic"
	// KindPattern vertices stand for all topics that a regular expression takes.
	KindPattern = "pattern"
)

// Match is the role of an edge from a topic to a pattern that takes it.
const Match mesh.Role = "match"

// Topic tells whether the vertex stands for topics: for one, or for those of a pattern.
func (v Vertex) Topic() bool { return v.Kind == KindTopic || v.Kind == KindPattern }

// Plain tells of the roles that need no word, since the arrow says it all.
func (e Edge) Plain() bool { return e.Role == mesh.Input || e.Role == mesh.Output }

// Wiring is one mesh that is to be drawn, with its graph.
type Wiring struct {
	Mesh  *mesh.Mesh
	Graph *graph.Graph
}
