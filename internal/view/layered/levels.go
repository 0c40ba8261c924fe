package layered

import "slices"

// Levels returns the layer of each of n vertices, from 0: an edge leads to a later
// layer, but for those that close a cycle.
func Levels(n int, edges []Edge) []int {
	list, _ := levels(n, edges)
	return list
}

func levels(n int, edges []Edge) (level []int, reversed []bool) {
	out := make([][]int, n)
	in := make([]int, n)
	for i, e := range edges {
		if e.From != e.To {
			out[e.From] = append(out[e.From], i)
			in[e.To]++
		}
	}
	reversed = backEdges(n, edges, out, in)
	next := make([][]int, n)
	waits := make([]int, n)
	for i, e := range edges {
		from, to := e.From, e.To
		if reversed[i] {
			from, to = to, from
		}
		if from != to {
			next[from] = append(next[from], to)
			waits[to]++
		}
	}
	level = make([]int, n)
	first := make([]bool, n)
	var order []int
	for v := range n {
		if first[v] = waits[v] == 0; first[v] {
			order = append(order, v)
		}
	}
	for i := 0; i < len(order); i++ {
		v := order[i]
		for _, w := range next[v] {
			level[w] = max(level[w], level[v]+1)
			if waits[w]--; waits[w] == 0 {
				order = append(order, w)
			}
		}
	}
	// What nothing leads to stands right before what it leads to.
	for v := range n {
		if !first[v] || len(next[v]) == 0 {
			continue
		}
		nearest := level[next[v][0]]
		for _, w := range next[v] {
			nearest = min(nearest, level[w])
		}
		level[v] = nearest - 1
	}
	return level, reversed
}

// backEdges finds edges whose reversal leaves no cycle: those that lead back to a
// vertex on the way that a search in depth is on. The search starts where nothing
// leads to, then at the first vertex that is left.
func backEdges(n int, edges []Edge, out [][]int, in []int) []bool {
	const (
		fresh = iota
		open
		done
	)
	back := make([]bool, len(edges))
	state := make([]int, n)
	at := make([]int, n)
	search := func(start int) {
		way := []int{start}
		state[start] = open
		for len(way) > 0 {
			v := way[len(way)-1]
			if at[v] == len(out[v]) {
				state[v] = done
				way = way[:len(way)-1]
				continue
			}
			e := out[v][at[v]]
			at[v]++
			switch w := edges[e].To; state[w] {
			case fresh:
				state[w] = open
				way = append(way, w)
			case open:
				back[e] = true
			}
		}
	}
	starts := make([]int, n)
	for v := range n {
		starts[v] = v
	}
	slices.SortStableFunc(starts, func(a, b int) int { return min(in[a], 1) - min(in[b], 1) })
	for _, v := range starts {
		if state[v] == fresh {
			search(v)
		}
	}
	return back
}
