package view

import (
	"slices"
	"strings"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// List is the document of the meshes of a namespace.
type List struct {
	Format string `json:"format"`
	// Namespace is absent where all meshes on record are listed.
	Namespace string   `json:"namespace,omitempty"`
	Meshes    []Listed `json:"meshes"`
	// Recorded tells that the records were asked.
	Recorded bool `json:"recorded"`
}

// NewList makes the document of meshes that carry marks; records are by the mesh's
// name, nil where they were not asked.
func NewList(namespace string, meshes []backend.Summary, records map[string]Record) List {
	doc := List{Format: ListFormat, Namespace: namespace, Meshes: []Listed{}, Recorded: records != nil}
	for _, m := range meshes {
		one := Listed{Summary: m}
		if r, ok := records[m.Mesh]; ok {
			one.Record = &r
		}
		doc.Meshes = append(doc.Meshes, one)
	}
	return doc
}

// NewRecordedList makes the document of all meshes on record.
func NewRecordedList(records []Record) List {
	doc := List{Format: ListFormat, Meshes: []Listed{}, Recorded: true}
	for _, r := range records {
		one := Listed{Summary: backend.Summary{Mesh: r.Mesh, Nodes: []string{}}, Record: &r}
		for _, n := range r.Nodes {
			one.Nodes = append(one.Nodes, n.Name()[strings.LastIndexByte(n.Name(), '/')+1:])
		}
		doc.Meshes = append(doc.Meshes, one)
	}
	return doc
}

// Meshes is the document of meshes as the cluster has them.
type Meshes struct {
	Format string `json:"format"`
	Meshes []Mesh `json:"meshes"`
}

// NewMeshes makes the document.
func NewMeshes(meshes []Mesh) Meshes { return Meshes{Format: MeshFormat, Meshes: meshes} }

// Mesh is a mesh as the cluster has it.
type Mesh struct {
	Mesh    string       `json:"mesh"`
	Cluster plan.Cluster `json:"cluster"`
	// Sources, Functions and Sinks are those that carry the mesh's mark, by name.
	Sources   []*state.Component `json:"sources"`
	Functions []*state.Component `json:"functions"`
	Sinks     []*state.Component `json:"sinks"`
	// Topics and Subscriptions are those that the mesh made.
	Topics        []*state.Topic     `json:"topics"`
	Subscriptions []SubscriptionInfo `json:"subscriptions"`
	// Missing are nodes that the mesh file has and the cluster has not.
	Missing []string `json:"missing,omitempty"`
}

// SubscriptionInfo is a subscription with what waits on it, in messages.
type SubscriptionInfo struct {
	*state.Subscription
	Backlog int64 `json:"backlog"`
	Unacked int64 `json:"unacked"`
}

// NewMesh takes a mesh out of the live state; missing comes from the mesh file.
func NewMesh(live *state.State, cluster plan.Cluster, missing []string) Mesh {
	m := Mesh{
		Mesh: live.Mesh.String(), Cluster: cluster, Missing: missing,
		Sources: []*state.Component{}, Functions: []*state.Component{}, Sinks: []*state.Component{}, Topics: []*state.Topic{}, Subscriptions: []SubscriptionInfo{},
	}
	for _, a := range live.Addrs() {
		r := live.Resources[a]
		if r.OwnerID() != m.Mesh {
			continue
		}
		switch r := r.(type) {
		case *state.Component:
			switch r.Kind {
			case state.KindSource:
				m.Sources = append(m.Sources, r)
			case state.KindSink:
				m.Sinks = append(m.Sinks, r)
			default:
				m.Functions = append(m.Functions, r)
			}
		case *state.Topic:
			m.Topics = append(m.Topics, r)
		case *state.Subscription:
			facts := live.Facts[a]
			m.Subscriptions = append(m.Subscriptions, SubscriptionInfo{r, facts.Backlog, facts.Unacked})
		}
	}
	return m
}

// Status is the document of how meshes are doing.
type Status struct {
	Format string `json:"format"`
	// Running tells that every node has all of its instances and none is missing.
	Running bool         `json:"running"`
	Meshes  []MeshStatus `json:"meshes"`
}

// MeshStatus is how a mesh is doing.
type MeshStatus struct {
	Mesh    string           `json:"mesh"`
	Running bool             `json:"running"`
	Nodes   []backend.Health `json:"nodes"`
	// Missing are nodes that the mesh file has and the cluster has not.
	Missing []string `json:"missing,omitempty"`
	// Record is the newest one of the mesh; absent where none is known.
	Record *Record `json:"record,omitempty"`
}

// NewStatus makes the document.
func NewStatus(meshes []MeshStatus) Status {
	s := Status{Format: StatusFormat, Running: true, Meshes: meshes}
	for _, m := range meshes {
		s.Running = s.Running && m.Running
	}
	return s
}

// NewMeshStatus tells how a mesh is doing. A mesh of which nothing is there does not run.
func NewMeshStatus(mesh string, nodes []backend.Health, missing []string) MeshStatus {
	m := MeshStatus{Mesh: mesh, Running: len(missing) == 0 && len(nodes) > 0, Nodes: nodes, Missing: missing}
	if m.Nodes == nil {
		m.Nodes = []backend.Health{}
	}
	for _, h := range nodes {
		if h.Running < h.Wanted {
			m.Running = false
		}
	}
	return m
}

// Components lists a mesh's nodes in the direction of the data flow.
func (m Mesh) Components() []*state.Component { return slices.Concat(m.Sources, m.Functions, m.Sinks) }
