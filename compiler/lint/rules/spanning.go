package rules

import (
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

// cycles gives the cycles of a mesh, and those that begin in it and lead over others.
func cycles(p *lint.Pass) []graph.Cycle {
	own := p.Graph.Cycles()
	if len(p.World.Meshes()) == 1 {
		return own
	}
	return append(own, spanning(p.World)[p.Mesh]...)
}

// spanning gives the cycles that lead over several meshes, by the mesh of their
// first node.
func spanning(w *lint.World) map[*mesh.Mesh][]graph.Cycle {
	type key struct{}
	return lint.Once(w, key{}, func() map[*mesh.Mesh][]graph.Cycle {
		var found []graph.Cycle
		for _, c := range w.Graph().Cycles() {
			for _, s := range c {
				if w.Home(s.Node) != w.Home(c[0].Node) {
					found = append(found, c)
					break
				}
			}
		}
		return byHome(w, found)
	})
}

// byHome sorts cycles by the mesh of their first node.
func byHome(w *lint.World, list []graph.Cycle) map[*mesh.Mesh][]graph.Cycle {
	out := map[*mesh.Mesh][]graph.Cycle{}
	for _, c := range list {
		m := w.Home(c[0].Node)
		out[m] = append(out[m], c)
	}
	return out
}
