// Package foreign is what the readers and writers of other tools' files have
// alike: trees in the language of meshes that are made of theirs, and back. A
// reader makes documents whose values have the places of the author's own file,
// so that all later findings point there.
//
// The dialects are folders: functionmesh (the custom resources of the Function
// Mesh operator) and pulsaradmin (config files of pulsar-admin).
package foreign

import (
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Mesh is a mesh, or a part of one, as a foreign file gives it.
type Mesh struct {
	// Tenant and Namespace are those of Pulsar; nil means Pulsar's default, public/default.
	Tenant, Namespace *syntax.Node
	// Name is the name of the mesh; nil where the file says none.
	Name *syntax.Node
	// Part tells that the file holds one component, which may be one of several of
	// a mesh. Others are whole.
	Part bool
	// Kubernetes are the entries of the mesh's `kubernetes:`.
	Kubernetes []syntax.Pair
	Nodes      []Node
	// Doc is the document that it was read from.
	Doc *syntax.Document
	// Ready tells that Doc is a mesh in its own language already.
	Ready bool
}

// Node is a component in the language of meshes.
type Node struct {
	Kind fields.Kind
	Tree *syntax.Node
}

// Name is the component's name; nil where the file gives none.
func (n Node) Name() *syntax.Node { return n.Tree.Get("name") }

// Place gives the tenant and namespace.
func (m *Mesh) Place() (tenant, namespace string) {
	return orElse(m.Tenant, "public"), orElse(m.Namespace, "default")
}

func orElse(n *syntax.Node, other string) string {
	if n == nil || n.Kind != syntax.Scalar || n.Value == "" {
		return other
	}
	return n.Value
}

// Options steer [Documents].
type Options struct {
	// Join puts all components of a tenant and namespace that name no mesh into
	// one, where each is a mesh of its own otherwise.
	Join bool
	// Name is the name of such a mesh; empty means the name of its first component.
	Name string
}

// Documents makes documents in the language of meshes. Parts that name the same
// mesh become one document. Topics that are read and not written in a mesh, and
// outputs that are not read, are declared as external: a foreign file cannot say
// who is at their other end. The order
// is that of the meshes, or of their first parts.
func Documents(meshes []Mesh, opts Options) []*syntax.Document {
	var groups []*Mesh
	index := map[string]*Mesh{}
	for i := range meshes {
		m := meshes[i]
		if m.Ready {
			groups = append(groups, &m)
			continue
		}
		tenant, namespace := m.Place()
		key := strings.Join([]string{tenant, namespace, orElse(m.Name, "")}, "/")
		if m.Part && (m.Name != nil || opts.Join) {
			if first := index[key]; first != nil {
				first.add(&m)
				continue
			}
			index[key] = &m
		}
		groups = append(groups, &m)
	}
	var out []*syntax.Document
	for _, m := range groups {
		if m.Ready {
			out = append(out, m.Doc)
			continue
		}
		if m.Name == nil && opts.Name != "" {
			m.Name = Text(opts.Name, m.Doc.Span)
		}
		out = append(out, m.document())
	}
	return out
}

// add takes another part of the same mesh in.
func (m *Mesh) add(part *Mesh) {
	doc := *m.Doc
	doc.Incomplete = doc.Incomplete || part.Doc.Incomplete
	doc.FromHere = doc.FromHere || part.Doc.FromHere
	doc.Passed = append(doc.Passed[:len(doc.Passed):len(doc.Passed)], part.Doc.Passed...)
	m.Doc = &doc
	m.Nodes = append(m.Nodes, part.Nodes...)
	if m.Tenant == nil {
		m.Tenant = part.Tenant
	}
	if m.Namespace == nil {
		m.Namespace = part.Namespace
	}
}

// lists are the keys of the lists of nodes, in the order of the table.
var lists = []struct {
	key  string
	kind fields.Kind
}{{"sources", fields.Source}, {"functions", fields.Function}, {"sinks", fields.Sink}}

func (m *Mesh) document() *syntax.Document {
	doc := *m.Doc
	start := diag.Span{File: doc.File, Start: doc.Span.Start, End: doc.Span.Start}
	root := Mapping(doc.Span)
	name := m.Name
	if name == nil && len(m.Nodes) > 0 {
		name = m.Nodes[0].Name()
	}
	if name == nil {
		// That a component has no name is said at the component.
		name = &syntax.Node{Span: start}
	}
	tenant, namespace := m.Place()
	if m.Tenant != nil && tenant != "public" {
		Set(root, "tenant", m.Tenant, m.Tenant.Span)
	}
	if m.Namespace != nil && namespace != "default" {
		Set(root, "namespace", m.Namespace, m.Namespace.Span)
	}
	Set(root, "name", name, name.Span)
	m.hoist()
	if len(m.Kubernetes) > 0 {
		block := Mapping(m.Kubernetes[0].Key.Span)
		block.Pairs = m.Kubernetes
		Sort(block, fields.Kubernetes)
		Set(root, "kubernetes", block, block.Span)
	}
	if topics := m.externals(); len(topics.Items) > 0 {
		Set(root, "topics", topics, start)
	}
	for _, l := range lists {
		list := &syntax.Node{Kind: syntax.Sequence, Span: doc.Span}
		for _, n := range m.Nodes {
			if n.Kind == l.kind {
				Sort(n.Tree, n.Kind)
				list.Items = append(list.Items, n.Tree)
			}
		}
		if len(list.Items) > 0 {
			Set(root, l.key, list, start)
		}
	}
	// Later stages change trees, so that no node may stand in two places.
	doc.Root = root.Clone()
	literal(doc.Root)
	return &doc
}
