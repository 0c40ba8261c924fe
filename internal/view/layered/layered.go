// Package layered places the vertices of a directed graph in layers, so that
// edges lead from one layer to a later one, with few crossings and short ways
// (after Sugiyama, Tagawa and Toda). It knows no medium: lengths are whole
// numbers, columns of a terminal as well as pixels. The same graph gives the same
// layout at every run.
package layered

import (
	"cmp"
	"slices"
)

// Vertex is what is to be placed.
type Vertex struct {
	// Half is its size across the flow: it takes Half on each side of its centre,
	// and one more for the centre itself.
	Half int
	// Band is the strip along the flow that it is kept in; strips lie side by side
	// in the order of their numbers, from 0.
	Band int
}

// Edge leads from a vertex to another, by their numbers.
type Edge struct{ From, To int }

// Gaps are the distances across the flow.
type Gaps struct{ Item, Band int }

// Layout is where everything lies. Items are what stands in layers: the vertices
// under their own numbers, and after them the bends of edges that pass through a layer.
type Layout struct {
	// Layers holds the items of each layer, in their order across the flow.
	Layers [][]int
	// Layer and Center give the place of each item.
	Layer, Center []int
	// Paths are the items on the way of each edge, from the earlier layer to the
	// later one. An edge of a vertex to itself has no path.
	Paths [][]int
	// Reversed tells of edges that lead against the flow, since they close a cycle:
	// their paths begin at their To.
	Reversed []bool
	// Direct tells that there are too many bends: long edges lead from end to end.
	Direct bool
	// Bands are the first and the last unit that each band takes across the flow;
	// an empty band has its end before its start.
	Bands [][2]int

	items []item
	up    [][]int
	down  [][]int
	// strips are what bands consist of, by band: a strip for each connected part.
	strips []int
}

type item struct{ half, strip int }

// maxBends is how many bends a layout may have. Beyond that long edges go
// straight from end to end, since a long graph would need millions of them.
const maxBends = 20_000

// New lays out a graph.
func New(vertices []Vertex, edges []Edge, gaps Gaps) *Layout {
	levels, reversed := levels(len(vertices), edges)
	l := &Layout{Layer: levels, Reversed: reversed}
	strip := l.split(vertices, edges)
	for i, v := range vertices {
		l.items = append(l.items, item{v.Half, strip[i]})
	}
	l.route(edges)
	depth := 0
	for _, n := range l.Layer {
		depth = max(depth, n+1)
	}
	l.Layers = make([][]int, depth)
	for i, n := range l.Layer {
		l.Layers[n] = append(l.Layers[n], i)
	}
	l.order()
	l.place(gaps)
	return l
}

// Width returns what the layout takes across the flow.
func (l *Layout) Width() int {
	width := 0
	for _, b := range l.Bands {
		width = max(width, b[1]+1)
	}
	return width
}

// split puts each vertex into a strip, and the strips into order: by band, then by
// their first vertex. What belongs to one connected part of the graph and one band
// is one strip, so that parts do not push each other apart.
func (l *Layout) split(vertices []Vertex, edges []Edge) []int {
	root := make([]int, len(vertices))
	for i := range root {
		root[i] = i
	}
	find := func(v int) int {
		for root[v] != v {
			root[v] = root[root[v]]
			v = root[v]
		}
		return v
	}
	for _, e := range edges {
		a, b := find(e.From), find(e.To)
		root[max(a, b)] = min(a, b)
	}
	type key struct{ band, part int }
	var keys []key
	for i, v := range vertices {
		keys = append(keys, key{v.Band, find(i)})
	}
	order := slices.Clone(keys)
	slices.SortFunc(order, func(a, b key) int { return cmp.Or(a.band-b.band, a.part-b.part) })
	order = slices.Compact(order)
	number := map[key]int{}
	for i, k := range order {
		number[k] = i
		l.strips = append(l.strips, k.band)
	}
	out := make([]int, len(vertices))
	for i, k := range keys {
		out[i] = number[k]
	}
	return out
}

// route gives each edge its way, with a bend in each layer between its ends.
func (l *Layout) route(edges []Edge) {
	span := 0
	for _, e := range edges {
		span += max(l.Layer[e.To]-l.Layer[e.From], l.Layer[e.From]-l.Layer[e.To], 1) - 1
	}
	l.Direct = span > maxBends
	l.Paths = make([][]int, len(edges))
	for i, e := range edges {
		if e.From == e.To {
			continue
		}
		from, to := e.From, e.To
		if l.Reversed[i] {
			from, to = to, from
		}
		path := []int{from}
		for n := l.Layer[from] + 1; n < l.Layer[to] && !l.Direct; n++ {
			path = append(path, len(l.items))
			l.items = append(l.items, item{0, l.items[from].strip})
			l.Layer = append(l.Layer, n)
		}
		l.Paths[i] = append(path, to)
	}
	l.up, l.down = make([][]int, len(l.items)), make([][]int, len(l.items))
	for _, path := range l.Paths {
		for i := 1; i < len(path); i++ {
			a, b := path[i-1], path[i]
			if l.Layer[b] == l.Layer[a]+1 {
				l.down[a] = append(l.down[a], b)
				l.up[b] = append(l.up[b], a)
			}
		}
	}
}
