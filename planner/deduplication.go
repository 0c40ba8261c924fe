package planner

import (
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// foreseeDeduplication counts broker deduplication as on where it will be by the time
// that components change: where this plan, or an earlier one of the same run, turns it
// on for a namespace. What the policies of a namespace do not say stays as it is, and
// so does what a topic's own policy keeps off in one where it is on already.
func foreseeDeduplication(live, want *state.State, earlier []*plan.Plan) {
	var on []string
	turned := func(r state.Resource) {
		p, ok := r.(*state.Policies)
		if !ok || p.On.Kind() != state.KindNamespace || p.Values["deduplication"] != true {
			return
		}
		if have, _ := live.Resources[p.Addr()].(*state.Policies); have == nil || have.Values["deduplication"] != true {
			on = append(on, p.On.Name())
		}
	}
	for _, r := range want.Resources {
		turned(r)
	}
	for _, p := range earlier {
		for _, c := range p.Changes() {
			turned(c.After)
		}
	}
	for _, namespace := range on {
		for addr, facts := range live.Facts {
			if addr.Kind() == state.KindTopic && state.NamespaceOf(addr.Name()) == namespace && facts.Deduplication == state.Off {
				facts.Deduplication = state.On
				live.Facts[addr] = facts
			}
		}
	}
}
