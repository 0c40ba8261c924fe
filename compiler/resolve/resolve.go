// Package resolve turns a checked tree into the model of a mesh: names in full,
// defaults filled in, code files looked for. It is the last stage that sees the tree.
package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Options steer the resolution.
type Options struct {
	// Dir is the folder that code paths are relative to, and DirOf gives it for
	// paths that stand in other files than the mesh's own, such as overlays.
	Dir   string
	DirOf func(file string) string
	// NeedCode makes a code file that is not there, and a mesh without functions,
	// an error instead of a warning.
	NeedCode bool
	// Cache knows archives again; nil opens each.
	Cache *artifact.Cache
	// File gives the place of a file that the mesh names, by its path; nil leaves it
	// where the path says. It is asked for every file that is opened.
	File func(path string) string
}

// Mesh reads a document whose shape was checked (check.Shape): keys have
// Pulsar's names, and values are of the right type or holes. The mesh may be
// partial where the findings say so; it is nil when the document holds none.
func Mesh(doc *syntax.Document, opts Options) (*mesh.Mesh, diag.List) {
	if doc.Root == nil || doc.Root.Kind != syntax.Mapping {
		return nil, nil
	}
	r := &resolver{opts: opts, doc: doc, topics: map[string]*mesh.Topic{}, doubts: map[string]bool{}}
	r.files.cache = opts.Cache
	defer r.files.close()
	r.identity(doc.Root)
	r.declared(doc.Root.Get("topics"))
	r.nodes(doc.Root)
	r.mesh.Kubernetes = value(doc.Root.Get("kubernetes"))
	r.mesh.Reconcile = textOf(doc.Root, "reconcile")
	for _, name := range doc.Passed {
		r.doubt(name)
	}
	for _, t := range r.mesh.Topics {
		t.Doubt = r.allDoubt || doc.Incomplete || r.doubts[t.Name]
	}
	return &r.mesh, r.list
}

type resolver struct {
	opts Options
	doc  *syntax.Document
	mesh mesh.Mesh
	list diag.List
	// topics are the mesh's topics by full name.
	topics map[string]*mesh.Topic
	// doubts are topics that a broken output may mean; allDoubt stands for any topic.
	doubts   map[string]bool
	allDoubt bool
	jar      *code // the mesh's jarFile
	files    files
}

func (r *resolver) identity(root *syntax.Node) {
	m := &r.mesh
	m.Span = firstSpan(root)
	m.Tenant, m.Namespace = "public", "default"
	m.NamespaceSpan = m.Span
	if n := root.Get("name"); usable(n) {
		m.Name, m.Span = n.Value, n.Span
		m.NamespaceSpan = n.Span
		r.length(n, "mesh")
	}
	if n := root.Get("tenant"); usable(n) {
		m.Tenant = n.Value
	}
	place := root.Get("namespace")
	if place != nil && place.Kind == syntax.Mapping {
		m.NamespacePolicies = value(place)
		r.retention("the namespace", place.Get("retention"))
		if n := place.Get("create"); usable(n) {
			m.CreateNamespace = truth(n)
		}
		place = place.Get("name")
	}
	if usable(place) {
		m.Namespace, m.NamespaceSpan = place.Value, place.Span
	}
	r.jar = r.codeOf(root, "jarFile", fields.Java)
}

// longestName is how long the name of a mesh or node may be: names of
// subscriptions, packages and files on workers are made of it.
const longestName = 100

func (r *resolver) length(n *syntax.Node, kind string) {
	if size := len([]rune(n.Value)); size > longestName {
		r.list.Add(diag.BadName, n.Span, fmt.Sprintf("The name of the %s has %d characters.", kind, size),
			fmt.Sprintf("Take one of %d characters at most.", longestName))
	}
}

func (r *resolver) declared(list *syntax.Node) {
	if list == nil {
		return
	}
	r.allDoubt = r.allDoubt || list.Kind == syntax.Hole
	for _, item := range list.Items {
		r.doubt(item.Value) // a name where a mapping should be
		name := item.Get("name")
		if item.Kind != syntax.Mapping || !usable(name) {
			continue
		}
		full, ok := r.topicName(name)
		if !ok {
			continue
		}
		if before := r.topics[full]; before != nil {
			r.list.Add(diag.DuplicateTopic, name.Span, fmt.Sprintf("The topic `%s` is declared twice.", full),
				"Keep one declaration; short and full spelling name the same topic.").Relate(before.Span, "first declared here")
			continue
		}
		t := &mesh.Topic{Name: full, Declared: true, Span: name.Span}
		if n := item.Get("external"); usable(n) {
			t.External = truth(n)
		} else if n != nil {
			r.doubts[full] = true
		}
		if n := item.Get("partitions"); usable(n) {
			t.Partitions = int(number(n))
			r.partitionable(t, n)
		}
		t.Schema, t.Retention = value(item.Get("schema")), value(item.Get("retention"))
		t.SchemaFile = r.schemaFile(item.Get("schema"))
		r.wholeSchema(t, item.Get("schema"))
		r.topicRetention(t, item.Get("retention"))
		r.add(t)
	}
}

func (r *resolver) add(t *mesh.Topic) {
	r.topics[t.Name] = t
	r.mesh.Topics = append(r.mesh.Topics, t)
}

// doubt marks a topic that a mistake may have meant as an output.
func (r *resolver) doubt(name string) {
	if full, problem, _ := r.canonical(name); problem == "" && name != "" {
		r.doubts[full] = true
	}
}

// edge wires a node to the topic that a scalar names.
func (r *resolver) edge(role mesh.Role, n *syntax.Node) (mesh.Edge, bool) {
	full, ok := r.topicName(n)
	if !ok {
		return mesh.Edge{}, false
	}
	t := r.topics[full]
	if t == nil {
		t = &mesh.Topic{Name: full, Span: n.Span}
		r.add(t)
	}
	return mesh.Edge{Role: role, Topic: t, Span: n.Span}, true
}
