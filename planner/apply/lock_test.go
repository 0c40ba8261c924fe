package apply_test

import (
	"context"
	"errors"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var (
	alice = backend.Holder{User: "alice", Host: "a", Command: "apply"}
	bob   = backend.Holder{User: "bob", Host: "b", Command: "apply"}
)

// lockFor is the lock of a run of someone.
func lockFor(b *memory.Backend, who backend.Holder) func(context.Context) (backend.Lease, error) {
	return func(ctx context.Context) (backend.Lease, error) { return b.Lock(ctx, meshID, who) }
}

func TestOneRunAtATime(t *testing.T) {
	b := cluster()
	p := planFor(t, b, wide(3))
	var second error
	b.Fault(func(plan.Step) error {
		if second == nil {
			_, second = apply.Run(t.Context(), b, p, apply.Options{Lock: lockFor(b, bob)})
		}
		return nil
	})
	report, err := apply.Run(t.Context(), b, p, apply.Options{Lock: lockFor(b, alice)})
	if err != nil || !report.OK() {
		t.Fatal(err, report)
	}
	var held *backend.HeldError
	if !errors.As(second, &held) || held.Holder != alice {
		t.Errorf("the second run: %v", second)
	}
	if b.Writes() != 3 {
		t.Errorf("%d writes", b.Writes())
	}
}

// The lock is taken before the base is read: a plan that another run has made
// stale is told so by the one that comes next.
func TestTheBaseIsReadUnderTheLock(t *testing.T) {
	b := cluster()
	p := planFor(t, b, wide(1))
	lock := func(ctx context.Context) (backend.Lease, error) {
		b.Put(wide(1).Components()[0])
		return lockFor(b, alice)(ctx)
	}
	_, err := apply.Run(t.Context(), b, p, apply.Options{Lock: lock})
	if !errors.As(err, new(*apply.StaleError)) {
		t.Error(err)
	}
}

// A lock that is lost ends the run: no write begins after it.
func TestALostLockEndsTheRun(t *testing.T) {
	b := cluster()
	want := wide(8)
	p := planFor(t, b, want)
	writes := 0
	b.Fault(func(s plan.Step) error {
		if s.Op.Writes() {
			if writes++; writes == 3 {
				b.Seize(meshID, bob)
			}
		}
		return nil
	})
	report, err := apply.Run(t.Context(), b, p, apply.Options{Parallelism: 1, Lock: lockFor(b, alice)})
	if err != nil {
		t.Fatal(err)
	}
	var held *backend.HeldError
	if report.OK() || !errors.As(report.Unlocked, &held) || held.Holder != bob {
		t.Errorf("%v", report.Unlocked)
	}
	if b.Writes() != 3 || len(report.Failed) > 0 || len(report.Done)+len(report.Skipped) != len(p.Steps) {
		t.Errorf("%d writes; %d done, %d failed, %d skipped", b.Writes(), len(report.Done), len(report.Failed), len(report.Skipped))
	}
}

// A lost lock ends even a replacement between its halves: what is missing is for
// the run that has the lock.
func TestALostLockEndsReplacements(t *testing.T) {
	b := cluster()
	before, after := wide(1), wide(1)
	run(t, b, planFor(t, b, before))
	after.Components()[0].Fields["inputs"] = []any{"x"}
	p := planFor(t, b, after)
	b.Fault(func(s plan.Step) error {
		if s.Op == plan.Delete {
			b.Seize(meshID, bob)
		}
		return nil
	})
	writes := b.Writes()
	report, err := apply.Run(t.Context(), b, p, apply.Options{Lock: lockFor(b, alice)})
	if err != nil || report.Unlocked == nil || b.Writes() > writes+1 {
		t.Errorf("%v, %v, %d writes", err, report.Unlocked, b.Writes()-writes)
	}
}

// inNewNamespace is a mesh of which nothing is there, the namespace neither.
func inNewNamespace(t *testing.T) (*memory.Backend, *plan.Plan) {
	b := memory.New(rules{})
	want := wide(2)
	want.Put(&state.Namespace{Name: "public/default", Owner: meshID.String()})
	return b, planFor(t, b, want)
}

func TestTheNamespaceIsMadeBeforeTheLock(t *testing.T) {
	b, p := inNewNamespace(t)
	report, err := apply.Run(t.Context(), b, p, apply.Options{Lock: lockFor(b, alice)})
	if err != nil || !report.OK() || len(report.Done) != len(p.Steps) {
		t.Fatal(err, report)
	}
	if who, held := b.Holder(meshID); !held || who != alice {
		t.Error("it went on without a lock")
	}
}

// Of two runs that make the namespace one goes on; the other says what it did.
func TestTwoMakeTheNamespace(t *testing.T) {
	for name, other := range map[string]func(*memory.Backend){
		"the other has the lock": func(b *memory.Backend) { b.Seize(meshID, bob) },
		"the other is done":      func(b *memory.Backend) { b.Put(wide(1).Components()[0]) },
	} {
		b, p := inNewNamespace(t)
		b.Fault(func(s plan.Step) error {
			if s.Addr.Kind() == state.KindNamespace {
				other(b)
			}
			return nil
		})
		report, err := apply.Run(t.Context(), b, p, apply.Options{Lock: lockFor(b, alice)})
		if err != nil || report.Unlocked == nil || errors.As(report.Unlocked, new(*apply.StaleError)) {
			t.Errorf("%s: %v, %v", name, err, report.Unlocked)
		}
		if len(report.Done) != 1 || len(report.Skipped) != len(p.Steps)-1 || b.Writes() != 1 {
			t.Errorf("%s: %d done, %d skipped, %d writes", name, len(report.Done), len(report.Skipped), b.Writes())
		}
	}
}

func TestANamespaceThatCannotBeMade(t *testing.T) {
	b, p := inNewNamespace(t)
	refused := errors.New("no")
	b.Fault(func(plan.Step) error { return refused })
	report, err := apply.Run(t.Context(), b, p, apply.Options{Lock: lockFor(b, alice)})
	if err != nil || len(report.Failed) != 1 || len(report.Skipped) != len(p.Steps)-1 || !errors.Is(report.Failed[0].Err, refused) {
		t.Errorf("%v, %+v", err, report)
	}
}
