package plan_test

import (
	"slices"
	"testing"

	"github.com/meshc/meshc/planner/state"
)

// A schema comes after its topic and before all that attaches to it.
func TestSchemaComesBeforeClients(t *testing.T) {
	want := chain(nil)
	for _, topic := range []string{"in", "mid", "out"} {
		want.Put(&state.Schema{Topic: prefix + topic, Type: "STRING", From: "a"})
	}
	p := planOf(t, state.New(id), want, false)
	needs := map[string][]string{}
	for _, s := range p.Steps {
		needs[s.ID] = s.Needs
	}
	create := func(a state.Addr) string { return "create " + string(a) }
	mid := create(state.SchemaAddr(prefix + "mid"))
	if !slices.Contains(needs[mid], create(state.TopicAddr(prefix+"mid"))) {
		t.Errorf("the schema needs %q", needs[mid])
	}
	for _, id := range []string{
		create(state.SubscriptionAddr(prefix+"mid", "t/n/b")),
		create(state.ComponentAddr(state.KindFunction, "t", "n", "a")),
		create(state.ComponentAddr(state.KindFunction, "t", "n", "b")),
	} {
		if !slices.Contains(needs[id], mid) {
			t.Errorf("%s needs %q", id, needs[id])
		}
	}
}
