package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/foreign/pulsaradmin"
	"github.com/meshc/meshc/compiler/format"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Live is a component that runs, for [Import].
type Live struct {
	Kind fields.Kind
	Name string
	// Config is what the workers tell of it, with the names of topics in full.
	Config map[string]any
	// Spec is the spec of its custom resource, where it runs on Kubernetes and has no
	// Config; Resource is the name of a resource of its own, "" for an element of a
	// FunctionMesh. Where the code is, the spec says.
	Spec     map[string]any
	Resource string
	// FunctionMesh is the name of the one that it is an element of; Labels and
	// Annotations are those that the mesh gives it, or its own resource.
	FunctionMesh        string
	Labels, Annotations map[string]string
	// Sensitive are the places in Config or Spec, as JSON pointers, whose values must not be
	// written: references to environment variables stand there instead.
	Sensitive []string
	// Adopt tells that no mesh has it yet, Protect that the mesh which has it protects it.
	Adopt, Protect bool
	// CodeKey is the field for its code: jar, py, go or archive. Code is a path from
	// the mesh file, or builtin://name.
	CodeKey, Code string
	// Notes are comments for it, a line each.
	Notes []string
}

// LiveTopic is a topic that is there, for [Import].
type LiveTopic struct {
	// Name is the full name.
	Name       string
	Partitions int
	// Ours tells that the mesh made it.
	Ours bool
}

// Import makes a mesh file of components that run, in canonical form: what differs
// from the defaults, with comments on what could not be known. Topics of others are
// declared as external, as far as nothing in the mesh both writes and reads them. An
// error is a bug.
func Import(id mesh.ID, head []string, nodes []Live, topics []LiveTopic) ([]byte, error) {
	var at diag.Span
	m := foreign.Mesh{
		Tenant: foreign.Text(id.Tenant, at), Namespace: foreign.Text(id.Namespace, at), Name: foreign.Text(id.Name, at),
		Doc: &syntax.Document{},
	}
	notes := map[string][]string{}
	m.Kubernetes = wholly(id, nodes)
	for _, n := range nodes {
		node, left := pulsaradmin.Live(n.Kind, n.Name, n.Config)
		if n.Spec != nil {
			node, left = functionmesh.Live(n.Kind, n.bare(), n.metadata())
		}
		if n.CodeKey != "" && n.Code != "" {
			foreign.Set(node.Tree, n.CodeKey, foreign.Text(n.Code, at), at)
		}
		life := foreign.Mapping(at)
		if n.Protect {
			foreign.Set(life, "protect", foreign.Truth(true, at), at)
		}
		if n.Adopt {
			foreign.Set(life, "adopt", foreign.Truth(true, at), at)
		}
		if len(life.Pairs) > 0 {
			foreign.Set(node.Tree, "lifecycle", life, at)
		}
		notes[n.Name] = append(slices.Clone(n.Notes), left...)
		m.Nodes = append(m.Nodes, node)
	}
	docs := foreign.Documents([]foreign.Mesh{m}, foreign.Options{})
	// After Documents, which keeps texts that look like references from being some.
	for _, n := range nodes {
		notes[n.Name] = append(notes[n.Name], conceal(docs[0].Root, n)...)
	}
	declare(docs[0].Root, topics)
	foreign.Shorten(docs[0])
	text, err := encode(docs[0].Root, nil)
	if err != nil {
		return nil, err
	}
	out, list, err := format.File("mesh.yaml", annotate(text, head, notes))
	if err == nil && list.HasErrors() {
		err = fmt.Errorf("what was made is not YAML: %s", list[0].Detail)
	}
	return out, err
}

// declare says of each topic how many partitions it has, and takes back that a topic
// of the mesh's own, or one that is not there, would be external.
func declare(root *syntax.Node, topics []LiveTopic) {
	list := root.Get("topics")
	if list == nil {
		list = foreign.List(diag.Span{})
	}
	list.Items = slices.DeleteFunc(list.Items, func(n *syntax.Node) bool {
		name := foreign.Full("", "", n.Get("name").Value)
		return !slices.ContainsFunc(topics, func(t LiveTopic) bool { return t.Name == name })
	})
	for _, t := range topics {
		i := slices.IndexFunc(list.Items, func(n *syntax.Node) bool {
			return foreign.Full("", "", n.Get("name").Value) == t.Name
		})
		switch {
		case i >= 0 && t.Ours && t.Partitions == 0:
			list.Items = slices.Delete(list.Items, i, i+1)
			continue
		case i >= 0 && t.Ours:
			list.Items[i].Pairs = slices.DeleteFunc(list.Items[i].Pairs, func(p syntax.Pair) bool { return p.Key.Value == "external" })
		case i < 0 && t.Partitions == 0:
			continue
		case i < 0:
			i = len(list.Items)
			entry := foreign.Mapping(diag.Span{})
			foreign.Set(entry, "name", foreign.Text(t.Name, diag.Span{}), diag.Span{})
			list.Items = append(list.Items, entry)
		}
		if t.Partitions > 0 {
			foreign.Set(list.Items[i], "partitions", foreign.Number(float64(t.Partitions), diag.Span{}), diag.Span{})
		}
		foreign.Sort(list.Items[i], fields.Topic)
	}
	if len(list.Items) == 0 {
		root.Pairs = slices.DeleteFunc(root.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "topics" })
		return
	}
	slices.SortStableFunc(list.Items, func(a, b *syntax.Node) int {
		return cmp.Compare(a.Get("name").Value, b.Get("name").Value)
	})
	foreign.Set(root, "topics", list, diag.Span{})
	foreign.Sort(root, fields.Mesh)
}

// annotate puts comments above the nodes that they are about.
func annotate(text []byte, head []string, notes map[string][]string) []byte {
	lines := strings.Split(string(text), "\n")
	docs, _ := syntax.Parse("mesh.yaml", text)
	above := map[int][]string{}
	for _, doc := range docs {
		for _, p := range doc.Root.Pairs {
			f, _ := fields.Lookup(fields.Mesh, p.Key.Value)
			if f.Below != fields.Function && f.Below != fields.Source && f.Below != fields.Sink {
				continue
			}
			for _, n := range p.Value.Items {
				name := n.Pair("name")
				above[name.Key.Span.Start.Line-1] = notes[name.Value.Value]
			}
		}
	}
	var out []string
	for _, h := range head {
		out = append(out, "# "+h)
	}
	for i, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		for _, note := range above[i] {
			out = append(out, indent+"# "+note)
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, "\n"))
}
