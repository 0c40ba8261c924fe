package apply_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// moved draws a mesh like states does, whose nodes may have another name than in
// another one and read on through the same subscription.
func moved(t *rapid.T) *state.State {
	s := states().Draw(t, "mesh")
	for _, f := range s.Components() {
		keep := f.Subscription()
		delete(s.Resources, f.Addr())
		next := *f
		next.Fields = maps.Clone(f.Fields)
		next.Fields["retainOrdering"] = rapid.Bool().Draw(t, f.Name+" in order")
		next.Fields["cleanupSubscription"] = false
		if rapid.Bool().Draw(t, f.Name+" has another name") {
			next.Name, next.MovedFrom = "g"+f.Name, f.Name
			next.Fields["subName"] = keep
		}
		s.Put(&next)
	}
	return s
}

// hands change what runs: cleanupSubscription comes on, and of what stays as it is
// for its inputs the marker may go, so that the mesh has to adopt it.
func hands(t *rapid.T, b *memory.Backend, to *state.State) {
	for addr, r := range b.Resources() {
		f, ok := r.(*state.Component)
		if !ok {
			continue
		}
		next := *f
		next.Fields = maps.Clone(f.Fields)
		next.Fields["cleanupSubscription"] = rapid.Bool().Draw(t, f.Name+" cleans up")
		want, stays := to.Resources[addr].(*state.Component)
		if stays && slices.Equal(want.Inputs(), f.Inputs()) && want.Subscription() == f.Subscription() && rapid.Bool().Draw(t, f.Name+" is of others") {
			next.Owner, next.Generation, next.Code = "", 0, state.Code{}
			want.Adopt = true
		}
		b.Put(&next)
	}
}

// Whatever hands did and wherever a run was cut, the next one leads to the mesh; and
// no component is ever deleted that would take its subscriptions with it.
func TestSubscriptionsOutliveTheirReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, moved(t)))
		to := moved(t)
		hands(t, b, to)
		first := planFor(t, b, to)
		cut := rapid.IntRange(0, len(first.Steps)).Draw(t, "cut at")
		done := 0
		watch := func(s plan.Step) error {
			f, ok := b.Peek(s.Addr).(*state.Component)
			if s.Op == plan.Delete && ok && f.CleansUp() {
				return fmt.Errorf("%s takes its subscriptions with it", s.Addr)
			}
			if done++; done > cut {
				return errCut
			}
			return nil
		}
		b.Fault(watch)
		for _, f := range run(t, b, first).Failed {
			if !errors.Is(f.Err, errCut) {
				t.Fatal(f.Err)
			}
		}
		cut = 1 << 30
		if r := run(t, b, planFor(t, b, to)); !r.OK() {
			t.Fatalf("%+v", r)
		}
		holds(t, b, to)
		if p := planFor(t, b, to); !p.Empty() {
			t.Fatalf("second plan is not empty: %v", ids(p))
		}
	})
}

var errCut = errors.New("cut")

// Where order is kept a renamed node is away for a moment; a stop in that moment must
// not leave it away.
func TestStopCompletesMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &slow{Backend: cluster()}
		live, want := ordered("old"), ordered("new")
		want.Components()[0].MovedFrom = "old"
		run(t, b.Backend, planFor(t, b.Backend, live))
		p := planFor(t, b.Backend, want)
		at := map[string]int{}
		for i, s := range p.Steps {
			at[s.ID] = i + 1
		}
		if d, c := at["delete function/public/default/old"], at["create function/public/default/new"]; d == 0 || c < d {
			t.Fatalf("steps %v", ids(p))
		}
		stop := make(chan struct{})
		time.AfterFunc(500*time.Millisecond, func() { close(stop) })
		report, err := apply.Run(t.Context(), b, p, apply.Options{Stop: stop})
		if err != nil || !report.Interrupted {
			t.Fatalf("%v %+v", err, report)
		}
		if b.Peek(want.Components()[0].Addr()) == nil || b.Peek(live.Components()[0].Addr()) != nil {
			t.Errorf("%+v", b.Resources())
		}
	})
}

// ordered is a mesh of one function that reads through one subscription, whatever its
// name, and keeps order.
func ordered(name string) *state.State {
	s := state.New(meshID)
	s.Put(&state.Namespace{Name: "public/default"})
	s.Put(&state.Topic{Name: topicName(0), Owner: meshID.String()})
	s.Put(&state.Subscription{Topic: topicName(0), Name: "sub", Owner: meshID.String()})
	s.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: name, Owner: meshID.String(), Fields: map[string]any{
		"inputs": []any{topicName(0)}, "subName": "sub", "parallelism": 1.0, "retainOrdering": true, "processingGuarantees": "ATLEAST_ONCE",
	}})
	return s
}
