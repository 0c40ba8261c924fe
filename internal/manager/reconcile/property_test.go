package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// act is something that happens to one of the meshes.
type act struct {
	mesh, what string
	wait       time.Duration
}

var (
	subjects = []string{"told", "mended", "other"}
	// repaired are those of them whose files say so.
	repaired = []string{"mended", "other"}
)

// TestAnythingHappens: whatever others do, nothing is written where a mesh is only to be
// reported, while one is held or another run has its lock, or beyond the budgets; and when
// they have stopped, all is as on record where it is to be, and reported elsewhere.
func TestAnythingHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
			return act{
				mesh: rapid.SampledFrom(subjects).Draw(rt, "mesh"),
				what: rapid.SampledFrom([]string{"edit", "edit", "drop", "stop", "break", "hold", "let go", "lock", "release", "restart", "fail", "work"}).Draw(rt, "what"),
				wait: time.Duration(rapid.IntRange(0, 900).Draw(rt, "wait")) * time.Second,
			}
		}), 1, 25).Draw(rt, "acts")
		limits := reconcile.Limits{Every: 2 * time.Minute, Whole: time.Hour, Repairs: rapid.IntRange(1, 4).Draw(rt, "repairs"), AllRepairs: rapid.IntRange(1, 6).Draw(rt, "allRepairs")}
		seed := rapid.Uint64().Draw(rt, "seed")
		var wrong []string
		synctest.Test(t, func(t *testing.T) { wrong = happen(t, acts, limits, seed) })
		if len(wrong) > 0 {
			rt.Fatalf("%v: %v", acts, wrong)
		}
	})
}

// happen plays acts, and gives what was wrong.
func happen(t *testing.T, acts []act, limits reconcile.Limits, seed uint64) (wrong []string) {
	w := newWorld(t)
	chance := rand.New(rand.NewPCG(seed, 0))
	var dice sync.Mutex
	w.cfg.Jitter = func(d time.Duration) time.Duration {
		dice.Lock()
		defer dice.Unlock()
		return d - d/10 + time.Duration(chance.Int64N(int64(d)/5+1))
	}
	w.cfg.Limits = limits
	for _, name := range subjects {
		head := ""
		if slices.Contains(repaired, name) {
			head = repair
		}
		w.deploy(name, head, "parallelism: 1")
	}
	var mu sync.Mutex
	say := func(text string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, fmt.Sprintf(text, args...))
	}
	var failing atomic.Bool
	w.b.Fault(func(s plan.Step) error {
		if !s.Op.Writes() {
			return nil
		}
		for _, name := range subjects {
			if s.Addr != addr(name+"-a") && s.Addr != addr(name+"-b") {
				continue
			}
			h := w.head(name)
			who, locked := w.b.Holder(h.ID())
			if h.Reconcile != mesh.Repair || h.Hold != nil || !locked || who.User != "manager" || h.Action != record.Repair || h.Outcome != record.Running {
				say("%s, while the mesh is %+v, and its lock of %v", s.ID, h, who)
			}
		}
		if failing.Load() {
			return fmt.Errorf("no")
		}
		return nil
	})
	stop := w.start()
	leases := map[string]backend.Lease{}
	for _, a := range acts {
		h := w.head(a.mesh)
		switch a.what {
		case "edit":
			if w.field(a.mesh+"-a", "parallelism") != nil {
				w.edit(a.mesh+"-a", "parallelism", 7.0)
			}
		case "drop":
			w.b.Drop(addr(a.mesh + "-b"))
		case "stop":
			w.b.Stop(addr(a.mesh+"-a"), true)
		case "break":
			w.b.Break(addr(a.mesh+"-b"), "no")
		case "hold":
			if h.Hold == nil {
				w.hold(a.mesh, "bob")
			}
		case "let go":
			if h.Hold != nil {
				w.hold(a.mesh, "")
			}
		case "lock":
			if l, err := w.b.Lock(t.Context(), h.ID(), backend.Holder{User: "bob"}); err == nil {
				leases[a.mesh] = l
			}
		case "release":
			if l := leases[a.mesh]; l != nil {
				l.Release()
				delete(leases, a.mesh)
			}
		case "restart":
			stop()
			stop = w.start()
		case "fail", "work":
			failing.Store(a.what == "fail")
		}
		w.wait(a.wait)
	}
	// Others stop.
	failing.Store(false)
	for _, name := range subjects {
		w.b.Break(addr(name+"-b"), "")
		if w.head(name).Hold != nil {
			w.hold(name, "")
		}
		if l := leases[name]; l != nil {
			l.Release()
		}
	}
	w.wait(4 * time.Hour)
	reports := map[string]reconcile.Report{}
	for _, name := range subjects {
		reports[name], _ = w.r.Report("public/default/" + name)
	}
	stop()
	for _, name := range repaired {
		if w.field(name+"-a", "parallelism") != 2.0 || w.field(name+"-b", "parallelism") != 1.0 || w.b.Stopped(addr(name+"-a")) || !reports[name].Clean() {
			say("%s is not as on record: %+v", name, reports[name])
		}
	}
	if same := w.field("told-a", "parallelism") == 2.0 && w.field("told-b", "parallelism") == 1.0 && !w.b.Stopped(addr("told-a")); same != reports["told"].Clean() {
		say("reported as %+v", reports["told"])
	}
	var all []time.Time
	for _, name := range subjects {
		var own []time.Time
		past, err := w.store.History(context.Background(), w.head(name).ID(), 0, 10000)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range past {
			if h.Action == record.Repair {
				own = append(own, h.Began)
			}
		}
		if n := inAnHour(own); n > limits.Repairs {
			say("%s: %d repairs in an hour", name, n)
		}
		all = append(all, own...)
	}
	if n := inAnHour(all); n > limits.AllRepairs && !restarted(acts) {
		say("%d repairs in an hour", n)
	}
	return wrong
}

func restarted(acts []act) bool {
	return slices.ContainsFunc(acts, func(a act) bool { return a.what == "restart" })
}
