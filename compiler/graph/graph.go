// Package graph sees a mesh as a directed graph. Nodes and topics are both
// vertices: two nodes may share a topic in several roles, and a topic may have
// many writers and readers.
package graph

import (
	"slices"

	"github.com/meshc/meshc/compiler/mesh"
)

// Graph is the wiring of one mesh. It does not change after New.
type Graph struct {
	nodes  []mesh.Node
	index  map[mesh.Node]int
	topics map[string]*wires
	// down and up hold the direct neighbours of each node, by index, sorted, each
	// once, never the node itself.
	down, up [][]int
	// part tells the nodes that reach each other by the data flow.
	part   []int
	order  []int
	cycles []Cycle
}

// wires are the edges at one topic.
type wires struct{ writers, readers []int }

// New builds the graph of a mesh; the mesh may be partial and may hold cycles.
func New(m *mesh.Mesh) *Graph {
	g := &Graph{nodes: m.Nodes, index: make(map[mesh.Node]int, len(m.Nodes)), topics: map[string]*wires{}}
	for i, n := range g.nodes {
		g.index[n] = i
		for _, e := range n.Edges() {
			w := g.topics[e.Topic.Name]
			if w == nil {
				w = &wires{}
				g.topics[e.Topic.Name] = w
			}
			if e.Role.Writes() {
				w.writers = once(w.writers, i)
			} else {
				w.readers = once(w.readers, i)
			}
		}
	}
	g.down, g.up = make([][]int, len(g.nodes)), make([][]int, len(g.nodes))
	for i, n := range g.nodes {
		for _, e := range n.Edges() {
			if !e.Role.Flows() {
				continue
			}
			for _, reader := range g.topics[e.Topic.Name].readers {
				if reader != i {
					g.down[i] = append(g.down[i], reader)
					g.up[reader] = append(g.up[reader], i)
				}
			}
		}
	}
	for i := range g.nodes {
		g.down[i] = slices.Compact(slices.Sorted(slices.Values(g.down[i])))
		g.up[i] = slices.Compact(slices.Sorted(slices.Values(g.up[i])))
	}
	parts := components(len(g.nodes), g.down)
	g.part = partOf(len(g.nodes), parts)
	g.order = g.sort(parts)
	g.cycles = g.findCycles(parts)
	return g
}

func once(list []int, i int) []int {
	if len(list) > 0 && list[len(list)-1] == i {
		return list
	}
	return append(list, i)
}

// Order returns all nodes, upstream first; where the data flow leaves a choice
// the node that stands first in the file comes first. Nodes on a cycle stand
// together, in the order of the file.
func (g *Graph) Order() []mesh.Node { return g.pick(g.order) }

// Writers returns the nodes that write a topic, by its full name, in the order
// of the file. Log topics count.
func (g *Graph) Writers(topic string) []mesh.Node {
	if w := g.topics[topic]; w != nil {
		return g.pick(w.writers)
	}
	return nil
}

// Readers returns the nodes that read a topic, by its full name, in the order of the file.
func (g *Graph) Readers(topic string) []mesh.Node {
	if w := g.topics[topic]; w != nil {
		return g.pick(w.readers)
	}
	return nil
}

// Upstream returns the nodes that write a topic which n reads, in the order of
// the file, without n itself.
func (g *Graph) Upstream(n mesh.Node) []mesh.Node { return g.neighbours(g.up, n) }

// Downstream returns the nodes that read a topic which n writes, in the order of
// the file, without n itself.
func (g *Graph) Downstream(n mesh.Node) []mesh.Node { return g.neighbours(g.down, n) }

// Cycles returns the cycles of the graph, smallest first, then in the order of
// the file. Where cycles share an edge only the smallest is given: taking that
// edge away opens them all.
func (g *Graph) Cycles() []Cycle { return slices.Clone(g.cycles) }

func (g *Graph) neighbours(lists [][]int, n mesh.Node) []mesh.Node {
	if i, ok := g.index[n]; ok {
		return g.pick(lists[i])
	}
	return nil
}

func (g *Graph) pick(list []int) []mesh.Node {
	out := make([]mesh.Node, len(list))
	for i, n := range list {
		out[i] = g.nodes[n]
	}
	return out
}
