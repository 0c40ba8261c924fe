// Package mesh is the checked model of a function mesh: what a mesh file says,
// with every name in its full form and every reference followed. Nothing here
// knows YAML.
package mesh

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/schema/fields"
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
	// NamespacePolicies is the mapping that describes the namespace, with the policies
	// among its fields; nil where the file gives a name alone.
	NamespacePolicies *Value
	// Topics are all topics that are declared or named by a node, by full name.
	Topics []*Topic
	// Nodes are the components in the order of the file.
	Nodes []Node
	// Kubernetes is what the file says for the Kubernetes resources of all nodes; nil for nothing.
	Kubernetes *Value
	// Reconcile is what a manager does about drift: Report, Repair, or "" where the
	// file does not say, which is Report.
	Reconcile string
	Span      diag.Span
	// NamespaceSpan is the place of the namespace's name, or the mesh's where it is the default.
	NamespaceSpan diag.Span

	notes notes
}

// What a manager does when the cluster is no longer as a mesh was deployed.
const (
	Report = "report"
	Repair = "repair"
)

// Topic is a vertex of the graph: declared under `topics:` or only named by a node.
type Topic struct {
	// Name is the full name, persistent://tenant/namespace/name.
	Name string
	// Partitions is the declared count; 0 means that none is declared.
	Partitions int
	// External topics are someone else's: never created, never deleted.
	External bool
	Declared bool
	// Schema and Retention are as declared, with the fields of these kinds; nil for none.
	Schema, Retention *Value
	// SchemaFile is where the schema's definition is, usable from the working folder; empty for none.
	SchemaFile string
	// Doubt tells that a mistake elsewhere in the file may hide a node that
	// writes the topic, so nothing follows from the absence of a writer.
	Doubt bool
	// Span is the declaration, or the first place that names the topic.
	Span diag.Span
}

// Node is a component of a mesh. It is a closed set: Function, Source, Sink.
type Node interface {
	// NodeName returns the component's name, without tenant and namespace.
	NodeName() string
	// NodeSpan returns the place of the name in the mesh file.
	NodeSpan() diag.Span
	// Kind returns the kind whose fields the node has.
	Kind() fields.Kind
	// Base returns what nodes of all kinds have alike.
	Base() *Component
	// Reads returns how the node reads its inputs; nil for a source.
	Reads() *Reading
	// Edges returns how the node is wired to topics, inputs first, in the order of the
	// file. They are those of the first call; nobody changes them.
	Edges() []Edge
	node()
}

// Role is the part that a topic plays for a node.
type Role string

// The roles of topics.
const (
	Input  Role = "input"
	Output Role = "output"
	// DeadLetter topics get the messages that failed too often.
	DeadLetter Role = "dead-letter"
	// LateData topics get the messages that come after their window.
	LateData Role = "late-data"
	Log      Role = "log"
)

// Writes tells whether messages go from the node to the topic.
func (r Role) Writes() bool { return r != Input }

// Flows tells whether the data flow goes along the edge, downstream from the
// node: there a cycle would send messages round for ever. Dead letters are out of
// the flow.
func (r Role) Flows() bool { return r.Writes() && r != DeadLetter }

// Edge wires a node to a topic.
type Edge struct {
	Role  Role
	Topic *Topic
	// SchemaType and SerDe say how the messages are coded, as the file gives it
	// for this topic; empty where it does not.
	SchemaType, SerDe string
	// Spec are the settings of an input, nil where there are none.
	Spec *Value
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
