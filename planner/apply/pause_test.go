package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// onceStates are states as others, most functions of which lose messages when they stop.
func onceStates() *rapid.Generator[*state.State] {
	return rapid.Custom(func(t *rapid.T) *state.State {
		s := states().Draw(t, "state")
		for _, f := range s.Components() {
			f.Fields["processingGuarantees"] = rapid.SampledFrom([]string{"EFFECTIVELY_ONCE", "EFFECTIVELY_ONCE", "ATLEAST_ONCE"}).Draw(t, f.Name+" guarantee")
		}
		return s
	})
}

// runsAll checks that nothing is stopped.
func runsAll(t rapid.TB, b *memory.Backend) {
	t.Helper()
	for addr := range b.Resources() {
		if b.Stopped(addr) {
			t.Fatalf("%s is still stopped", addr)
		}
	}
}

// planStrict is planFor without any risk allowed.
func planStrict(t rapid.TB, b *memory.Backend, want *state.State) *plan.Plan {
	live, err := b.Read(context.Background(), backend.Scope{Mesh: meshID, Addrs: want.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	changes, findings := diff.Diff(live, want, native.Rules{}, diff.Options{})
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return plan.New(plan.Header{Backend: "memory", Cluster: plan.Cluster{Name: "memory", URL: "memory:"}}, live, want, changes)
}

// watched is a cluster that is looked at before each step.
type watched struct {
	*memory.Backend
	mu   sync.Mutex
	look func(plan.Step)
}

func (w *watched) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	w.mu.Lock()
	w.look(s)
	w.mu.Unlock()
	return w.Backend.Do(ctx, s, events)
}

// A component that loses messages stops only when all that writes its inputs is
// stopped or gone and it is drained, or else the plan says that it can lose.
func TestWhatCouldLoseStopsInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, onceStates().Draw(t, "from")))
		standing := partlyStopped(t, b)
		p := planStrict(t, b, onceStates().Draw(t, "to"))
		for _, s := range p.Steps {
			if s.Op == plan.Update && s.Addr.Kind().IsComponent() && !couldLose(s) {
				delete(standing, s.Addr) // what the update states is true of the start after it
			}
		}
		drained := map[state.Addr]bool{}
		var noise []string
		w := &watched{Backend: b, look: func(s plan.Step) {
			f, ok := s.Change.Before.(*state.Component)
			switch {
			case s.Op == plan.Drain && s.Quiet:
				drained[s.Addr] = true
			case ok && (stopsOnce(s) || s.Op == plan.Resume && standing[s.Addr] && couldLose(s)):
				noise = append(noise, loud(b, f, drained)...)
				standing[s.Addr] = standing[s.Addr] && s.Op == plan.Update
			}
		}}
		report, err := apply.Run(context.Background(), w, p, apply.Options{Allow: allRisks})
		if err != nil || !report.OK() {
			t.Fatalf("%v %+v", err, report)
		}
		if len(noise) > 0 {
			t.Fatalf("%v in %v", noise, ids(p))
		}
		runsAll(t, b)
	})
}

// partlyStopped lets some components have an instance that stands still beside others,
// which it gives, and some stand as a whole.
func partlyStopped(t *rapid.T, b *memory.Backend) map[state.Addr]bool {
	out := map[state.Addr]bool{}
	live := state.New(meshID)
	live.Resources = b.Resources()
	for _, f := range live.Components() {
		switch rapid.IntRange(0, 5).Draw(t, f.Name+" stands") {
		case 0:
			out[f.Addr()] = true
			b.SetFacts(f.Addr(), state.Facts{Stopped: 1})
		case 1:
			b.Stop(f.Addr(), true)
		}
	}
	return out
}

// couldLose tells whether the component of a step loses messages when it stops under
// load, and the step does not state that as a risk.
func couldLose(s plan.Step) bool {
	return s.Change.Before.(*state.Component).Guarantees() == "EFFECTIVELY_ONCE" && !slices.ContainsFunc(s.Risks, func(r plan.Risk) bool { return r.Kind == plan.MessageLoss })
}

// stopsOnce tells whether a step stops instances that would lose messages under
// load, which the plan does not state as a risk.
func stopsOnce(s plan.Step) bool {
	if !couldLose(s) {
		return false
	}
	after, stays := s.Change.After.(*state.Component)
	switch s.Op {
	case plan.Pause, plan.Update:
		return true
	case plan.Delete:
		return stays && after.Guarantees() == "EFFECTIVELY_ONCE"
	}
	return false
}

// loud says what is not silent around a component.
func loud(b *memory.Backend, f *state.Component, drained map[state.Addr]bool) []string {
	var out []string
	for _, topic := range f.Inputs() {
		if sub := state.SubscriptionAddr(topic, f.Subscription()); !drained[sub] {
			out = append(out, fmt.Sprintf("%s is not drained", sub))
		}
		for addr, r := range b.Resources() {
			if w, ok := r.(*state.Component); ok && slices.Contains(w.Writes(), topic) && !b.Stopped(addr) {
				out = append(out, fmt.Sprintf("%s writes to %s", addr, f.Addr()))
			}
		}
	}
	return out
}

// Whatever cuts a run, the next one converges and leaves nothing stopped.
func TestNothingStaysPausedAfterACutRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, onceStates().Draw(t, "from")))
		want := onceStates().Draw(t, "to")
		p := planFor(t, b, want)
		left := rapid.IntRange(0, len(p.Steps)).Draw(t, "steps before the end")
		kill := rapid.Bool().Draw(t, "for good")
		b.Fault(func(plan.Step) error {
			if left--; left < 0 && (kill || left == -1) {
				return errKilled
			}
			return nil
		})
		_, _ = apply.Run(context.Background(), b, p, apply.Options{Allow: allRisks, Parallelism: 1})
		b.Fault(nil)
		if r := run(t, b, planFor(t, b, want)); !r.OK() {
			t.Fatalf("%+v", r)
		}
		holds(t, b, want)
		runsAll(t, b)
		if p := planFor(t, b, want); !p.Empty() {
			t.Fatalf("second plan is not empty: %v", ids(p))
		}
	})
}

// line is a mesh of three functions in a row, the last of which loses messages when
// it stops under load.
func line(parallelism float64) *state.State {
	s := state.New(meshID)
	s.Put(&state.Namespace{Name: "public/default"})
	for i, guarantee := range []string{"ATLEAST_ONCE", "ATLEAST_ONCE", "EFFECTIVELY_ONCE"} {
		f := &state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: fmt.Sprintf("f%d", i), Owner: meshID.String(),
			Fields: map[string]any{
				"inputs": []any{topicName(i)}, "output": topicName(i + 1), "parallelism": 1.0, "processingGuarantees": guarantee,
			}}
		if i == 2 {
			f.Fields["parallelism"] = parallelism
		}
		s.Put(f)
		s.Put(&state.Topic{Name: topicName(i), Owner: meshID.String()})
		s.Put(&state.Topic{Name: topicName(i + 1), Owner: meshID.String()})
		s.Put(&state.Subscription{Topic: topicName(i), Name: f.Subscription(), Owner: meshID.String()})
	}
	return s
}

// What was paused for a change that fails goes on unless the change may still happen.
func TestAFailedChangeLeavesNothingPaused(t *testing.T) {
	refused, cut := errors.New("refused"), &backend.Temporary{Err: errors.New("no answer")}
	for _, c := range []struct {
		name, step string
		err        error
		stays      bool
	}{
		{"not drained", "drain", refused, false},
		{"refused", "update", refused, false},
		{"moved", "update", fmt.Errorf("f2: %w", backend.ErrMoved), false},
		{"unknown whether it was made", "update", cut, true},
		{"made, and the new instances do not run", "await-running", refused, true},
		{"not paused", "pause", refused, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := cluster()
				run(t, b, planFor(t, b, line(1)))
				b.Fault(func(s plan.Step) error {
					if string(s.Op) == c.step {
						return c.err
					}
					return nil
				})
				report := run(t, b, planFor(t, b, line(2)))
				f1 := state.ComponentAddr(state.KindFunction, "public", "default", "f1")
				if b.Stopped(f1) != c.stays || slices.Contains(report.Paused(), f1) != c.stays {
					t.Errorf("stopped: %v, said: %v, %+v", b.Stopped(f1), report.Paused(), report)
				}
				if len(report.Failed) != 1 {
					t.Errorf("%d steps failed", len(report.Failed))
				}
			})
		})
	}
}

// A stop lets what is paused go on where that is safe: not when the change is made
// and the new instances have not been awaited.
func TestStopWhileSomethingIsPaused(t *testing.T) {
	for op, stays := range map[plan.Op]bool{plan.Pause: false, plan.Drain: false, plan.Update: true, plan.AwaitRunning: true, plan.Resume: false} {
		synctest.Test(t, func(t *testing.T) {
			b := &slow{Backend: cluster()}
			run(t, b.Backend, planFor(t, b.Backend, line(1)))
			stop := make(chan struct{})
			b.fail = func(s plan.Step) error {
				if s.Op == op {
					close(stop)
					time.Sleep(time.Millisecond) // the stop is seen while the step is in the air
				}
				return nil
			}
			report, err := apply.Run(t.Context(), b, planStrict(t, b.Backend, line(2)), apply.Options{Stop: stop})
			if err != nil || len(report.Failed) > 0 {
				t.Fatalf("%s: %v %+v", op, err, report)
			}
			f1 := state.ComponentAddr(state.KindFunction, "public", "default", "f1")
			if b.Stopped(f1) != stays || slices.Contains(report.Paused(), f1) != stays {
				t.Errorf("%s: stopped: %v, said: %v", op, b.Stopped(f1), report.Paused())
			}
			if r := run(t, b.Backend, planFor(t, b.Backend, line(2))); !r.OK() {
				t.Errorf("%s: %+v", op, r)
			}
			runsAll(t, b.Backend)
		})
	}
}
