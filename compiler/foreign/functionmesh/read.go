package functionmesh

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Read reads a resource for which [Is] was asked, or a list of them. Of a
// FunctionMesh with elements in several of Pulsar's namespaces each namespace
// gives a mesh: a mesh lives in one.
//
// What the operator takes otherwise than Pulsar is written out: a subscription
// without a position begins at the earliest message, and names of topics without a
// namespace mean public/default. Fields that say what a mesh has by default are
// left out. What a mesh cannot hold is reported.
func Read(doc *syntax.Document) ([]foreign.Mesh, diag.List) {
	r := &reader{doc: doc}
	if ours(doc.Root) {
		r.resource(doc.Root)
		return r.meshes, r.list
	}
	for _, item := range doc.Root.Get("items").Items {
		if ours(item) {
			r.resource(item)
			continue
		}
		// Others of the list are for the checker to refuse.
		other := *doc
		other.Root, other.Span = item, item.Span
		r.meshes = append(r.meshes, foreign.Mesh{Doc: &other, Ready: true})
	}
	return r.meshes, r.list
}

type reader struct {
	doc    *syntax.Document
	meshes []foreign.Mesh
	list   diag.List
}

func (r *reader) resource(root *syntax.Node) {
	api, kind := root.Get("apiVersion"), root.Get("kind")
	if api.Value != version {
		r.list.Add(diag.NotInThisVersion, api.Span, fmt.Sprintf("This is a `%s` of `%s`.", kind.Value, api.Value), "Resources of `"+version+"` are read.")
		return
	}
	for _, p := range root.Pairs {
		if !slices.Contains([]string{"apiVersion", "kind", "metadata", "spec", "status"}, p.Key.Value) {
			r.unknown(p.Key, "A resource", []string{"metadata", "spec"})
		}
	}
	doc := *r.doc
	doc.Span = root.Span
	meta := r.metadata(root)
	spec := root.Get("spec")
	if spec == nil || spec.IsNull() {
		spec = foreign.Mapping(kind.Span)
	}
	if !r.mapping(spec, "spec") {
		return
	}
	if kind.Value == "FunctionMesh" {
		r.mesh(spec, meta, &doc)
		return
	}
	m := foreign.Mesh{Part: true, Doc: &doc, Name: meta.mesh}
	e := r.element(kinds[kind.Value], spec, meta.name)
	for _, p := range meta.kubernetes {
		e.kubernetes(p.Key, p.Key.Value, p.Value)
	}
	if name := meta.name; name != nil && (meta.mesh == nil || name.Value != ResourceName(meta.mesh.Value+"-"+textOf(e.tree.Get("name")))) {
		e.kubernetes(name, "name", name)
	}
	m.Tenant, m.Namespace, m.Nodes = e.tenant, e.namespace, []foreign.Node{e.node()}
	foreign.Elsewhere(&m)
	r.meshes = append(r.meshes, m)
}

// mesh reads the elements of a FunctionMesh.
func (r *reader) mesh(spec *syntax.Node, meta metadata, doc *syntax.Document) {
	lists := []struct {
		key  string
		kind fields.Kind
	}{{"functions", fields.Function}, {"sources", fields.Source}, {"sinks", fields.Sink}}
	index := map[string]int{}
	first := len(r.meshes)
	blank := foreign.Mesh{Doc: doc, Name: meta.mesh, Kubernetes: meta.kubernetes}
	if blank.Name == nil {
		blank.Name = meta.name
	} else if meta.name != nil && meta.name.Value != ResourceName(meta.mesh.Value) {
		blank.Kubernetes = append(slices.Clone(blank.Kubernetes), syntax.Pair{Key: foreign.Text("name", meta.name.Span), Value: meta.name})
	}
	for _, l := range lists {
		list := spec.Get(l.key)
		if list == nil || list.IsNull() {
			continue
		}
		if list.Kind != syntax.Sequence {
			r.list.Add(diag.WrongType, list.Span, fmt.Sprintf("`spec.%s` is a list of elements.", l.key))
			continue
		}
		for _, item := range list.Items {
			if !r.mapping(item, "an element of `"+l.key+"`") {
				continue
			}
			e := r.element(l.kind, item, nil)
			place := foreign.Mesh{Tenant: e.tenant, Namespace: e.namespace}
			tenant, namespace := place.Place()
			at, ok := index[tenant+"/"+namespace]
			if !ok {
				at = len(r.meshes)
				index[tenant+"/"+namespace] = at
				m := blank
				m.Tenant, m.Namespace = e.tenant, e.namespace
				r.meshes = append(r.meshes, m)
			}
			r.meshes[at].Nodes = append(r.meshes[at].Nodes, e.node())
		}
	}
	for _, p := range spec.Pairs {
		if !slices.Contains([]string{"functions", "sources", "sinks"}, p.Key.Value) {
			r.unknown(p.Key, "A FunctionMesh", []string{"functions", "sources", "sinks"})
		}
	}
	if len(r.meshes) == first {
		r.meshes = append(r.meshes, blank)
	}
	for i := first; i < len(r.meshes); i++ {
		foreign.Elsewhere(&r.meshes[i])
	}
}

// mapping reports what is no mapping.
func (r *reader) mapping(n *syntax.Node, what string) bool {
	if n.Kind == syntax.Mapping {
		return true
	}
	if n.Kind != syntax.Hole {
		r.list.Add(diag.WrongType, n.Span, "The value of "+what+" is a mapping of keys to values.")
	}
	return false
}

func (r *reader) unknown(key *syntax.Node, where string, known []string) {
	hint := "The API server drops it without a word. Remove it."
	if near, ok := diag.Nearest(key.Value, known); ok {
		hint = fmt.Sprintf("Did you mean `%s`? The API server drops unknown fields without a word.", near)
	}
	r.list.Add(diag.UnknownKey, key.Span, fmt.Sprintf("%s has no field `%s`.", where, key.Value), hint)
}

// lost reports what a mesh cannot hold.
func (r *reader) lost(at diag.Span, field, because string) {
	r.list.Add(diag.LostField, at, fmt.Sprintf("`%s` is left out: %s", field, because))
}

func textOf(n *syntax.Node) string {
	if n == nil || n.Kind != syntax.Scalar {
		return ""
	}
	return n.Value
}

// metadata is what a resource says of itself.
type metadata struct {
	// name is the resource's, mesh that of the mesh where an annotation keeps it.
	name, mesh *syntax.Node
	kubernetes []syntax.Pair
}

// serverFields of metadata are the API server's own.
var serverFields = []string{
	"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
	"managedFields", "ownerReferences", "finalizers",
}

func (r *reader) metadata(root *syntax.Node) (out metadata) {
	meta := root.Get("metadata")
	if meta == nil || !r.mapping(meta, "metadata") {
		return out
	}
	for _, p := range meta.Pairs {
		switch key := p.Key.Value; {
		case p.Value.IsNull() || slices.Contains(serverFields, key):
		case key == "name":
			out.name = p.Value
		case key == "namespace" || key == "labels":
			out.kubernetes = append(out.kubernetes, p)
		case key == "annotations" && p.Value.Kind == syntax.Mapping:
			own := *p.Value
			own.Pairs = nil
			for _, a := range p.Value.Pairs {
				switch {
				case a.Key.Value == meshAnnotation:
					out.mesh = a.Value
				case a.Key.Value != "kubectl.kubernetes.io/last-applied-configuration":
					own.Pairs = append(own.Pairs, a)
				}
			}
			if len(own.Pairs) > 0 {
				out.kubernetes = append(out.kubernetes, syntax.Pair{Key: p.Key, Value: &own})
			}
		case key == "generateName":
			r.lost(p.Key.Span, key, "a mesh and its nodes have names.")
		default:
			r.unknown(p.Key, "`metadata`", []string{"name", "namespace", "labels", "annotations"})
		}
	}
	return out
}
