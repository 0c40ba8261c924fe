package layered

import "math"

// rounds is how often items are drawn to the middle of what they are connected to.
const rounds = 16

// straight is how much more a bend weighs than a vertex: long edges shall not wind.
const straight = 8

// place gives every item its centre: strip by strip the items of a layer come as
// near as they can to the middle of their neighbours, in their order and with
// their gaps. Then the strips are put side by side.
func (l *Layout) place(gaps Gaps) {
	at := make([]float64, len(l.items))
	rows := make([][][]int, len(l.strips))
	for _, layer := range l.Layers {
		for i, v := range layer {
			s := l.items[v].strip
			if i == 0 || l.items[layer[i-1]].strip != s {
				rows[s] = append(rows[s], nil)
			}
			last := len(rows[s]) - 1
			rows[s][last] = append(rows[s][last], v)
		}
	}
	for _, strip := range rows {
		for _, row := range strip {
			l.settle(row, at, gaps.Item, func(int) (float64, bool) { return 0, false })
		}
		for i := range rounds {
			for n := range strip {
				if i%2 == 0 {
					l.settle(strip[n], at, gaps.Item, func(v int) (float64, bool) { return l.pull(v, at, l.up[v]) })
				} else {
					l.settle(strip[len(strip)-1-n], at, gaps.Item, func(v int) (float64, bool) { return l.pull(v, at, l.down[v]) })
				}
			}
		}
		for _, row := range strip {
			l.settle(row, at, gaps.Item, func(v int) (float64, bool) { return l.pull(v, at, l.up[v], l.down[v]) })
		}
	}
	l.Center = make([]int, len(l.items))
	l.stack(rows, at, gaps)
}

// stack rounds the places of each strip and puts it behind the one before.
func (l *Layout) stack(rows [][][]int, at []float64, gaps Gaps) {
	end := -1
	for s, strip := range rows {
		start, band := end+1, l.strips[s]
		switch {
		case s == 0:
		case l.strips[s-1] == band:
			start += 2 * gaps.Item
		default:
			start += gaps.Band
		}
		low, high := math.MaxInt, math.MinInt
		for _, row := range strip {
			for i, v := range row {
				l.Center[v] = int(math.Floor(at[v] + 0.5))
				if i > 0 {
					// What touches may be rounded apart or together.
					before := row[i-1]
					l.Center[v] = max(l.Center[v], l.Center[before]+l.items[before].half+1+gaps.Item+l.items[v].half)
				}
			}
			l.snap(row, gaps.Item)
			for _, v := range row {
				low = min(low, l.Center[v]-l.items[v].half)
				high = max(high, l.Center[v]+l.items[v].half)
			}
		}
		for _, row := range strip {
			for _, v := range row {
				l.Center[v] += start - low
			}
		}
		end = start + high - low
		for len(l.Bands) <= band {
			l.Bands = append(l.Bands, [2]int{start, start - 1})
		}
		l.Bands[band][1] = end
	}
}

// snap straightens lines that are a little bent: an item below exactly one other
// moves under it, where that is near and nothing is in the way.
func (l *Layout) snap(row []int, gap int) {
	near := 2 + gap/4
	for i, v := range row {
		if len(l.up[v]) != 1 || l.items[l.up[v][0]].strip != l.items[v].strip {
			continue
		}
		goal := l.Center[l.up[v][0]]
		if goal-l.Center[v] > near || l.Center[v]-goal > near {
			continue
		}
		if i > 0 && goal-l.items[v].half-gap <= l.Center[row[i-1]]+l.items[row[i-1]].half {
			continue
		}
		if i+1 < len(row) && goal+l.items[v].half+gap >= l.Center[row[i+1]]-l.items[row[i+1]].half {
			continue
		}
		l.Center[v] = goal
	}
}

// pull returns the middle of the neighbours in the same strip.
func (l *Layout) pull(v int, at []float64, lists ...[]int) (float64, bool) {
	sum, n := 0.0, 0
	for _, list := range lists {
		for _, w := range list {
			if l.items[w].strip == l.items[v].strip {
				sum += at[w]
				n++
			}
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// settle moves the items of a row to where they want to be, as near as their
// order and gaps allow: the sum of the squares of what is missed is the least
// (isotonic regression; neighbours that push each other move as one block).
func (l *Layout) settle(row []int, at []float64, gap int, want func(int) (float64, bool)) {
	type block struct {
		sum, weight float64
		size        int
	}
	var blocks []block
	shift := make([]float64, len(row))
	for i, v := range row {
		if i > 0 {
			before := l.items[row[i-1]]
			shift[i] = shift[i-1] + float64(before.half+1+gap+l.items[v].half)
		}
		goal, ok := want(v)
		weight := 1.0
		switch {
		case !ok:
			goal, weight = at[v], 0.01
		case l.items[v].half == 0:
			weight = straight
		}
		blocks = append(blocks, block{(goal - shift[i]) * weight, weight, 1})
		for n := len(blocks); n > 1 && blocks[n-2].sum*blocks[n-1].weight > blocks[n-1].sum*blocks[n-2].weight; n-- {
			a, b := blocks[n-2], blocks[n-1]
			blocks = append(blocks[:n-2], block{a.sum + b.sum, a.weight + b.weight, a.size + b.size})
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.size {
			at[row[i]] = b.sum/b.weight + shift[i]
			i++
		}
	}
}
