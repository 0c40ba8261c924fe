package apply_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Whatever code sends to, round in circles too, and whatever stands still: there is an
// order of the steps.
func TestPlansOfWhatCodeSends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, onceStates().Draw(t, "from")))
		partlyStopped(t, b)
		want, destroy := onceStates().Draw(t, "to"), rapid.Bool().Draw(t, "destroy")
		live, err := b.Read(context.Background(), backend.Scope{Mesh: meshID, Addrs: want.Addrs()})
		if err != nil {
			t.Fatal(err)
		}
		live.Undeclared = map[string][]state.Addr{}
		for i := range 5 {
			for _, f := range live.Components() {
				if rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("%s sends to %d", f.Name, i)) == 0 {
					live.Undeclared[topicName(i)] = append(live.Undeclared[topicName(i)], f.Addr())
				}
			}
		}
		changes, findings := diff.Diff(live, want, native.Rules{}, diff.Options{Destroy: destroy, DeleteTopics: destroy})
		if findings.HasErrors() {
			t.Fatal(findings)
		}
		plan.New(plan.Header{Destroy: destroy}, live, want, changes)
	})
}
