package layered

import (
	"cmp"
	"slices"
)

// sweeps is how often the layers are put in order by what they are connected to.
const sweeps = 12

// order puts the items of each layer in an order with few crossings: each item
// goes to the middle of those that it is connected to, layer by layer, down and
// up in turn. The best order that was seen stays.
func (l *Layout) order() {
	pos := make([]int, len(l.items))
	l.first()
	best, fewest := l.snapshot(), -1
	for i := range sweeps {
		for n := range l.Layers {
			layer, neighbours := l.Layers[n], l.up
			if i%2 == 1 {
				layer, neighbours = l.Layers[len(l.Layers)-1-n], l.down
			}
			l.number(pos)
			sortByMiddle(layer, func(v int) (float64, bool) { return middle(neighbours[v], pos) }, func(v int) int { return l.items[v].strip })
		}
		l.number(pos)
		if c := l.crossings(pos); fewest < 0 || c < fewest {
			best, fewest = l.snapshot(), c
		}
		if fewest == 0 {
			break
		}
	}
	l.Layers = best
}

// first puts each layer in the order in which a walk along the edges meets its
// items, so that what belongs together starts side by side.
func (l *Layout) first() {
	met := make([]int, len(l.items))
	turn := 0
	for _, layer := range l.Layers {
		for _, v := range layer {
			stack := []int{v}
			for len(stack) > 0 {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if met[w] > 0 {
					continue
				}
				turn++
				met[w] = turn
				for i := len(l.down[w]) - 1; i >= 0; i-- {
					stack = append(stack, l.down[w][i])
				}
			}
		}
	}
	for _, layer := range l.Layers {
		slices.SortStableFunc(layer, func(a, b int) int {
			return cmp.Or(l.items[a].strip-l.items[b].strip, met[a]-met[b])
		})
	}
}

func (l *Layout) snapshot() [][]int {
	out := make([][]int, len(l.Layers))
	for i, layer := range l.Layers {
		out[i] = slices.Clone(layer)
	}
	return out
}

// number writes down the place of each item in its layer.
func (l *Layout) number(pos []int) {
	for _, layer := range l.Layers {
		for i, v := range layer {
			pos[v] = i
		}
	}
}

func middle(neighbours, pos []int) (float64, bool) {
	if len(neighbours) == 0 {
		return 0, false
	}
	sum := 0
	for _, w := range neighbours {
		sum += pos[w]
	}
	return float64(sum) / float64(len(neighbours)), true
}

// sortByMiddle sorts a layer by strip and middle; an item that has none keeps its place.
func sortByMiddle(layer []int, middle func(int) (float64, bool), strip func(int) int) {
	type key struct {
		v  int
		at float64
	}
	var moving []key
	var places []int
	for i, v := range layer {
		if at, ok := middle(v); ok {
			moving = append(moving, key{v, at})
			places = append(places, i)
		}
	}
	slices.SortStableFunc(moving, func(a, b key) int { return cmp.Or(strip(a.v)-strip(b.v), cmp.Compare(a.at, b.at)) })
	for i, k := range moving {
		layer[places[i]] = k.v
	}
	slices.SortStableFunc(layer, func(a, b int) int { return strip(a) - strip(b) })
}

// crossings counts the pairs of edges between neighbouring layers that cross.
func (l *Layout) crossings(pos []int) int {
	total := 0
	for n, layer := range l.Layers {
		if n+1 == len(l.Layers) {
			break
		}
		// Ends in the next layer, in the order of the starts; a pair in the wrong order crosses.
		var ends []int
		for _, v := range layer {
			from := len(ends)
			for _, w := range l.down[v] {
				ends = append(ends, pos[w])
			}
			slices.Sort(ends[from:])
		}
		tree := make([]int, len(l.Layers[n+1])+1)
		for seen, e := range ends {
			before := 0
			for i := e + 1; i > 0; i -= i & -i {
				before += tree[i]
			}
			total += seen - before
			for i := e + 1; i < len(tree); i += i & -i {
				tree[i]++
			}
		}
	}
	return total
}
