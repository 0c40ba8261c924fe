package mesh

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/schema/fields"
)

// Function is a Pulsar function as the mesh file describes it.
type Function struct {
	Name string
	// ClassName is empty for Go.
	ClassName   string
	Runtime     fields.Runtime
	Code        Code
	Parallelism int
	Inputs      []Edge
	// Output and LogTopic are nil where there is none.
	Output   *Edge
	LogTopic *Edge
	// SubName is the subscription's name as written; empty means the default.
	SubName string
	// Guarantees is the delivery guarantee, Pulsar's spelling, default filled in.
	Guarantees     string
	RetainOrdering bool
	// Position is where new subscriptions start: "Latest" or "Earliest".
	Position string
	// Settings holds the fields that only the worker understands (userConfig,
	// resources), by Pulsar's name, values as JSON decodes them.
	Settings map[string]any
	Span     diag.Span
	// Spans are the places of the fields that the file gives, by Pulsar's name.
	Spans map[string]diag.Span
}

// Code is the file that holds a function's code.
type Code struct {
	// Path is usable from the working folder: what the file says, joined to the mesh file's folder.
	Path string
	// Found tells that a readable file was there when the mesh was compiled.
	Found bool
	Span  diag.Span
}

// NodeName implements Node.
func (f *Function) NodeName() string { return f.Name }

// NodeSpan implements Node.
func (f *Function) NodeSpan() diag.Span { return f.Span }

// Edges implements Node.
func (f *Function) Edges() []Edge {
	edges := append([]Edge(nil), f.Inputs...)
	if f.Output != nil {
		edges = append(edges, *f.Output)
	}
	if f.LogTopic != nil {
		edges = append(edges, *f.LogTopic)
	}
	return edges
}

// Subscription returns the name of the function's subscription on its inputs,
// as function workers name it: subName, or tenant/namespace/name.
func (f *Function) Subscription(id ID) string {
	if f.SubName != "" {
		return f.SubName
	}
	return id.Tenant + "/" + id.Namespace + "/" + f.Name
}

// SpanOf returns the place of a field, or of the function where the file does not give it.
func (f *Function) SpanOf(field string) diag.Span {
	if s, ok := f.Spans[field]; ok {
		return s
	}
	return f.Span
}

func (*Function) node() {}
