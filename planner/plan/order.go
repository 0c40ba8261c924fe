package plan

import (
	"cmp"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

var opOrder = map[Op]int{Create: 1, Update: 2, AwaitRunning: 3, Verify: 4, Drain: 5, Delete: 6}

var kindOrder = map[state.Kind]int{
	state.KindNamespace: 1, state.KindTopic: 2, state.KindPackage: 3, state.KindSubscription: 4, state.KindFunction: 5,
}

// compareSteps orders steps that do not need each other. What goes for good runs
// through the kinds the other way round.
func compareSteps(a, b *Step) int {
	x, y := rank(a), rank(b)
	return cmp.Or(
		cmp.Compare(x.phase, y.phase), cmp.Compare(x.kind, y.kind),
		cmp.Compare(a.Addr, b.Addr), cmp.Compare(opOrder[a.Op], opOrder[b.Op]),
	)
}

// rank places a step: what comes into being or changes first, then what goes for good.
func rank(s *Step) (r struct{ phase, kind int }) {
	r.kind = kindOrder[s.Addr.Kind()]
	if s.Change.Action == diff.Delete {
		r.phase, r.kind = 1, -r.kind
	}
	return r
}
