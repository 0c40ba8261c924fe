package foreign

import (
	"slices"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// ofResource are the fields of `kubernetes:` that belong to a resource and not to
// what runs. One resource can hold a whole mesh.
var ofResource = []string{"namespace", "labels", "annotations"}

// hoist moves what all nodes say alike under `kubernetes:` up to the mesh: a
// resource repeats it at each element.
func (m *Mesh) hoist() {
	blocks := make([]*syntax.Node, len(m.Nodes))
	for i, n := range m.Nodes {
		blocks[i] = n.Tree.Get("kubernetes")
		if blocks[i] == nil || blocks[i].Kind != syntax.Mapping {
			return
		}
	}
	if len(blocks) == 0 {
		return
	}
	for _, p := range blocks[0].Pairs {
		key := p.Key.Value
		given := slices.ContainsFunc(m.Kubernetes, func(q syntax.Pair) bool { return q.Key.Value == key })
		if given || key == "name" || len(blocks) == 1 && !slices.Contains(ofResource, key) {
			continue
		}
		alike := !slices.ContainsFunc(blocks, func(b *syntax.Node) bool {
			v := b.Get(key)
			return v == nil || !syntax.Same(v, p.Value)
		})
		if !alike {
			continue
		}
		m.Kubernetes = append(slices.Clip(m.Kubernetes), p)
		for _, b := range blocks {
			remove(b, key)
		}
	}
	for i, n := range m.Nodes {
		if len(blocks[i].Pairs) == 0 {
			remove(n.Tree, "kubernetes")
		} else {
			Sort(blocks[i], fields.Kubernetes)
		}
	}
}

func remove(n *syntax.Node, key string) {
	n.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(p syntax.Pair) bool { return p.Key.Value == key })
}
