package graph

import (
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
)

// Cycle is a way along which messages come back to where they were.
type Cycle []Step

// Step is one node of a cycle and the edge by which it writes the topic that the
// next node reads; the last node's topic is read by the first.
type Step struct {
	Node mesh.Node
	Edge mesh.Edge
}

// Path draws the cycle, node and topic in turn, ending where it began. Topics of
// the mesh's own namespace are short.
func (c Cycle) Path(id mesh.ID) string {
	if len(c) == 0 {
		return ""
	}
	var words []string
	for _, s := range c {
		words = append(words, nameOf(s.Node), id.Short(s.Edge.Topic))
	}
	return strings.Join(append(words, nameOf(c[0].Node)), " -> ")
}

func nameOf(n mesh.Node) string {
	if name := n.NodeName(); name != "" {
		return name
	}
	return "(no name)"
}

// Uses tells whether an edge of that role lies on the cycle.
func (c Cycle) Uses(role mesh.Role) bool {
	return slices.ContainsFunc(c, func(s Step) bool { return s.Edge.Role == role })
}

// arc leads from a node to one that reads what it writes on an edge.
type arc struct {
	from, to int
	edge     mesh.Edge
}

// findCycles gives every node that reads what it writes, and then, component by
// component, the shortest cycle that is left after the last edge of each cycle
// found before is taken away.
func (g *Graph) findCycles(parts [][]int) []Cycle {
	var found []Cycle
	for i, n := range g.nodes {
		for _, e := range n.Edges() {
			if e.Role.Flows() && slices.Contains(g.topics[e.Topic.Name].readers, i) {
				found = append(found, Cycle{{n, e}})
			}
		}
	}
	for _, members := range parts {
		if len(members) < 2 {
			continue
		}
		arcs := g.arcs(members)
		for {
			c, last := g.shortest(members, arcs)
			if c == nil {
				break
			}
			found = append(found, c)
			// The whole edge goes, with all of its readers.
			arcs[last.from] = slices.DeleteFunc(arcs[last.from], func(a arc) bool { return a.edge == last.edge })
		}
	}
	slices.SortStableFunc(found, func(a, b Cycle) int { return len(a) - len(b) })
	return found
}

// arcs lists the arcs between the members of a component, by their start.
func (g *Graph) arcs(members []int) map[int][]arc {
	in := make(map[int]bool, len(members))
	for _, i := range members {
		in[i] = true
	}
	out := make(map[int][]arc, len(members))
	for _, i := range members {
		for _, e := range g.nodes[i].Edges() {
			if !e.Role.Flows() {
				continue
			}
			for _, j := range g.topics[e.Topic.Name].readers {
				if in[j] && j != i {
					out[i] = append(out[i], arc{i, j, e})
				}
			}
		}
	}
	return out
}

// shortest finds a shortest cycle by a search from each member; of equals the
// one whose first node stands first in the file.
func (g *Graph) shortest(members []int, arcs map[int][]arc) (Cycle, arc) {
	var best []arc
	for _, start := range members {
		if path := wayBack(start, arcs, len(best)); path != nil {
			best = path
		}
		if len(best) == 2 {
			break
		}
	}
	if best == nil {
		return nil, arc{}
	}
	c := make(Cycle, len(best))
	for i, a := range best {
		c[i] = Step{g.nodes[a.from], a.edge}
	}
	return c, best[len(best)-1]
}

// wayBack finds the shortest way from a node to itself; nil if there is none
// that is shorter than limit (0: no limit).
func wayBack(start int, arcs map[int][]arc, limit int) []arc {
	return shortestWay(start, start, arcs, limit)
}

// shortestWay finds the shortest way of at least one arc from a node to another.
func shortestWay(start, end int, arcs map[int][]arc, limit int) []arc {
	came := map[int]arc{}
	level := []int{start}
	for depth := 1; len(level) > 0 && (limit == 0 || depth < limit); depth++ {
		var next []int
		for _, i := range level {
			for _, a := range arcs[i] {
				if a.to == end {
					return trace(start, came, a)
				}
				if _, seen := came[a.to]; !seen {
					came[a.to] = a
					next = append(next, a.to)
				}
			}
		}
		level = next
	}
	return nil
}

func trace(start int, came map[int]arc, last arc) []arc {
	path := []arc{last}
	for at := last.from; at != start; {
		a := came[at]
		path = append(path, a)
		at = a.from
	}
	slices.Reverse(path)
	return path
}
