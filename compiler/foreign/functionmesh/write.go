package functionmesh

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Write writes a mesh as a FunctionMesh. Fields stand in a fixed order; what the
// operator would take otherwise than Pulsar is written out; names of topics are
// full. What the resource cannot hold and what it needs is reported.
func Write(m *mesh.Mesh, f operator.Features) ([]foreign.File, diag.List) {
	w := newWriter(m, "resources of Function Mesh", f)
	name := w.name(w.shared, m.Name, m.Span)
	lists := map[fields.Kind]*syntax.Node{}
	for _, n := range m.Nodes {
		e := w.element(n)
		w.fits(name, e)
		if lists[n.Kind()] == nil {
			lists[n.Kind()] = foreign.List(m.Span)
		}
		lists[n.Kind()].Items = append(lists[n.Kind()].Items, e.spec)
	}
	w.missing()
	root := resource("FunctionMesh", m.Span)
	shared := *w.shared
	shared.Pairs = append([]syntax.Pair(nil), w.shared.Pairs...)
	kept := ""
	if name != m.Name {
		kept = m.Name
	}
	foreign.Set(root, "metadata", w.metadata(name, kept, &shared), m.Span)
	spec := foreign.Mapping(m.Span)
	for _, l := range []struct {
		key  string
		kind fields.Kind
	}{{"functions", fields.Function}, {"sources", fields.Source}, {"sinks", fields.Sink}} {
		if list := lists[l.kind]; list != nil {
			foreign.Set(spec, l.key, list, m.Span)
		}
	}
	foreign.Set(root, "spec", spec, m.Span)
	return []foreign.File{{Name: name + ".yaml", Root: root}}, w.List
}

// WriteComponents writes a mesh as resources of its own for each node, named after
// mesh and node unless `kubernetes.name` says otherwise. An annotation keeps the
// name of the mesh.
func WriteComponents(m *mesh.Mesh, f operator.Features) ([]foreign.File, diag.List) {
	w := newWriter(m, "resources of Function Mesh", f)
	var files []foreign.File
	names := map[string]mesh.Node{}
	for _, n := range m.Nodes {
		e := w.element(n)
		name := w.name(e.own, m.Name+"-"+n.NodeName(), n.NodeSpan())
		w.unique(names, name, n)
		w.examine(e, name)
		kind := strings.ToUpper(string(n.Kind())[:1]) + string(n.Kind())[1:]
		root := resource(kind, n.NodeSpan())
		foreign.Set(root, "metadata", w.metadata(name, m.Name, e.merged), n.NodeSpan())
		foreign.Set(root, "spec", e.spec, n.NodeSpan())
		files = append(files, foreign.File{Name: string(n.Kind()) + "-" + name + ".yaml", Root: root})
	}
	w.missing()
	if name := w.shared.Get("name"); name != nil {
		w.List.Add(diag.LostField, name.Span, "`kubernetes.name` of the mesh is left out: its nodes become resources of their own.")
	}
	return files, w.List
}

// fits reports a node that cannot be an element of the FunctionMesh of that name as
// it is.
func (w *writer) fits(name string, e *spec) {
	n := e.node
	child := name + "-" + n.NodeName()
	if wrong := badName(child, name, n.NodeName()); wrong != "" {
		w.List.Add(diag.KubernetesName, n.NodeSpan(), wrong, "Rename the node or the mesh (`kubernetes.name`); as resources of their own (`components`) nodes can be named by `kubernetes.name` too.")
	}
	w.examine(e, child)
	for _, key := range []string{"name", "namespace", "labels", "annotations"} {
		if v := e.own.Get(key); v != nil {
			w.List.Add(diag.LostField, n.Base().SpanOf("kubernetes"), fmt.Sprintf("`kubernetes.%s` of the %s `%s` is left out: an element of a FunctionMesh has none.", key, n.Kind(), n.NodeName()),
				"Use `--to components`.")
		}
	}
}

// unique reports a resource whose name another node has taken.
func (w *writer) unique(names map[string]mesh.Node, name string, n mesh.Node) {
	key := string(n.Kind()) + "/" + name
	if before := names[key]; before != nil {
		w.List.Add(diag.SameResource, n.NodeSpan(), fmt.Sprintf("The resource would be named `%s`, as that of `%s` is.", name, before.NodeName()),
			"Give one of them another `kubernetes.name`.").Relate(before.NodeSpan(), "the other node")
	}
	names[key] = n
}

func resource(kind string, at diag.Span) *syntax.Node {
	root := foreign.Mapping(at)
	foreign.Set(root, "apiVersion", foreign.Text(version, at), at)
	foreign.Set(root, "kind", foreign.Text(kind, at), at)
	return root
}

type writer struct {
	foreign.Writer
	// shared is the mesh's `kubernetes:`.
	shared *syntax.Node
	// without are the nodes that have no image or no settings of Pulsar.
	noImage, noPulsar []string
	features          operator.Features
	// said are the findings of the operator's rules so far, by code and place: what the
	// mesh gives to all nodes is told of once.
	said map[told]bool
	// told are the findings in List that were compared with said, by their number; only
	// forks note them.
	told map[int]bool
	// shared places are those of values that the mesh gives to all nodes.
	sharedAt map[diag.Span]bool
	// location tells where local code can be downloaded, see Options.
	location func(mesh.Node) string
	// deploys tells that meshc writes the resources itself, and goes by `lifecycle`.
	deploys bool
	// values are those of references, where the writer deploys.
	values map[string]any
}

func newWriter(m *mesh.Mesh, target string, f operator.Features) *writer {
	w := writerOf(m, target, f)
	w.Around()
	return w
}

func writerOf(m *mesh.Mesh, target string, f operator.Features) *writer {
	w := &writer{Writer: foreign.Writer{Mesh: m, Target: target}, features: f, said: map[told]bool{}, sharedAt: map[diag.Span]bool{}}
	w.shared = w.kubernetes(m.Kubernetes)
	m.Kubernetes.Walk(func(_ []string, v *mesh.Value) { w.sharedAt[v.Span] = true })
	w.objects(w.shared)
	return w
}

// kubernetes gives a `kubernetes:` as a tree, without nulls.
func (w *writer) kubernetes(v *mesh.Value) *syntax.Node {
	out := foreign.Mapping(w.Mesh.Span)
	if v == nil || v.Shape != mesh.Mapping {
		return out
	}
	for _, e := range v.Entries {
		if e.Value.Known() && (e.Value.Shape != mesh.Scalar || e.Value.Data != nil) || e.Value.From != "" {
			out.Pairs = append(out.Pairs, syntax.Pair{Key: foreign.Text(e.Key, e.KeySpan), Value: w.Value(e.Value)})
		}
	}
	return out
}

// name gives the name of a resource.
func (w *writer) name(block *syntax.Node, of string, at diag.Span) string {
	if n := block.Get("name"); n != nil {
		if wrong := badName(n.Value); wrong != "" {
			w.List.Add(diag.KubernetesName, n.Span, wrong, "Take another name.")
		}
		return n.Value
	}
	name := ResourceName(of)
	if wrong := badName(name); wrong != "" {
		w.List.Add(diag.KubernetesName, at, wrong, "Give the resource another name by `kubernetes.name`, or rename the mesh or node.")
	}
	return name
}

func (w *writer) metadata(name, meshName string, block *syntax.Node) *syntax.Node {
	at := w.Mesh.Span
	meta := foreign.Mapping(at)
	foreign.Set(meta, "name", foreign.Text(name, at), at)
	for _, key := range []string{"namespace", "labels"} {
		if v := block.Get(key); v != nil {
			foreign.Set(meta, key, v, at)
		}
	}
	annotations := foreign.Mapping(at)
	if meshName != "" {
		foreign.Set(annotations, meshAnnotation, foreign.Text(meshName, at), at)
	}
	if v := block.Get("annotations"); v != nil {
		for _, p := range v.Pairs {
			foreign.Set(annotations, p.Key.Value, p.Value, at)
		}
	}
	if len(annotations.Pairs) > 0 {
		foreign.Set(meta, "annotations", annotations, at)
	}
	return meta
}

// missing reports once for all nodes what most of them take from the mesh.
func (w *writer) missing() {
	if len(w.noPulsar) > 0 {
		w.List.Add(diag.TargetNeeds, w.Mesh.Span, fmt.Sprintf("No `kubernetes.pulsarConfig` is given for %s: the operator does not know which Pulsar is meant.", few(w.noPulsar)),
			"Name the ConfigMap that has `webServiceURL` and `brokerServiceURL`, for the mesh: `kubernetes: {pulsarConfig: pulsar}`.")
	}
	if len(w.noImage) > 0 {
		w.List.Add(diag.OtherMeaning, w.Mesh.Span, fmt.Sprintf("No `kubernetes.image` is given for %s: unless its configuration says otherwise, the operator takes images of Pulsar 2.10.", few(w.noImage)),
			"Give the image that is to run them, for the mesh or for each node.")
	}
}

// few names nodes, but not all of many.
func few(names []string) string {
	const most = 3
	quoted := make([]string, 0, most)
	for _, n := range names[:min(most, len(names))] {
		quoted = append(quoted, "`"+n+"`")
	}
	text := strings.Join(quoted, ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}
