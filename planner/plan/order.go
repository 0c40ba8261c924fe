package plan

import (
	"cmp"

	"github.com/meshc/meshc/planner/state"
)

var opOrder = map[Op]int{Create: 1, Update: 2, AwaitRunning: 3, Verify: 4, Drain: 5, Delete: 6}

var kindOrder = map[state.Kind]int{
	state.KindNamespace: 1, state.KindTopic: 2, state.KindPackage: 3, state.KindSubscription: 4, state.KindFunction: 5,
}

// compareSteps orders steps that do not need each other. Deletes run through
// the kinds the other way round.
func compareSteps(a, b *Step) int {
	kind := cmp.Compare(kindOrder[a.Addr.Kind()], kindOrder[b.Addr.Kind()])
	if a.Op == Delete && b.Op == Delete {
		kind = -kind
	}
	return cmp.Or(kind, cmp.Compare(a.Addr, b.Addr), cmp.Compare(opOrder[a.Op], opOrder[b.Op]))
}
