package apply_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// What was paused so that a part which stands still can be started goes on when that
// start does not come, and waits when nobody knows how it went.
func TestAStartThatDoesNotCome(t *testing.T) {
	f1, f2 := state.ComponentAddr(state.KindFunction, "public", "default", "f1"), state.ComponentAddr(state.KindFunction, "public", "default", "f2")
	for _, c := range []struct {
		name, step string
		interrupt  bool
		stays      bool
	}{
		{name: "not drained", step: "drain subscription/" + topicName(2) + "#public/default/f2"},
		{name: "stopped before", step: "drain subscription/" + topicName(2) + "#public/default/f2", interrupt: true},
		{name: "not started", step: "resume " + string(f2), stays: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := cluster()
				run(t, b, planFor(t, b, line(2)))
				b.SetFacts(f2, state.Facts{Stopped: 1})
				stop, came := make(chan struct{}), false
				b.Fault(func(s plan.Step) error {
					if s.ID != c.step {
						return nil
					}
					came = true
					if c.interrupt {
						close(stop)
						synctest.Wait()
					}
					return errors.New("refused")
				})
				report, err := apply.Run(t.Context(), b, planStrict(t, b, line(2)), apply.Options{Stop: stop})
				if err != nil || !came {
					t.Fatalf("came to it: %v, %v %+v", came, err, report)
				}
				if b.Stopped(f1) != c.stays {
					t.Errorf("stopped: %v %+v", b.Stopped(f1), report)
				}
			})
		})
	}
}

// What is to be replaced and feeds what is changed is given its last form, and then
// stopped: that form is what the stop finds.
func TestWhatWasKeptIsPaused(t *testing.T) {
	b := cluster()
	run(t, b, planFor(t, b, line(1)))
	f1 := state.ComponentAddr(state.KindFunction, "public", "default", "f1")
	cleans := *b.Resources()[f1].(*state.Component)
	cleans.Fields = maps.Clone(cleans.Fields)
	cleans.Fields["cleanupSubscription"] = true
	b.Put(&cleans)
	want := line(2)
	fields := want.Resources[f1].(*state.Component).Fields
	fields["retainOrdering"], fields["cleanupSubscription"] = true, false
	p := planStrict(t, b, want)
	for _, op := range []plan.Op{plan.Keep, plan.Pause} {
		if !slices.Contains(ids(p), string(op)+" "+string(f1)) {
			t.Fatalf("no %s in %v", op, ids(p))
		}
	}
	if report := run(t, b, p); !report.OK() {
		t.Errorf("%+v", report.Failed)
	}
	runsAll(t, b)
}
