package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner/record"
)

// TestTheBudgetOutlivesLeaders: how many repairs are made in an hour does not depend on
// how often the lead changes, whether a manager begins, or gets the lead back.
func TestTheBudgetOutlivesLeaders(t *testing.T) {
	inBubble(t, func(w *world) {
		names := []string{"m", "n", "o", "p", "q"}
		for _, name := range names {
			w.deploy(name, repair, "parallelism: 1")
		}
		w.cfg.Limits = reconcile.Limits{AllRepairs: 2}
		repairs := func() (n int) {
			for _, name := range names {
				past, err := w.store.History(context.Background(), mesh.ID{Tenant: "public", Namespace: "default", Name: name}, 0, 1000)
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range past {
					if h.Action == record.Repair {
						n++
					}
				}
			}
			return n
		}
		// lead lets a reconciler lead for a while, in which someone breaks two meshes.
		lead := func(r *reconcile.Reconciler, broken ...string) {
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error)
			go func() { done <- r.Run(ctx) }()
			w.wait(30 * time.Second)
			for _, name := range broken {
				w.edit(name+"-a", "parallelism", 3.0)
			}
			w.wait(2 * time.Minute)
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		first, second := reconcile.New(w.cfg), reconcile.New(w.cfg)
		lead(first)
		lead(second, "m", "n")
		if n := repairs(); n != 2 {
			t.Fatalf("%d repairs by the first who was to make any", n)
		}
		lead(first, "o")
		if n := repairs(); n != 2 {
			t.Errorf("%d repairs after one that led before has got the lead back, and the budget is 2", n)
		}
		lead(reconcile.New(w.cfg), "p", "q")
		if n := repairs(); n != 2 {
			t.Errorf("%d repairs after a third manager has led, and the budget is 2", n)
		}
		w.wait(time.Hour)
		lead(second)
		if n := repairs(); n != 4 {
			t.Errorf("%d repairs an hour later, want 2 more", n)
		}
	})
}

// TestTheBudgetOfAMeshOutlivesLeaders: who gets the lead back knows what was spent meanwhile.
func TestTheBudgetOfAMeshOutlivesLeaders(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1")
		w.cfg.Limits = reconcile.Limits{Repairs: 2, MaxBackoff: 2 * time.Second}
		both := []*reconcile.Reconciler{reconcile.New(w.cfg), reconcile.New(w.cfg)}
		for i := range 6 {
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error)
			go func() { done <- both[i%2].Run(ctx) }()
			w.wait(30 * time.Second)
			w.edit("m-a", "parallelism", 3.0)
			w.wait(time.Minute)
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		if h := w.head("m"); h.Version != 3 {
			t.Errorf("%d repairs of a mesh within minutes, and the budget is 2", h.Version-1)
		}
	})
}
