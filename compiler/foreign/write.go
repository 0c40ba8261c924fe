package foreign

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// File is something that is written for another tool.
type File struct {
	// Name is a name for the file, without folders.
	Name string
	// Head are lines of comment that belong above, without the number signs.
	Head []string
	Root *syntax.Node
}

// Writer is what writers for all targets need: it collects what gets lost.
type Writer struct {
	Mesh *mesh.Mesh
	// Target is what the files are called in sentences, as "config files of pulsar-admin".
	Target string
	List   diag.List
}

// Value gives a value as a tree; what is secret in it is reported, and replaced
// by its reference.
func (w *Writer) Value(v *mesh.Value) *syntax.Node {
	return FromValue(v, func(v *mesh.Value) {
		w.List.Add(diag.SecretLeftOut, v.Span, fmt.Sprintf("The value of `%s` is secret, and the reference is written in its place.", v.From),
			"Put the value in where the file is used, or let the code read it from a Secret.")
	})
}

// Lost reports a field of a node that the target does not have.
func (w *Writer) Lost(n mesh.Node, field string, at diag.Span) {
	w.List.Add(diag.LostField, at, fmt.Sprintf("`%s` of the %s `%s` is left out: %s have no field for it.", field, n.Kind(), n.NodeName(), w.Target))
}

// Differs reports what means something else in the target, or gets lost there for
// a reason that the sentence gives.
func (w *Writer) Differs(code diag.Code, n mesh.Node, field string, because string, hints ...string) {
	w.List.Add(code, n.Base().SpanOf(field), fmt.Sprintf("`%s` of the %s `%s`: %s", field, n.Kind(), n.NodeName(), because), hints...)
}

// Around reports what a mesh says about topics and its namespace, which belongs to
// no component.
func (w *Writer) Around() {
	m := w.Mesh
	lost := func(what string, at diag.Span) {
		w.List.Add(diag.LostField, at, fmt.Sprintf("%s is left out: %s have no field for it.", what, w.Target), "Let `meshc apply` see to it, or make it by hand.")
	}
	if m.CreateNamespace {
		lost("`create` of the namespace", m.NamespaceSpan)
	}
	if m.Reconcile == mesh.Repair {
		w.List.Add(diag.LostField, m.Span, fmt.Sprintf("`reconcile` of the mesh is left out: %s have no field for it.", w.Target))
	}
	read, written, output := map[*mesh.Topic]bool{}, map[*mesh.Topic]bool{}, map[*mesh.Topic]bool{}
	for _, n := range m.Nodes {
		for _, e := range n.Edges() {
			if e.Role.Writes() {
				written[e.Topic] = true
				output[e.Topic] = output[e.Topic] || e.Role == mesh.Output
			} else {
				read[e.Topic] = true
			}
		}
	}
	for _, t := range m.Topics {
		if !t.Declared {
			continue
		}
		name := "of the topic `" + m.Short(t) + "`"
		// What is read back of the mesh is taken to be others' at its ends.
		switch end := read[t] && !written[t] || output[t] && !read[t]; {
		case t.External && !end:
			lost("`external` "+name, t.Span)
		case !t.External && end:
			lost("`external: false` "+name+", which has no other end in the mesh,", t.Span)
		}
		if t.Partitions > 0 {
			lost("`partitions` "+name, t.Span)
		}
		if t.Schema != nil {
			lost("`schema` "+name, t.Schema.Span)
		}
		if t.Retention != nil {
			lost("`retention` "+name, t.Retention.Span)
		}
		if !read[t] && !written[t] {
			lost("The declaration "+name, t.Span)
		}
	}
}

// FullTopics gives all names of topics in a node's tree their full form.
func (w *Writer) FullTopics(tree *syntax.Node, kind fields.Kind) {
	EachTopic(tree, kind, func(name string) string { return Full(w.Mesh.Tenant, w.Mesh.Namespace, name) })
}
