package native_test

import (
	"context"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// A subscription that took another one's place holds what was left in that one, and
// nothing of one that comes later and has its name.
func TestASubscriptionIsCoveredByItsOwnSuccessorAlone(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	const split = "  - {name: split, className: org.example.loss.Forward, inputs: [in], output: out}\n"
	split2 := strings.Replace(split, "split", "split2", 1)
	const head = "jarFile: code.jar\nfunctions:\n"
	first, second, both := b.Mesh("m", head+split), b.Mesh("m", head+split2), b.Mesh("m", head+split+split2)
	b.Apply(b.Plan(first, planner.Options{}))
	b.Apply(b.Plan(second, planner.Options{}), plan.MessageLoss)
	b.Apply(b.Plan(both, planner.Options{}), plan.MessageLoss)
	in, name := b.FullTopic("in"), func(node string) string { return b.Tenant + "/" + b.Namespace + "/" + node }
	for u, gone := range map[string]string{"split2 goes": "split2", "split goes": "split"} {
		unit := first
		if gone == "split" {
			unit = second
		}
		seen := false
		for _, s := range b.Plan(unit, planner.Options{}).Steps {
			if s.Op == plan.Delete && s.Addr == state.SubscriptionAddr(in, name(gone)) {
				if seen = true; s.GoOn {
					t.Errorf("%s: what is left in its subscription goes with it, as if the other had it", u)
				}
			}
		}
		if !seen {
			t.Errorf("%s: the plan does not delete its subscription", u)
		}
	}
	// One that does take the place of another is known as such, on both sides.
	next := &state.Subscription{Topic: in, Name: "next", Replaces: name("split"), Position: "Latest", Owner: name("m")}
	step := plan.Step{Op: plan.Create, Addr: next.Addr(), Change: &diff.Change{Addr: next.Addr(), Action: diff.Create, After: next}}
	for range 2 { // the second time, all is there
		if err := b.Backend.Do(context.Background(), step, nil); err != nil {
			t.Fatal(err)
		}
	}
	facts := b.Read("m").Facts
	for addr, covered := range map[state.Addr]bool{
		next.Addr(): true, state.SubscriptionAddr(in, name("split")): true, state.SubscriptionAddr(in, name("split2")): false,
	} {
		if facts[addr].Covered != covered {
			t.Errorf("%s: covered is %v", addr, facts[addr].Covered)
		}
	}
}
