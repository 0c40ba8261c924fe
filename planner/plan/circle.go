package plan

import "github.com/meshc/meshc/planner/state"

// circular tells whether a live component may be on a circle of what runs: it feeds
// one that feeds it, directly or through others. A mesh has none, but hands can make
// one. Where it is on none, the order of drains cannot lead round to where it began,
// and nobody has to look for that at each of ten thousand steps.
func (b *builder) circular(addr state.Addr) bool {
	if b.circles == nil {
		b.circles = circles(b.lives)
	}
	return b.circles[addr]
}

// circles finds the components on circles, and perhaps some between two of them:
// what is left after those that nothing feeds, and those that feed nothing, are taken
// away again and again.
func circles(x *state.Index) map[state.Addr]bool {
	left := map[state.Addr]bool{}
	feeds, fed := map[state.Addr][]state.Addr{}, map[state.Addr][]state.Addr{}
	for _, f := range x.Components {
		left[f.Addr()] = true
		for _, t := range x.Writes(f) {
			for _, g := range x.Reading(t) {
				feeds[f.Addr()] = append(feeds[f.Addr()], g.Addr())
				fed[g.Addr()] = append(fed[g.Addr()], f.Addr())
			}
		}
	}
	peel(left, feeds, fed)
	peel(left, fed, feeds)
	return left
}

// peel takes away what nothing that is left leads to.
func peel(left map[state.Addr]bool, to, from map[state.Addr][]state.Addr) {
	count := map[state.Addr]int{}
	var free []state.Addr
	for a := range left {
		for _, f := range from[a] {
			if left[f] {
				count[a]++
			}
		}
		if count[a] == 0 {
			free = append(free, a)
		}
	}
	for len(free) > 0 {
		a := free[len(free)-1]
		free = free[:len(free)-1]
		delete(left, a)
		for _, t := range to[a] {
			if count[t]--; left[t] && count[t] == 0 {
				free = append(free, t)
			}
		}
	}
}
