package plan

import (
	"cmp"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

var opOrder = map[Op]int{Create: 1, Update: 2, AwaitRunning: 3, Verify: 4, Drain: 5, Keep: 6, AwaitKept: 7, Delete: 8}

var kindOrder = map[state.Kind]int{
	state.KindNamespace: 1, state.KindTopic: 2, state.KindPackage: 3, state.KindSubscription: 4, state.KindFunction: 5,
	state.KindSource: 5, state.KindSink: 5,
}

// compareSteps orders steps that do not need each other: what comes into being or
// changes function by function, so that the first functions start while the
// topics of the last are still being made; then what goes for good, through the
// kinds the other way round.
func (b *builder) compareSteps(s, t *Step) int {
	x, y := b.rank(s), b.rank(t)
	return cmp.Or(
		cmp.Compare(x.phase, y.phase), cmp.Compare(x.group, y.group), cmp.Compare(x.kind, y.kind),
		cmp.Compare(s.Addr, t.Addr), cmp.Compare(opOrder[s.Op], opOrder[t.Op]),
	)
}

func (b *builder) rank(s *Step) (r struct{ phase, group, kind int }) {
	r.kind = kindOrder[s.Addr.Kind()]
	if s.Change.Action == diff.Delete {
		r.phase, r.kind = 1, -r.kind
		return r
	}
	r.group = b.groups[s.Addr]
	return r
}

// group gives each function and what it is the first to use a number from 1;
// namespaces and packages have 0 and come before.
func (b *builder) group() {
	b.groups = map[state.Addr]int{}
	first := func(addr state.Addr, n int) {
		if b.groups[addr] == 0 {
			b.groups[addr] = n
		}
	}
	for i, f := range b.want.Components() {
		n := i + 1
		first(f.Addr(), n)
		for _, t := range f.Inputs() {
			first(state.TopicAddr(t), n)
			first(state.SubscriptionAddr(t, f.Subscription()), n)
		}
		for _, t := range f.Writes() {
			first(state.TopicAddr(t), n)
		}
	}
}
