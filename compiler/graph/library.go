package graph

import (
	"slices"

	lib "github.com/dominikbraun/graph"
)

// components finds the sets of vertices that reach each other, in a graph of the
// vertices 0 to n-1. Each is sorted, and they are sorted by their first vertex.
//
// The library gives them in the order of its maps, another at every run; nothing
// of that order gets out of here. Its sorts are not used: the plain one has no
// order and the stable one looks at every vertex for every vertex. Vertices
// count from 1 in it: it gives an empty component for one that is the zero value.
func components(n int, next [][]int) [][]int {
	g := lib.New(lib.IntHash, lib.Directed())
	for v := range n {
		must(g.AddVertex(v + 1))
	}
	for v, list := range next {
		for _, w := range slices.Compact(slices.Sorted(slices.Values(list))) {
			must(g.AddEdge(v+1, w+1))
		}
	}
	out, err := lib.StronglyConnectedComponents(g)
	must(err)
	for _, c := range out {
		for i := range c {
			c[i]--
		}
		slices.Sort(c)
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// must guards calls that fail only for vertices and edges that are absent or given twice.
func must(err error) {
	if err != nil {
		panic("graph: " + err.Error())
	}
}
