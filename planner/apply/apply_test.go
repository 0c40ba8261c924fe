package apply_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// wide is a mesh of n functions that do not need each other.
func wide(n int) *state.State {
	s := state.New(meshID)
	s.Put(&state.Namespace{Name: "public/default"})
	for i := range n {
		s.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: fmt.Sprintf("f%02d", i), Owner: meshID.String(),
			Fields: map[string]any{"inputs": []any{}, "parallelism": 1.0, "processingGuarantees": "ATLEAST_ONCE"}})
	}
	return s
}

func TestRefusals(t *testing.T) {
	b := cluster()
	once := wide(1)
	fields := once.Components()[0].Fields
	fields["processingGuarantees"], fields["inputs"], fields["output"] = "EFFECTIVELY_ONCE", []any{topicName(0)}, topicName(1)
	risky := planFor(t, b, once)
	elsewhere := *planFor(t, b, wide(1))
	elsewhere.Cluster.Name = "production"
	stale := planFor(t, b, wide(1))
	b.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "f00", Fields: map[string]any{}})

	var risk *apply.RiskError
	if _, err := apply.Run(t.Context(), b, risky, apply.Options{}); !errors.As(err, &risk) {
		t.Errorf("risk: %v", err)
	}
	var other *apply.ClusterError
	if _, err := apply.Run(t.Context(), b, &elsewhere, apply.Options{}); !errors.As(err, &other) {
		t.Errorf("cluster: %v", err)
	}
	var old *apply.StaleError
	if _, err := apply.Run(t.Context(), b, stale, apply.Options{}); !errors.As(err, &old) || len(old.Moved) != 1 {
		t.Errorf("stale: %v", err)
	}
	if b.Writes() != 0 {
		t.Errorf("%d writes", b.Writes())
	}
}

// slow is a cluster in which a write takes a second and that counts how many are
// in the air.
type slow struct {
	*memory.Backend
	now, most atomic.Int64
	fail      func(plan.Step) error
}

func (s *slow) Do(ctx context.Context, step plan.Step, events func(backend.Event)) error {
	if step.Op.Writes() {
		s.most.Store(max(s.most.Load(), s.now.Add(1)))
		defer s.now.Add(-1)
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.fail != nil {
		if err := s.fail(step); err != nil {
			return err
		}
	}
	return s.Backend.Do(ctx, step, events)
}

func TestWritesInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct{ asked, want int64 }{{0, 4}, {1, 1}, {9, 9}} {
			b := &slow{Backend: cluster()}
			report, err := apply.Run(t.Context(), b, planFor(t, b.Backend, wide(20)), apply.Options{Parallelism: int(c.asked)})
			if err != nil || !report.OK() || b.most.Load() != c.want {
				t.Errorf("asked for %d: %d in flight, %v %+v", c.asked, b.most.Load(), err, report.Failed)
			}
		}
	})
}

func TestOverloadHalvesTheWritesInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &slow{Backend: cluster()}
		var fails, after atomic.Int64
		b.fail = func(s plan.Step) error {
			if s.Op == plan.Create && fails.Add(1) <= 8 {
				return &backend.Temporary{Err: errors.New("no thread left"), Overload: true}
			}
			if s.Op == plan.Create {
				after.Store(max(after.Load(), b.now.Load()))
			}
			return nil
		}
		report, err := apply.Run(t.Context(), b, planFor(t, b.Backend, wide(12)), apply.Options{Parallelism: 8})
		if err != nil || !report.OK() {
			t.Fatalf("%v %+v", err, report)
		}
		if n := after.Load(); n > 4 {
			t.Errorf("%d writes in flight soon after the overload", n)
		}
	})
}

func TestStopFinishesWhatIsInTheAir(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &slow{Backend: cluster()}
		stop := make(chan struct{})
		time.AfterFunc(1500*time.Millisecond, func() { close(stop) })
		report, err := apply.Run(t.Context(), b, planFor(t, b.Backend, wide(10)), apply.Options{Stop: stop})
		if err != nil {
			t.Fatal(err)
		}
		// Two rounds of four writes had begun; the waits of the first round were cut.
		if !report.Interrupted || b.Writes() != 8 || len(report.Failed) != 0 {
			t.Errorf("interrupted %v, %d writes, failed %+v", report.Interrupted, b.Writes(), report.Failed)
		}
		if n := len(report.Done) + len(report.Skipped); n != 30 {
			t.Errorf("%d of 30 steps accounted for", n)
		}
	})
}

func TestPassingErrorsAreMetWithPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			err   error
			least time.Duration
			most  time.Duration
		}{
			{&backend.Temporary{Err: errors.New("starting")}, 3 * time.Minute, 4 * time.Minute},
			{&backend.NotReached{URL: "http://x", Err: errors.New("refused")}, 30 * time.Second, time.Minute},
			{errors.New("refused"), time.Second, time.Second},
		} {
			b := &slow{Backend: cluster(), fail: func(plan.Step) error { return c.err }}
			begin := time.Now()
			report, err := apply.Run(t.Context(), b, planFor(t, b.Backend, wide(1)), apply.Options{})
			took := time.Since(begin)
			if err != nil || len(report.Failed) != 1 || took < c.least || took > c.most {
				t.Errorf("%v: took %v, %v %+v", c.err, took, err, report.Failed)
			}
		}
	})
}

func TestADrainThatDoesNotEnd(t *testing.T) {
	live, want := state.New(meshID), state.New(meshID)
	f := &state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "f", Owner: meshID.String(),
		Fields: map[string]any{"inputs": []any{"persistent://public/default/t"}, "parallelism": 1.0}}
	live.Put(f)
	live.Put(&state.Subscription{Topic: "persistent://public/default/t", Name: "public/default/f", Owner: meshID.String()})
	for _, allow := range [][]plan.RiskKind{nil, {plan.MessageLoss}} {
		synctest.Test(t, func(t *testing.T) {
			b := &slow{Backend: cluster(), fail: func(s plan.Step) error {
				if s.Op == plan.Drain {
					return &backend.Temporary{Err: errors.New("3 messages in the backlog")}
				}
				return nil
			}}
			for _, r := range live.Resources {
				b.Put(r)
			}
			b.SetFacts(state.SubscriptionAddr("persistent://public/default/t", "public/default/f"), state.Facts{Backlog: 3})
			now, _ := b.Read(t.Context(), backend.Scope{Mesh: meshID})
			p := plan.New(plan.Header{Cluster: plan.Cluster{Name: "memory", URL: "memory:"}, Allowed: allow}, now, want, changesOf(now, want))
			report, err := apply.Run(t.Context(), b, p, apply.Options{Allow: allow})
			if err != nil {
				t.Fatal(err)
			}
			if lossy := allow != nil; report.OK() != lossy {
				t.Errorf("allowed %v: %+v", allow, report)
			}
			if _, there := b.Resources()[f.Addr()]; there != (allow == nil) {
				t.Errorf("allowed %v: the function is there: %v", allow, there)
			}
		})
	}
}

func changesOf(live, want *state.State) []diff.Change {
	changes, _ := diff.Diff(live, want, rules{}, diff.Options{})
	return changes
}

type rules struct{}

func (rules) Rule(state.Kind, string) diff.Rule { return diff.Rule{} }

func TestAPanicIsTheFailureOfItsStep(t *testing.T) {
	b := &slow{Backend: cluster()}
	b.fail = func(s plan.Step) error {
		if s.Addr == state.ComponentAddr(state.KindFunction, "public", "default", "f01") {
			panic("oh")
		}
		return nil
	}
	synctest.Test(t, func(t *testing.T) {
		report, err := apply.Run(t.Context(), b, planFor(t, b.Backend, wide(3)), apply.Options{})
		if err != nil || len(report.Failed) != 1 || len(report.Done) != 6 {
			t.Errorf("%v %+v", err, report)
		}
	})
}

// A stop between the two halves of a replacement must not leave the function away.
func TestStopCompletesReplacements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &slow{Backend: cluster()}
		run(t, b.Backend, planFor(t, b.Backend, wide(1)))
		want := wide(1)
		want.Components()[0].Fields["retainOrdering"] = true
		p := planFor(t, b.Backend, want)
		stop := make(chan struct{})
		time.AfterFunc(500*time.Millisecond, func() { close(stop) })
		report, err := apply.Run(t.Context(), b, p, apply.Options{Stop: stop})
		if err != nil || !report.Interrupted {
			t.Fatalf("%v %+v", err, report)
		}
		if f, ok := b.Resources()[want.Components()[0].Addr()].(*state.Component); !ok || f.Fields["retainOrdering"] != true {
			t.Errorf("the function is %+v", f)
		}
	})
}

func TestCodeThatIsNotThePlannedOne(t *testing.T) {
	b := cluster()
	file := filepath.Join(t.TempDir(), "code.jar")
	want := wide(1)
	want.Put(&state.Package{URL: "function://public/default/orders@x", SHA256: "aa", Path: file, Owner: meshID.String()})
	p := planFor(t, b, want)
	for range 2 {
		if _, err := apply.Run(t.Context(), b, p, apply.Options{}); err == nil || b.Writes() != 0 {
			t.Errorf("error %v, %d writes", err, b.Writes())
		}
		if err := os.WriteFile(file, []byte("other"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStopBeforeTheFirstStep(t *testing.T) {
	b := cluster()
	stop := make(chan struct{})
	close(stop)
	report, err := apply.Run(t.Context(), b, planFor(t, b, wide(3)), apply.Options{Stop: stop})
	if err != nil || !report.Interrupted || b.Writes() != 0 || len(report.Skipped) != 9 {
		t.Errorf("%v %+v, %d writes", err, report, b.Writes())
	}
}
