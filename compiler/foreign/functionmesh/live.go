package functionmesh

import (
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Live makes a node of a component that runs, as its resource tells it: spec is an
// element of a FunctionMesh or the spec of a resource of its own, whose name is
// resource then. notes say what a mesh cannot hold of it.
func Live(kind fields.Kind, spec map[string]any, resource string) (node foreign.Node, notes []string) {
	r := &reader{doc: &syntax.Document{}}
	e := r.element(kind, foreign.Plain(spec), nil)
	if resource != "" {
		name := foreign.Text(resource, diag.Span{})
		e.kubernetes(name, "name", name)
	}
	place := foreign.Mesh{Tenant: e.tenant, Namespace: e.namespace, Nodes: []foreign.Node{e.node()}}
	foreign.Elsewhere(&place)
	for _, d := range r.list {
		notes = append(notes, d.Detail)
	}
	node = place.Nodes[0]
	node.Tree.Pairs = slices.DeleteFunc(node.Tree.Pairs, func(p syntax.Pair) bool {
		return p.Key.Value == "maxPendingAsyncRequests" && p.Value.Value == "1000" // filled in by the webhook
	})
	if kind != fields.Source {
		// Subscriptions are the mesh's, which never has them cleaned up.
		node.Tree.Pairs = slices.DeleteFunc(node.Tree.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "cleanupSubscription" })
	}
	return node, notes
}
