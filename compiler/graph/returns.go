package graph

import (
	"slices"

	"github.com/meshc/meshc/compiler/mesh"
)

// Link is a way of messages that is not in the data flow: dead letters, or a
// topic that a pattern takes. It leads from a node that writes on an edge to one
// that reads.
type Link struct {
	From mesh.Node
	Edge mesh.Edge
	To   mesh.Node
}

// Returns gives, for links by which messages come back to where they were, the
// shortest way back, which begins with the link. Ways that the data flow has by
// itself are no returns but cycles. Of the links to one node only the first is
// given. Links of nodes that are not in the graph are passed over.
func (g *Graph) Returns(links []Link) []Cycle {
	var out []Cycle
	told := map[int]bool{}
	var away []arc
	for _, l := range links {
		from, ok := g.index[l.From]
		to, known := g.index[l.To]
		switch {
		case !ok || !known:
		case from != to:
			away = append(away, arc{from, to, l.Edge})
		case !told[to]:
			told[to] = true
			out = append(out, Cycle{{l.From, l.Edge}})
		}
	}
	if len(away) == 0 {
		return out
	}
	next := make([][]int, len(g.nodes))
	for i := range next {
		next[i] = slices.Clone(g.down[i])
	}
	extra := map[int][]arc{}
	for _, a := range away {
		next[a.from] = append(next[a.from], a.to)
		extra[a.from] = append(extra[a.from], a)
	}
	parts := components(len(g.nodes), next)
	part := partOf(len(g.nodes), parts)
	arcs := map[int]map[int][]arc{}
	for _, a := range away {
		p := part[a.from]
		if p != part[a.to] || told[a.to] || g.part[a.from] == g.part[a.to] {
			continue
		}
		told[a.to] = true
		if arcs[p] == nil {
			arcs[p] = g.arcs(parts[p])
			for _, i := range parts[p] {
				arcs[p][i] = append(arcs[p][i], extra[i]...)
			}
		}
		out = append(out, g.along(a, arcs[p]))
	}
	return out
}

// along gives the cycle that an arc closes.
func (g *Graph) along(first arc, arcs map[int][]arc) Cycle {
	way := shortestWay(first.to, first.from, arcs, 0)
	c := Cycle{{g.nodes[first.from], first.edge}}
	for _, a := range way {
		c = append(c, Step{g.nodes[a.from], a.edge})
	}
	return c
}

// partOf gives the component of each vertex.
func partOf(n int, parts [][]int) []int {
	part := make([]int, n)
	for p, members := range parts {
		for _, i := range members {
			part[i] = p
		}
	}
	return part
}
