package functionmesh

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// Elements is a mesh as plain values: what a deployer sends, and compares with what
// is there.
type Elements struct {
	// Name is that of the FunctionMesh, Namespace the one of Kubernetes that the mesh
	// file gives, or "".
	Name, Namespace string
	// Labels and Annotations are those of the FunctionMesh.
	Labels, Annotations map[string]string
	// Nodes are in the order of the mesh.
	Nodes []Element
}

// Element is a node of a mesh as the operator takes it.
type Element struct {
	Node mesh.Node
	// Resource is the name of a resource of its own, Child that of the one which the
	// operator makes of an element of a FunctionMesh.
	Resource, Child string
	// Namespace, Labels and Annotations are those of a resource of its own.
	Namespace           string
	Labels, Annotations map[string]string
	// Spec is an element of a FunctionMesh, which is also the spec of a resource of its
	// own: texts, float64 numbers, truth values, []any, map[string]any, and a Secret
	// for each value that the mesh file keeps secret.
	Spec map[string]any
}

// Options say what is known beyond the mesh.
type Options struct {
	// Location tells where the code of a node can be downloaded that is a local file,
	// such as function://tenant/namespace/name@version; "" where it cannot. nil is for
	// nowhere.
	Location func(mesh.Node) string
	// Components tells that each node becomes a resource of its own.
	Components bool
	// Features are the fields that the operator has; the zero value is for the newest.
	Features operator.Features
}

// Convert gives the nodes of a mesh as the operator takes them, and reports what
// the resources cannot hold and what they need, as Write does. What a mesh says of
// topics is not reported: it is for whoever prepares them. The elements are not to be
// changed: who compiles a mesh and who deploys it share them.
func Convert(m *mesh.Mesh, opts Options) (Elements, diag.List) {
	return last(m).convert(m, opts)
}

func convert(m *mesh.Mesh, opts Options) (Elements, diag.List) {
	w := writerOf(m, "resources of Function Mesh", opts.Features)
	w.location, w.deploys, w.values = opts.Location, true, map[string]any{}
	out := Elements{Namespace: textOf(w.shared.Get("namespace")), Labels: texts(w.shared.Get("labels")), Annotations: texts(w.shared.Get("annotations"))}
	if opts.Components {
		out.Name = ResourceName(m.Name)
	} else {
		out.Name = w.name(w.shared, m.Name, m.Span)
	}
	out.Nodes = w.parts(m.Nodes, func(w *writer, n mesh.Node) Element {
		e := w.element(n)
		el := Element{
			Node: n, Child: out.Name + "-" + n.NodeName(), Namespace: textOf(e.merged.Get("namespace")),
			Labels: texts(e.merged.Get("labels")), Annotations: texts(e.merged.Get("annotations")),
		}
		el.Spec, _ = w.plain(e.spec).(map[string]any)
		if opts.Components {
			el.Resource = w.name(e.own, m.Name+"-"+n.NodeName(), n.NodeSpan())
			w.examine(e, el.Resource)
		} else {
			w.fits(out.Name, e)
		}
		return el
	})
	if opts.Components {
		names := map[string]mesh.Node{}
		for _, el := range out.Nodes {
			w.unique(names, el.Resource, el.Node)
		}
	}
	w.missing()
	return out, w.List
}

// texts gives a mapping of texts; numbers and truth values as they are written.
func texts(n *syntax.Node) map[string]string {
	if n == nil || n.Kind != syntax.Mapping {
		return nil
	}
	out := map[string]string{}
	for _, p := range n.Pairs {
		out[p.Key.Value] = p.Value.Value
	}
	return out
}

// plain gives a tree as the values that JSON knows, and secrets.
func (w *writer) plain(n *syntax.Node) any {
	switch n.Kind {
	case syntax.Mapping:
		out := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			if v := w.plain(p.Value); v != unknown {
				out[p.Key.Value] = v
			}
		}
		return out
	case syntax.Sequence:
		out := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			if v := w.plain(item); v != unknown {
				out = append(out, v)
			}
		}
		return out
	}
	if n.From != "" {
		return w.secret(n)
	}
	switch n.Type {
	case syntax.Null:
		return nil
	case syntax.Bool:
		return n.Value == "true"
	case syntax.Int, syntax.Float:
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return f
		}
		// Such as 0x1f: whoever reads YAML reads it.
		if i, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			return float64(i)
		}
		return json.Number(n.Value)
	}
	return n.Value
}

// Fields are the fields under spec of a kind of component, in the order in which
// they are written. kind is "function", "source" or "sink".
func Fields(kind string) []string {
	var out []string
	for k, letter := range letters {
		if string(k) != kind {
			continue
		}
		for _, r := range rows {
			if slices.Contains([]byte(r.kinds), letter[0]) {
				out = append(out, r.name)
			}
		}
	}
	return out
}

// Annotation names the mesh that a resource is of, where its own name is another.
const Annotation = meshAnnotation

// Group and Version are those of the resources.
const (
	Group   = "compute.functionmesh.io"
	Version = "v1alpha1"
)
