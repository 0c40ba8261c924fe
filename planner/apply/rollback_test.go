package apply_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// TestRollback fails any step of any plan: afterwards the components are again what
// they were, what they read is there, and no topic is gone.
func TestRollback(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		from := states().Draw(t, "from")
		run(t, b, planFor(t, b, from))
		before := b.Resources()
		p := planFor(t, b, states().Draw(t, "to"))
		if p.Empty() {
			return
		}
		bad := rapid.SampledFrom(p.Steps).Draw(t, "bad").ID
		failed := false
		b.Fault(func(s plan.Step) error {
			if s.ID == bad && !failed {
				failed = true
				return errors.New("no")
			}
			return nil
		})
		report, err := apply.Run(t.Context(), b, p, apply.Options{Allow: allRisks, OnFailure: apply.GoBack})
		if err != nil || report.OK() || report.Rollback == nil {
			t.Fatalf("%v %+v", err, report)
		}
		if !report.Rollback.OK() {
			t.Fatalf("%+v", report.Rollback)
		}
		asBefore(t, b, before)
		// What is left over is no more than another apply finds to do.
		run(t, b, planFor(t, b, from))
		holds(t, b, from)
	})
}

// asBefore compares components with what they were.
func asBefore(t rapid.TB, b *memory.Backend, before map[state.Addr]state.Resource) {
	t.Helper()
	now := b.Resources()
	for addr, was := range before {
		is, there := now[addr]
		if !there && addr.Kind() != state.KindSubscription {
			t.Fatalf("%s is gone", addr)
		}
		f, ok := was.(*state.Component)
		if !ok {
			continue
		}
		g := is.(*state.Component)
		if d := cmp.Diff(f.Fields, g.Fields); d != "" || f.Code != g.Code {
			t.Fatalf("%s is not what it was (-was +is):\n%s%v %v", addr, d, f.Code, g.Code)
		}
		for _, topic := range f.Inputs() {
			if _, there := now[state.SubscriptionAddr(topic, f.Subscription())]; !there {
				t.Fatalf("%s has no subscription on %s", addr, topic)
			}
		}
	}
	for addr := range now {
		if _, there := before[addr]; !there && addr.Kind().IsComponent() {
			t.Fatalf("%s is still there", addr)
		}
	}
}

// TestRollbackThatFails is told as it is, and does not hide the failure before it.
func TestRollbackThatFails(t *testing.T) {
	b := cluster()
	run(t, b, planFor(t, b, wide(2)))
	want := wide(3)
	for _, f := range want.Components() {
		f.Fields["parallelism"] = 2.0
	}
	p := planFor(t, b, want)
	updates := map[string]int{}
	b.Fault(func(s plan.Step) error {
		updates[s.ID]++
		if s.ID == "await-running function/public/default/f02" || s.ID == "update function/public/default/f00" && updates[s.ID] == 2 {
			return errors.New("no")
		}
		return nil
	})
	var told []int
	report, err := apply.Run(t.Context(), b, p, apply.Options{Allow: allRisks, OnFailure: apply.GoBack, Events: func(e backend.Event) {
		if e, ok := e.(backend.GoingBack); ok {
			told = append(told, e.Steps)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	back := report.Rollback
	if back.OK() || len(back.Report.Failed) != 1 || back.Report.Failed[0].Step.ID != "update function/public/default/f00" {
		t.Errorf("%+v", back)
	}
	if len(report.Failed) != 1 || report.Failed[0].Step.Addr.Name() != "public/default/f02" {
		t.Errorf("%+v", report.Failed)
	}
	if d := cmp.Diff([]int{len(back.Plan.Steps)}, told); d != "" {
		t.Error(d)
	}
	now := b.Resources()
	for name, parallelism := range map[string]int{"f00": 2, "f01": 1} {
		f := now[state.ComponentAddr(state.KindFunction, "public", "default", name)].(*state.Component)
		if f.Parallelism() != parallelism {
			t.Errorf("%s has %d instances", name, f.Parallelism())
		}
	}
	if _, there := now[state.ComponentAddr(state.KindFunction, "public", "default", "f02")]; there {
		t.Error("f02 is still there")
	}
}

// TestRollbackLeaves what others have written, what is protected, and what a stop ended.
func TestRollbackLeaves(t *testing.T) {
	b := cluster()
	run(t, b, planFor(t, b, wide(1)))
	want := wide(3)
	want.Components()[0].Fields["parallelism"] = 2.0
	want.Components()[1].Protect = true
	p := planFor(t, b, want)
	b.Fault(func(s plan.Step) error {
		if s.ID != "await-running function/public/default/f02" {
			return nil
		}
		return errors.New("no")
	})
	foreign := &byHand{Backend: b, after: "verify function/public/default/f00"}
	report, err := apply.Run(t.Context(), foreign, p, apply.Options{Allow: allRisks, OnFailure: apply.GoBack, Parallelism: 1})
	if err != nil {
		t.Fatal(err)
	}
	want0 := []apply.Left{
		{Addr: "function/public/default/f00", Why: "someone else has written it since"},
		{Addr: "function/public/default/f01", Why: "it is protected, so it is not deleted"},
	}
	if d := cmp.Diff(want0, report.Rollback.Left); d != "" || report.Rollback.OK() {
		t.Error(d)
	}
	if f := b.Resources()["function/public/default/f00"].(*state.Component); f.Parallelism() != 7 {
		t.Errorf("what others wrote was overwritten: %+v", f)
	}

	b = cluster()
	stop := make(chan struct{})
	b.Fault(func(plan.Step) error { close(stop); return errors.New("no") })
	report, err = apply.Run(t.Context(), b, planFor(t, b, wide(1)), apply.Options{OnFailure: apply.GoBack, Stop: stop})
	if err != nil || !report.Interrupted || report.Rollback != nil {
		t.Errorf("%v %+v", err, report)
	}
}

// TestRollbackOfKept: a component that the run has only turned cleanupSubscription off
// for is the run's own work, and goes back.
func TestRollbackOfKept(t *testing.T) {
	b := cluster()
	run(t, b, planFor(t, b, wide(1)))
	addr := state.ComponentAddr(state.KindFunction, "public", "default", "f00")
	f := *b.Resources()[addr].(*state.Component)
	f.Fields = map[string]any{"inputs": []any{topicName(0)}, "parallelism": 1.0, "processingGuarantees": "ATLEAST_ONCE", "cleanupSubscription": true}
	b.Put(&f)
	p := planFor(t, b, wide(0))
	b.Fault(func(s plan.Step) error {
		if s.ID != "delete "+string(addr) {
			return nil
		}
		return errors.New("no")
	})
	report, err := apply.Run(t.Context(), b, p, apply.Options{Allow: allRisks, OnFailure: apply.GoBack})
	if err != nil {
		t.Fatal(err)
	}
	if back := report.Rollback; back == nil || len(back.Left) > 0 || len(back.Report.Done) == 0 {
		t.Fatalf("%+v", back)
	}
	if now := b.Resources()[addr].(*state.Component); now.Fields["cleanupSubscription"] != true {
		t.Errorf("%+v", now.Fields)
	}
}

// byHand writes a function by hand when a step has been done.
type byHand struct {
	*memory.Backend
	after string
}

// Do implements backend.Backend.
func (h *byHand) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	err := h.Backend.Do(ctx, s, events)
	if s.ID == h.after {
		f := *h.Resources()[s.Addr].(*state.Component)
		f.Generation, f.Fields = f.Generation+1, map[string]any{"inputs": []any{}, "parallelism": 7.0}
		h.Put(&f)
	}
	return err
}

// TestNoWayBack names what could not be restored before anything is written.
func TestNoWayBack(t *testing.T) {
	b := cluster()
	old, next := wide(4), wide(4)
	for i, f := range old.Components() {
		f.Code = state.Code{Mode: state.ByData, SHA256: "aa"}
		g := next.Components()[i]
		g.Code = f.Code
		switch i {
		case 0: // the code stays
			g.Fields["parallelism"] = 2.0
		case 1:
			g.Code.SHA256 = "bb"
		case 2: // a replacement sends it again
			g.Fields["retainOrdering"] = true
		case 3:
			delete(next.Resources, g.Addr())
		}
	}
	for _, r := range old.Resources {
		b.Put(r)
	}
	var names []string
	for _, l := range apply.NoWayBack(planFor(t, b, next)) {
		names = append(names, l.Addr.Name())
		if l.Why == "" {
			t.Errorf("%s: no reason", l.Addr)
		}
	}
	want := []string{"public/default/f01", "public/default/f02", "public/default/f03"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
}
