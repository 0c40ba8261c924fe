package functionmesh

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Metadata is what a resource has beside its spec; what is empty is not told.
type Metadata struct {
	Name                string
	Labels, Annotations map[string]string
}

// Pairs gives the entries of `kubernetes:` for it.
func (m Metadata) Pairs() []syntax.Pair {
	block := foreign.Mapping(diag.Span{})
	if m.Name != "" {
		foreign.Set(block, "name", foreign.Text(m.Name, diag.Span{}), diag.Span{})
	}
	for i, texts := range []map[string]string{m.Labels, m.Annotations} {
		if len(texts) == 0 {
			continue
		}
		values := foreign.Mapping(diag.Span{})
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			foreign.Set(values, key, foreign.Text(texts[key], diag.Span{}), diag.Span{})
		}
		foreign.Set(block, []string{"labels", "annotations"}[i], values, diag.Span{})
	}
	return block.Pairs
}

// Live makes a node of a component that runs, as its resource tells it: spec is an
// element of a FunctionMesh, or the spec of a resource of its own with this metadata.
// notes say what a mesh cannot hold of it.
func Live(kind fields.Kind, spec map[string]any, own Metadata) (node foreign.Node, notes []string) {
	r := &reader{doc: &syntax.Document{}}
	e := r.element(kind, foreign.Plain(spec), nil)
	for _, p := range own.Pairs() {
		e.kubernetes(p.Key, p.Key.Value, p.Value)
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
