package mesh

import (
	"cmp"
	"regexp"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/schema/fields"
)

// Component is what functions, sources and sinks have alike.
type Component struct {
	Name string
	// ClassName is empty for Go, and for connectors whose archive names it.
	ClassName   string
	Code        Code
	Parallelism int
	// Guarantees is the delivery guarantee, Pulsar's spelling, default filled in.
	Guarantees string
	// LogTopic is nil where there is none.
	LogTopic *Edge
	// Fields are all fields that the file gives for the node, by Pulsar's name,
	// those of `defaults:` included, in the order of the file.
	Fields    *Value
	Lifecycle Lifecycle
	// Span is the place of the name.
	Span diag.Span
	// Doubt tells that a part of the node could not be read, so that nothing
	// follows from the absence of a field.
	Doubt bool

	// wires are the edges, once they were asked for.
	wires []Edge
}

// Lifecycle says how meshc may treat a node.
type Lifecycle struct {
	// Protect forbids to delete or replace the node.
	Protect bool
	// MovedFrom is the node's name before a rename.
	MovedFrom string
	// Adopt lets meshc take over a component of the name that it did not make.
	Adopt bool
	// Allow are the risks of plans that are allowed for the node.
	Allow []string
}

// Code is where a component's code is.
type Code struct {
	// Path is usable from the working folder: what the file says, joined to the
	// mesh file's folder. It is empty for code that is no local file.
	Path string
	// Location is what the file says where that is no local file: builtin://name,
	// a package URL (function://, source://, sink://), or file://, http:// and https://.
	Location string
	// Found tells that a readable file was there when the mesh was compiled.
	Found bool
	Span  diag.Span
}

// Reading is how a function or sink reads its inputs.
type Reading struct {
	Inputs []Edge
	// Patterns are inputs by regular expression.
	Patterns []Pattern
	// DeadLetter is nil where there is none.
	DeadLetter *Edge
	// SubName is the subscription's name as written; empty means the default.
	SubName string
	// Position is where new subscriptions start: "Latest" or "Earliest".
	Position          string
	RetainOrdering    bool
	RetainKeyOrdering bool
	// InputType is the class of the messages that the code takes, as its class
	// file says; empty where that is not known.
	InputType string
}

// Pattern is an input by a regular expression of full topic names.
type Pattern struct {
	Text string
	// Regexp is nil where Go does not know the expression, which is Java's.
	Regexp *regexp.Regexp
	// Spec are the settings of the input, nil where there are none.
	Spec *Value
	Span diag.Span
}

// Matches tells whether the pattern takes a topic, by its full name. An
// expression that Go does not know takes none.
func (p Pattern) Matches(topic string) bool {
	return p.Regexp != nil && p.Regexp.MatchString(topic)
}

// NodeName implements Node.
func (c *Component) NodeName() string { return c.Name }

// NodeSpan implements Node.
func (c *Component) NodeSpan() diag.Span { return c.Span }

// Base implements Node.
func (c *Component) Base() *Component { return c }

// SpanOf returns the place of a field, or of the node where the file does not give it.
func (c *Component) SpanOf(field string) diag.Span {
	if c.Fields != nil {
		for _, e := range c.Fields.Entries {
			if e.Key == field {
				return e.Span()
			}
		}
	}
	return c.Span
}

// Span is where an entry's value stands, or its key where the value spreads over
// the lines below.
func (e Entry) Span() diag.Span {
	if e.Value.Span.Start.Line != e.KeySpan.Start.Line || e.Value.Span.File != e.KeySpan.File {
		return e.KeySpan
	}
	return e.Value.Span
}

// Subscription returns the name of a node's subscription on its inputs, as
// function workers name it: the given one, or tenant/namespace/name, with the name
// before a rename where there was one. It is empty for a node that reads nothing.
func Subscription(id ID, n Node) string {
	r := n.Reads()
	switch {
	case r == nil:
		return ""
	case r.SubName != "":
		return r.SubName
	}
	return id.Tenant + "/" + id.Namespace + "/" + cmp.Or(n.Base().Lifecycle.MovedFrom, n.NodeName())
}

// SubscriptionField names the field that gives the subscription's name.
func SubscriptionField(kind fields.Kind) string {
	if kind == fields.Sink {
		return "sourceSubscriptionName"
	}
	return "subName"
}
