package reconcile_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// shifting are records that become others.
type shifting struct {
	record.Store
	now atomic.Pointer[record.Store]
}

func (s *shifting) Heads(ctx context.Context) ([]record.Head, error) {
	return (*s.now.Load()).Heads(ctx)
}
func (s *shifting) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	return (*s.now.Load()).Head(ctx, id)
}
func (s *shifting) Body(ctx context.Context, h record.Head) (*record.Body, error) {
	return (*s.now.Load()).Body(ctx, h)
}

// TestLostRecords: where the place of records has lost its end, meshes are compared with
// what is on record from then on.
func TestLostRecords(t *testing.T) {
	inBubble(t, func(w *world) {
		s := &shifting{Store: w.store}
		s.now.Store(&w.store)
		w.cfg.Store = s
		first := w.deploy("m", "", "parallelism: 1")
		body, err := w.store.Body(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		w.deploy("m", "", "parallelism: 4")
		defer w.start()()
		w.wait(time.Minute)
		if told := w.reports(); len(told) != 0 {
			t.Fatalf("nothing has changed: %+v", told)
		}
		var left record.Store = memory.NewRecords()
		first.Revision = 1
		if _, err := left.Write(t.Context(), first, body); err != nil {
			t.Fatal(err)
		}
		s.now.Store(&left)
		w.wait(soon)
		if rep := one(t, w.reports()); rep.Version != 1 || len(rep.Drift) != 1 || rep.Drift[0].Addr != addr("m-b") {
			t.Errorf("%+v", rep)
		}
	})
}
