package human

import (
	"cmp"
	"slices"
)

// net is a line between two layers: from one column above to columns below.
type net struct {
	// item is the vertex or bend that it begins at.
	item int
	from int
	to   []int
	// edges are those that the line stands for, in the order of to.
	edges []int
	// track is the row, from 0, in which the line runs sideways.
	track int
}

func (n net) straight() bool { return len(n.to) == 1 && n.to[0] == n.from }

func (n net) low() int  { return min(n.from, slices.Min(n.to)) }
func (n net) high() int { return max(n.from, slices.Max(n.to)) }

// untangle moves ends of lines that no order of tracks can keep apart: where each
// of two lines, or more in a ring, comes down where the next begins. Only ends at
// boxes have room; move is asked for a column beside and does it.
func untangle(nets []*net, move func(edge, column int) bool) {
	starts, taken := map[int]*net{}, map[int]bool{}
	for _, n := range nets {
		starts[n.from] = n
		taken[n.from] = true
		for _, to := range n.to {
			taken[to] = true
		}
	}
	for _, n := range nets {
		for i, to := range n.to {
			above := starts[to]
			if above == nil || above == n || !above.needs(n, starts, map[*net]bool{}) {
				continue
			}
			for _, column := range []int{to + 1, to - 1} {
				if !taken[column] && move(n.edges[i], column) {
					taken[column] = true
					n.to[i] = column
					break
				}
			}
		}
	}
}

// needs tells whether a line has to run below another one.
func (n *net) needs(other *net, starts map[int]*net, seen map[*net]bool) bool {
	seen[n] = true
	for _, to := range n.to {
		above := starts[to]
		if above == nil || above == n || seen[above] {
			continue
		}
		if above == other || above.needs(other, starts, seen) {
			return true
		}
	}
	return false
}

// route gives each net a track and returns how many there are. Nets share a track
// where they do not touch. Where a net comes down in the column in which another
// begins, the other one has to turn away above.
func route(nets []*net) int {
	slices.SortStableFunc(nets, func(a, b *net) int {
		return cmp.Or(cmp.Compare(a.low(), b.low()), cmp.Compare(a.high(), b.high()))
	})
	starts := map[int]*net{}
	for _, n := range nets {
		starts[n.from] = n
	}
	const fresh, open = -1, -2
	for _, n := range nets {
		n.track = fresh
	}
	type stretch struct{ low, high int }
	var tracks [][]stretch
	var put func(n *net)
	put = func(n *net) {
		n.track = open
		first := 0
		for _, to := range n.to {
			if above := starts[to]; above != nil && above != n && !above.straight() {
				if above.track == fresh {
					put(above)
				}
				// One that is still open waits for this one: they run over each other.
				first = max(first, above.track+1)
			}
		}
		if n.straight() {
			n.track = 0
			return
		}
		mine := stretch{n.low(), n.high()}
		for t := first; ; t++ {
			for len(tracks) <= t {
				tracks = append(tracks, nil)
			}
			free := !slices.ContainsFunc(tracks[t], func(s stretch) bool { return mine.low <= s.high+1 && s.low <= mine.high+1 })
			if free {
				n.track = t
				tracks[t] = append(tracks[t], mine)
				return
			}
		}
	}
	for _, n := range nets {
		if n.track == fresh {
			put(n)
		}
	}
	return len(tracks)
}
