// Package mesh is the checked model of a function mesh: what a mesh file says,
// with every name in its full form and every reference followed. Nothing here
// knows YAML.
package mesh

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// ID names a mesh.
type ID struct{ Tenant, Namespace, Name string }

// String gives tenant/namespace/name.
func (id ID) String() string { return id.Tenant + "/" + id.Namespace + "/" + id.Name }

// Mesh is one function mesh.
type Mesh struct {
	ID
	// CreateNamespace tells that an absent namespace is to be created.
	CreateNamespace bool
	// Topics are all topics that are declared or named by a node, by full name.
	Topics []*Topic
	// Nodes are the components in the order of the file.
	Nodes []Node
	Span  diag.Span
	// NamespaceSpan is the place of the namespace's name, or the mesh's where it is the default.
	NamespaceSpan diag.Span
}

// Topic is a vertex of the graph: declared under `topics:` or only named by a node.
type Topic struct {
	// Name is the full name, persistent://tenant/namespace/name.
	Name string
	// Partitions is the declared count; 0 means that none is declared.
	Partitions int
	// External topics are someone else's: never created, never deleted.
	External bool
	Declared bool
	// Doubt tells that a mistake elsewhere in the file may hide a node that
	// writes the topic, so nothing follows from the absence of a writer.
	Doubt bool
	// Span is the declaration, or the first place that names the topic.
	Span diag.Span
}

// Node is a component of a mesh. It is a closed set: Function.
type Node interface {
	// NodeName returns the component's name, without tenant and namespace.
	NodeName() string
	// NodeSpan returns the place of the name in the mesh file.
	NodeSpan() diag.Span
	// Edges returns how the node is wired to topics, inputs first, in the order of the file.
	Edges() []Edge
	node()
}

// Role is the part that a topic plays for a node.
type Role string

// The roles of topics.
const (
	Input  Role = "input"
	Output Role = "output"
	Log    Role = "log"
)

// Writes tells whether messages go from the node to the topic.
func (r Role) Writes() bool { return r != Input }

// Edge wires a node to a topic.
type Edge struct {
	Role  Role
	Topic *Topic
	// Span is where the node names the topic.
	Span diag.Span
}

// TopicNamed returns the topic of that full name, or nil.
func (m *Mesh) TopicNamed(full string) *Topic {
	for _, t := range m.Topics {
		if t.Name == full {
			return t
		}
	}
	return nil
}

// ParseID reads tenant/namespace/name.
func ParseID(s string) (ID, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return ID{}, fmt.Errorf("%q is not the name of a mesh: write tenant/namespace/name", s)
	}
	return ID{Tenant: parts[0], Namespace: parts[1], Name: parts[2]}, nil
}

// Short gives a topic's name as the mesh's file may spell it: without tenant and
// namespace where they are the mesh's own.
func (id ID) Short(t *Topic) string {
	return strings.TrimPrefix(t.Name, "persistent://"+id.Tenant+"/"+id.Namespace+"/")
}
