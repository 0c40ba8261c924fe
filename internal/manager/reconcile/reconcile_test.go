package reconcile_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// soon is when a change by hand has to be reported at the latest.
const soon = 10 * time.Second

// one is the only report of a list.
func one(t testing.TB, reports []reconcile.Report) reconcile.Report {
	t.Helper()
	if len(reports) != 1 {
		t.Fatalf("%d reports: %+v", len(reports), reports)
	}
	return reports[0]
}

func views() map[string]func(*memory.Backend) backend.Backend {
	return map[string]func(*memory.Backend) backend.Backend{
		"glance": func(b *memory.Backend) backend.Backend { return b },
		"whole":  func(b *memory.Backend) backend.Backend { return &blind{b, b} },
	}
}

// TestDriftIsReported: what a hand changes is told once, field by field, and when it is
// back; nothing is written.
func TestDriftIsReported(t *testing.T) {
	for name, view := range views() {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				b := view(w.b)
				w.cfg.Open = func(context.Context, record.Head) (backend.Backend, error) { return b, nil }
				w.deploy("m", "", "parallelism: 1")
				writes := w.b.Writes()
				defer w.start()()
				w.wait(time.Minute)
				if told := w.reports(); len(told) != 0 {
					t.Fatalf("nothing has changed: %+v", told)
				}
				began := time.Now()
				w.edit("m-a", "parallelism", 3.0)
				w.wait(soon)
				rep := one(t, w.reports())
				want := []reconcile.Drift{{
					Addr: addr("m-a"), Action: diff.Update, Why: diff.Differs, Drifted: true,
					Fields: []diff.FieldChange{{Field: "parallelism", Before: 3.0, After: 2.0}},
				}}
				if d := cmp.Diff(want, rep.Drift); d != "" || rep.Mesh != "public/default/m" || rep.Version != 1 {
					t.Errorf("%+v\n%s", rep, d)
				}
				if rep.Since.Before(began) || rep.Since.After(began.Add(soon)) || rep.Repair != nil {
					t.Errorf("since %v, and was changed at %v: %+v", rep.Since, began, rep.Repair)
				}
				w.wait(time.Hour)
				if told := w.reports(); len(told) != 0 {
					t.Errorf("told again: %+v", told)
				}
				w.edit("m-a", "parallelism", 2.0)
				w.edit("m-b", "parallelism", 2.0)
				w.wait(soon)
				if rep := one(t, w.reports()); len(rep.Drift) != 1 || rep.Drift[0].Addr != addr("m-b") {
					t.Errorf("another one: %+v", rep)
				}
				w.edit("m-b", "parallelism", 1.0)
				w.wait(soon)
				if rep := one(t, w.reports()); !rep.Clean() {
					t.Errorf("it is back, and told as %+v", rep)
				}
				if w.b.Writes() != writes {
					t.Error("something was written")
				}
			})
		})
	}
}

// TestWhatElseDrifts: a function that is gone, one that is nobody's any more, and a
// subscription, which only a whole plan shows.
func TestWhatElseDrifts(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", "", "parallelism: 1")
		defer w.start()()
		w.wait(time.Minute)
		w.b.Drop(addr("m-b"))
		w.wait(soon)
		if rep := one(t, w.reports()); len(rep.Drift) != 1 || rep.Drift[0].Action != diff.Create || rep.Drift[0].Addr != addr("m-b") {
			t.Errorf("a function that is gone: %+v", rep)
		}
		sub := state.SubscriptionAddr("persistent://public/default/m-mid", "public/default/m-b")
		w.b.Drop(sub)
		w.wait(12 * time.Minute)
		if rep := one(t, w.reports()); len(rep.Drift) != 2 || rep.Drift[1].Addr != sub {
			t.Errorf("and its subscription: %+v", rep)
		}
		c := *w.b.Resources()[addr("m-a")].(*state.Component)
		c.Owner = ""
		w.b.Put(&c)
		w.wait(soon)
		if rep := one(t, w.reports()); rep.Problem == "" {
			t.Errorf("without its marker: %+v", rep)
		}
	})
}

// TestFailingInstances: one that ends with an error is told when it is certain, and as
// gone when it has stayed up for a while; it is not deployed again.
func TestFailingInstances(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", "reconcile: repair\n", "parallelism: 1")
		writes := w.b.Writes()
		defer w.start()()
		w.wait(time.Minute)
		w.b.Break(addr("m-b"), "no module named words")
		w.wait(15 * time.Second)
		rep := one(t, w.reports())
		if d := cmp.Diff([]reconcile.Failing{{Addr: addr("m-b"), Error: "no module named words"}}, rep.Failing); d != "" || len(rep.Missing) != 0 {
			t.Error(d, rep.Missing)
		}
		w.wait(20 * time.Minute)
		w.b.Break(addr("m-b"), "")
		w.wait(time.Minute)
		if told := w.reports(); len(told) != 0 {
			t.Errorf("it has not stayed up for long: %+v", told)
		}
		w.wait(time.Minute)
		if rep := one(t, w.reports()); !rep.Clean() {
			t.Errorf("%+v", rep)
		}
		if w.b.Writes() != writes || w.head("m").Version != 1 {
			t.Error("it was deployed again")
		}
	})
}

// TestStandingStill: a component that someone has stopped, or that its worker could not
// start and has given up, is told, the latter with what it says, and started again only
// where that is asked for.
func TestStandingStill(t *testing.T) {
	for _, tt := range []struct {
		name    string
		still   func(*memory.Backend, state.Addr)
		failing string
	}{
		{"stopped by hand", func(b *memory.Backend, a state.Addr) { b.Stop(a, true) }, ""},
		{"given up", (*memory.Backend).Strand, "HTTP 503 Service Unavailable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				w.deploy("told", "", "parallelism: 2")
				w.deploy("mended", "reconcile: repair\n", "parallelism: 1")
				defer w.start()()
				w.wait(time.Minute)
				tt.still(w.b, addr("told-b"))
				w.wait(15 * time.Second)
				rep := one(t, w.reports())
				if len(rep.Missing) != 1 || rep.Missing[0].Addr != addr("told-b") || rep.Missing[0].Wanted != 2 || rep.Missing[0].Stopped != 2 {
					t.Errorf("%+v", rep)
				}
				if failing := 2 * min(1, len(tt.failing)); len(rep.Failing) != failing || failing > 0 && rep.Failing[0].Error != tt.failing {
					t.Errorf("%+v", rep.Failing)
				}
				tt.still(w.b, addr("mended-b"))
				w.wait(20 * time.Second)
				if rep := one(t, w.reports()); len(rep.Missing) != 1 || rep.Repair != nil {
					t.Errorf("it may only start: %+v", rep)
				}
				w.wait(30 * time.Second)
				if h := w.head("mended"); w.b.Stopped(addr("mended-b")) || h.Action != record.Repair || h.Reason.Text != "instances stood still" {
					t.Errorf("%+v", h)
				}
				if !w.b.Stopped(addr("told-b")) || w.head("told").Version != 1 {
					t.Error("it was started where nobody asked for it")
				}
			})
		})
	}
}

// TestNotWatched: a mesh with a run in the air, one whose newest run failed, and one
// that is gone are left alone.
func TestNotWatched(t *testing.T) {
	inBubble(t, func(w *world) {
		h := w.deploy("m", "reconcile: repair\n", "parallelism: 1")
		defer w.start()()
		w.wait(time.Minute)
		write := func(action record.Action, outcome record.Outcome) {
			t.Helper()
			h.Revision++
			h.Version++
			h.Unlocked = false // runs of managers hold the lock
			h.Action, h.Outcome, h.Began = action, outcome, time.Now()
			if _, err := w.store.Write(t.Context(), h, nil); err != nil {
				t.Fatal(err)
			}
			w.wait(soon)
		}
		write(record.Apply, record.Running)
		w.edit("m-a", "parallelism", 3.0)
		w.wait(10 * time.Minute)
		write(record.Apply, record.Failed)
		w.wait(10 * time.Minute)
		if told := w.reports(); len(told) != 0 || w.field("m-a", "parallelism") != 3.0 {
			t.Errorf("%+v", told)
		}
		// Such is a version that was repaired by a manager which is no more.
		write(record.Repair, record.Running)
		if w.field("m-a", "parallelism") != 3.0 {
			t.Error("the manager may be there yet")
		}
		w.wait(3 * time.Minute)
		if h = w.head("m"); w.field("m-a", "parallelism") != 2.0 || h.Outcome != record.Applied || h.Action != record.Repair {
			t.Errorf("%+v", h)
		}
		w.edit("m-a", "parallelism", 3.0)
		write(record.Destroy, record.Applied)
		w.reports()
		w.wait(time.Hour)
		if told := w.reports(); len(told) != 0 || w.field("m-a", "parallelism") != 3.0 {
			t.Errorf("after its end: %+v", told)
		}
	})
}

// TestTheEndOfAMesh: a report ends with its mesh.
func TestTheEndOfAMesh(t *testing.T) {
	inBubble(t, func(w *world) {
		h := w.deploy("m", "", "parallelism: 1")
		defer w.start()()
		w.edit("m-a", "parallelism", 3.0)
		w.wait(soon)
		if rep := one(t, w.reports()); rep.Clean() {
			t.Error("no drift")
		}
		h.Revision, h.Version, h.Action = h.Revision+1, 2, record.Destroy
		if _, err := w.store.Write(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		w.wait(soon)
		if rep := one(t, w.reports()); !rep.Clean() {
			t.Errorf("%+v", rep)
		}
		if s, err := w.r.Stats(); s.Meshes != 0 || err != nil {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestLooksThatFail: one says nothing, two are told, and what was found before stays.
func TestLooksThatFail(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", "", "parallelism: 1")
		var fails atomic.Bool
		w.cfg.Open = func(context.Context, record.Head) (backend.Backend, error) {
			if fails.Load() {
				return nil, context.DeadlineExceeded
			}
			return w.b, nil
		}
		defer w.start()()
		w.edit("m-a", "parallelism", 3.0)
		w.wait(soon)
		w.reports()
		fails.Store(true)
		w.wait(6 * time.Second)
		if told := w.reports(); len(told) != 0 {
			t.Errorf("after one look: %+v", told)
		}
		w.wait(20 * time.Minute)
		if rep := one(t, w.reports()); rep.Problem == "" || len(rep.Drift) != 1 {
			t.Errorf("%+v", rep)
		}
		fails.Store(false)
		w.wait(2 * time.Minute)
		if rep := one(t, w.reports()); rep.Problem != "" || len(rep.Drift) != 1 {
			t.Errorf("%+v", rep)
		}
	})
}

// TestAnotherCluster: records that came from elsewhere are never compared, nor deployed.
func TestAnotherCluster(t *testing.T) {
	inBubble(t, func(w *world) {
		h := w.deploy("m", "reconcile: repair\n", "parallelism: 1")
		h.Revision++
		h.Version++
		h.Cluster.Name = "elsewhere"
		if _, err := w.store.Write(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		w.edit("m-a", "parallelism", 3.0)
		defer w.start()()
		w.wait(time.Hour)
		if rep := one(t, w.reports()); rep.Problem != "version 2 was deployed in cluster elsewhere, and this is memory" || w.field("m-a", "parallelism") != 3.0 {
			t.Errorf("%+v", rep)
		}
	})
}

// TestManyMeshes: a round is as long as the budget of requests says, and who is nudged
// is looked at first.
func TestManyMeshes(t *testing.T) {
	inBubble(t, func(w *world) {
		const meshes, perSecond = 40, 4
		for i := range meshes {
			w.deploy("m"+string(rune('a'+i/26))+string(rune('a'+i%26)), "", "parallelism: 1")
		}
		w.cfg.Limits = reconcile.Limits{Requests: perSecond, Apart: 24 * time.Hour}
		defer w.start()()
		w.wait(10 * time.Minute)
		s, err := w.r.Stats()
		// Two components are asked about in four requests, and one is for the mesh.
		if most := int64(10*60*perSecond/5) + 2; err != nil || s.Meshes != meshes || s.Looks > most || s.Looks < most*9/10 {
			t.Errorf("%+v, and %d looks are within the budget: %v", s, most, err)
		}
		if round := time.Duration(meshes) * 5 * time.Second / perSecond; s.Round > round+2*time.Second {
			t.Errorf("the last one was looked at %v ago, a round takes %v", s.Round, round)
		}
		w.edit("mbn-a", "parallelism", 5.0)
		w.r.Nudge("public/default/mbn")
		w.wait(3 * time.Second)
		if rep := one(t, w.reports()); len(rep.Drift) != 1 {
			t.Errorf("%+v", rep)
		}
	})
}
