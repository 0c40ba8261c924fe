package graph

import "container/heap"

// sort orders the components of the graph so that edges point onwards; of those
// that could come next the one with the first node in the file comes next.
func (g *Graph) sort(parts [][]int) []int {
	part := g.part
	waits := make([]int, len(parts))
	for n, list := range g.down {
		for _, m := range list {
			if part[m] != part[n] {
				waits[part[m]]++
			}
		}
	}
	var ready ints
	for p := range parts {
		if waits[p] == 0 {
			heap.Push(&ready, p)
		}
	}
	order := make([]int, 0, len(g.nodes))
	for ready.Len() > 0 {
		p := heap.Pop(&ready).(int)
		order = append(order, parts[p]...)
		for _, n := range parts[p] {
			for _, m := range g.down[n] {
				if q := part[m]; q != p {
					if waits[q]--; waits[q] == 0 {
						heap.Push(&ready, q)
					}
				}
			}
		}
	}
	return order
}

// ints is a heap of numbers, smallest first.
type ints []int

func (h ints) Len() int           { return len(h) }
func (h ints) Less(i, j int) bool { return h[i] < h[j] }
func (h ints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ints) Push(x any)        { *h = append(*h, x.(int)) }
func (h *ints) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
