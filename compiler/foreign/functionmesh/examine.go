package functionmesh

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// told is what a finding is about.
type told struct {
	code diag.Code
	at   diag.Span
}

// examine reports what the operator makes of a component under the name of its
// resource.
func (w *writer) examine(e *spec, name string) {
	w.objects(e.own)
	c := operator.Component{Kind: e.node.Kind(), Node: e.node.NodeName(), Name: name, Spec: e.spec, At: e.at, Shared: w.sharedAt}
	w.tell(operator.Check(c, w.features))
}

// tell adds findings, but for those that there are already at the same place.
func (w *writer) tell(list diag.List) {
	mine := map[told]bool{}
	for _, d := range list {
		key := told{d.Code, d.Span}
		if w.said[key] {
			continue
		}
		mine[key] = true
		if w.told != nil {
			w.told[len(w.List)] = true
		}
		w.List = append(w.List, d)
	}
	for key := range mine {
		w.said[key] = true
	}
}

// objects looks at what a `kubernetes:` says of the resource as a whole.
func (w *writer) objects(block *syntax.Node) {
	var list diag.List
	if n := block.Get("namespace"); n != nil && n.IsText() && operator.BadNamespace(n.Value) {
		list.Add(diag.KubernetesName, n.Span, fmt.Sprintf("No namespace of Kubernetes can be named `%s`.", n.Shown()), "Names of namespaces have up to 63 lower-case letters, digits and dashes.")
	}
	list = append(list, operator.Labels("`kubernetes.labels`", block.Get("labels"), true)...)
	list = append(list, operator.Labels("`kubernetes.annotations`", block.Get("annotations"), false)...)
	w.tell(list)
}

// Check reports what keeps meshes from running on Kubernetes, or does not arrive
// there: what the resources cannot hold, what they need, and what the operator, its
// webhook or Kubernetes would refuse, stop at, or pass over. It takes meshes as a
// deployer does: what they say of topics is not looked at, and local code files count
// as uploaded where opts does not say otherwise.
func Check(meshes []*mesh.Mesh, opts Options) diag.List {
	var list diag.List
	for _, m := range meshes {
		own := opts
		if own.Location == nil {
			own.Location = func(n mesh.Node) string {
				kind := n.Kind()
				return fmt.Sprintf("%s://%s/%s/%s@1", kind, m.Tenant, m.Namespace, m.Name)
			}
		}
		_, found := Convert(m, own)
		list = append(list, found...)
	}
	return append(list, Collisions(meshes, opts.Components)...)
}

// Collisions reports resources of several meshes that would be one: the operator
// makes the resource mesh-node of an element, and who comes last writes over the
// others. Meshes meet in a namespace of Kubernetes; that they do is known where all of them name the same one, or none.
func Collisions(meshes []*mesh.Mesh, components bool) diag.List {
	type owner struct {
		mesh *mesh.Mesh
		node string
		at   diag.Span
	}
	type id struct {
		kind            fields.Kind
		namespace, name string
	}
	var list diag.List
	owners := map[id]owner{}
	take := func(key id, o owner) {
		before, taken := owners[key]
		if !taken {
			owners[key] = o
			return
		}
		if before.mesh == o.mesh {
			return
		}
		detail := fmt.Sprintf("The %s `%s` of the mesh `%s` becomes the resource `%s`, as the %s `%s` of the mesh `%s` does; the operator writes one over the other again and again.", key.kind, o.node, o.mesh.ID, key.name, key.kind, before.node, before.mesh.ID)
		if key.kind == fields.Mesh {
			detail = fmt.Sprintf("The mesh `%s` becomes the resource `%s`, as the mesh `%s` does.", o.mesh.ID, key.name, before.mesh.ID)
		}
		list.Add(diag.SameResource, o.at, detail, "Give one of them another name by `kubernetes.name`, or another `kubernetes.namespace`.").Relate(before.at, "the other one")
	}
	for _, m := range meshes {
		own := func(v *mesh.Value, key string) string { return v.Get(key).Text() }
		first := func(a, b string) string {
			if a != "" {
				return a
			}
			return b
		}
		name, namespace := first(own(m.Kubernetes, "name"), ResourceName(m.Name)), own(m.Kubernetes, "namespace")
		if !components {
			take(id{fields.Mesh, namespace, name}, owner{m, "", m.Span})
		}
		for _, n := range m.Nodes {
			key := id{n.Kind(), namespace, name + "-" + n.NodeName()}
			if components {
				block := n.Base().Fields.Get("kubernetes")
				key.namespace = first(own(block, "namespace"), namespace)
				key.name = first(own(block, "name"), ResourceName(m.Name+"-"+n.NodeName()))
			}
			take(key, owner{m, n.NodeName(), n.NodeSpan()})
		}
	}
	return list
}
