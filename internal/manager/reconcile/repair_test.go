package reconcile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

const repair = "reconcile: repair\n"

// TestRepair: the recorded version is deployed again where the mesh says so, and that is
// a version of its own.
func TestRepair(t *testing.T) {
	for name, view := range views() {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				b := view(w.b)
				w.cfg.Open = func(context.Context, record.Head) (backend.Backend, error) { return b, nil }
				first := w.deploy("m", repair, "parallelism: 1")
				defer w.start()()
				w.wait(time.Minute)
				w.edit("m-a", "parallelism", 3.0)
				w.b.Drop(addr("m-b"))
				w.wait(soon)
				h := w.head("m")
				if w.field("m-a", "parallelism") != 2.0 || w.field("m-b", "parallelism") != 1.0 {
					t.Error("it is not as it was")
				}
				if h.Version != 2 || h.Action != record.Repair || h.Of != 1 || h.Outcome != record.Applied || h.Author != "manager" ||
					h.State != first.State || h.Reconcile != mesh.Repair || h.Reason.Text != "drift: function/public/default/m-a and 1 more" {
					t.Errorf("%+v", h)
				}
				told := w.reports()
				if len(told) != 3 || told[1].Repair == nil || told[1].Repair.State != reconcile.Done || told[1].Repair.Version != 2 || !told[2].Clean() {
					t.Errorf("%+v", told)
				}
				w.wait(time.Hour)
				if told := w.reports(); len(told) != 0 {
					t.Errorf("that it holds is no news: %+v", told)
				}
				w.edit("m-a", "parallelism", 3.0)
				w.wait(soon)
				if h := w.head("m"); h.Version != 3 || h.Of != 1 {
					t.Errorf("%+v", h)
				}
			})
		})
	}
}

// TestReportOnly: a manager that is to repair nothing says so.
func TestReportOnly(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1")
		w.cfg.ReportOnly = true
		defer w.start()()
		w.wait(time.Minute)
		w.edit("m-a", "parallelism", 3.0)
		w.wait(time.Hour)
		told := w.reports()
		if len(told) != 2 || told[1].Repair == nil || told[1].Repair.State != reconcile.Refused || w.field("m-a", "parallelism") != 3.0 || w.head("m").Version != 1 {
			t.Errorf("%+v", told)
		}
		w.edit("m-a", "parallelism", 2.0)
		w.wait(soon)
		if told := w.reports(); len(told) == 0 || !told[len(told)-1].Clean() || told[len(told)-1].Repair != nil {
			t.Errorf("%+v", told)
		}
	})
}

// TestLockedMeshes are left alone, whoever has locked them, and mended afterwards.
func TestLockedMeshes(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1")
		id := mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}
		defer w.start()()
		w.wait(time.Minute)
		for _, by := range []string{"bob", "manager"} {
			w.hold("m", by)
			// At once it may be seen, and not be written; later it is not even looked at.
			w.edit("m-b", "parallelism", 3.0)
			w.wait(soon)
			w.reports()
			w.edit("m-a", "parallelism", 3.0)
			w.wait(time.Hour)
			if told := w.reports(); len(told) != 0 || w.field("m-a", "parallelism") != 3.0 || w.field("m-b", "parallelism") != 3.0 {
				t.Errorf("held by %s: %+v", by, told)
			}
			w.hold("m", "")
			w.wait(soon)
			if w.field("m-a", "parallelism") != 2.0 {
				t.Errorf("let go of by %s, and not mended: %+v", by, w.reports())
			}
			w.reports()
		}
		lease, err := w.b.Lock(t.Context(), id, backend.Holder{User: "carol", Host: "ci-7"})
		if err != nil {
			t.Fatal(err)
		}
		w.edit("m-a", "parallelism", 3.0)
		w.wait(time.Hour)
		told := w.reports()
		last := told[len(told)-1]
		if w.field("m-a", "parallelism") != 3.0 || last.Repair == nil || last.Repair.State != reconcile.Waiting || !strings.Contains(last.Repair.Reason, "carol@ci-7") || len(told) != 2 {
			t.Errorf("a run has the lock: %+v", told)
		}
		lease.Release()
		w.wait(soon)
		if w.field("m-a", "parallelism") != 2.0 {
			t.Errorf("not mended: %+v", w.reports())
		}
	})
}

// TestRisks: what the mesh does not allow is not risked, and told.
func TestRisks(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1, processingGuarantees: ATMOST_ONCE")
		w.deploy("n", repair, "parallelism: 1, processingGuarantees: ATMOST_ONCE, lifecycle: {allow: [message-loss]}")
		defer w.start()()
		w.wait(time.Minute)
		w.edit("m-b", "parallelism", 3.0)
		w.edit("n-b", "parallelism", 3.0)
		w.wait(soon)
		w.wait(2 * time.Hour)
		rep, ok := w.r.Report("public/default/m")
		if !ok || rep.Repair == nil || rep.Repair.State != reconcile.Refused || len(rep.Repair.Risks) != 1 || rep.Repair.Risks[0].Kind != plan.MessageLoss {
			t.Errorf("%+v", rep)
		}
		if w.field("m-b", "parallelism") != 3.0 || w.head("m").Version != 1 {
			t.Error("it was deployed again")
		}
		if w.field("n-b", "parallelism") != 1.0 {
			t.Error("what is allowed was not done")
		}
		told := 0
		for _, r := range w.reports() {
			if r.Mesh == "public/default/m" {
				told++
			}
		}
		if told != 2 {
			t.Errorf("it was told %d times", told)
		}
	})
}

// TestSensitiveValues: without them a mesh is only reported, where they are needed.
func TestSensitiveValues(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1, userConfig: {token: '${env:TOKEN}'}")
		stop := w.start()
		w.wait(time.Minute)
		if told := w.reports(); len(told) != 0 {
			t.Errorf("nothing has changed: %+v", told)
		}
		w.edit("m-a", "parallelism", 3.0)
		w.wait(soon)
		if w.field("m-a", "parallelism") != 2.0 {
			t.Error("no secret is needed for that")
		}
		w.wait(time.Hour)
		w.edit("m-b", "parallelism", 3.0)
		w.wait(soon)
		rep, _ := w.r.Report("public/default/m")
		if rep.Repair == nil || rep.Repair.State != reconcile.Refused || !strings.Contains(rep.Repair.Reason, "${env:TOKEN}") || strings.Contains(rep.Repair.Reason, "s3cret") {
			t.Errorf("%+v", rep.Repair)
		}
		stop()
		w.cfg.Resolve = func(from string) (string, error) {
			if from != "${env:TOKEN}" {
				return "", errors.New("unknown")
			}
			return "another", nil
		}
		stop = w.start()
		w.wait(soon)
		if rep, _ = w.r.Report("public/default/m"); rep.Repair == nil || rep.Repair.State != reconcile.Refused {
			t.Errorf("with another value: %+v", rep)
		}
		stop()
		w.cfg.Resolve = func(string) (string, error) { return "s3cret", nil }
		stop = w.start()
		w.wait(soon)
		if w.field("m-b", "parallelism") != 1.0 {
			rep, _ = w.r.Report("public/default/m")
			t.Errorf("with its value: %+v", rep.Repair)
		}
		stop()
	})
}

// TestFailedRepairs are told, and tried again later and later.
func TestFailedRepairs(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1")
		w.cfg.Limits.Repairs = 1000
		defer w.start()()
		w.wait(time.Minute)
		var tries []time.Time
		w.b.Fault(func(s plan.Step) error {
			if s.Op != plan.Update {
				return nil
			}
			tries = append(tries, time.Now())
			return errors.New("no space left")
		})
		w.edit("m-a", "parallelism", 3.0)
		w.wait(2 * time.Hour)
		rep, _ := w.r.Report("public/default/m")
		if rep.Repair == nil || rep.Repair.State != reconcile.Failed || !strings.Contains(rep.Repair.Reason, "no space left") || len(rep.Drift) != 1 {
			t.Errorf("%+v", rep)
		}
		// 1 s, 2 s, ... 512 s, and 10 minutes from then on, each up to a look later.
		if n := len(tries); n < 18 || n > 22 {
			t.Errorf("%d tries in two hours: %v", n, tries)
		}
		for i, last := 2, time.Duration(0); i < len(tries); i++ {
			pause := tries[i].Sub(tries[i-1])
			if pause < last*3/4 || pause > 12*time.Minute {
				t.Errorf("try %d came %v after the one before, which came after %v", i, pause, last)
			}
			last = pause
		}
		if h := w.head("m"); h.Outcome != record.Failed || h.Of != 1 || h.Version != int64(len(tries))+1 {
			t.Errorf("%+v after %d tries", h, len(tries))
		}
		w.b.Fault(nil)
		w.wait(12 * time.Minute)
		if h := w.head("m"); h.Outcome != record.Applied || w.field("m-a", "parallelism") != 2.0 {
			t.Errorf("%+v", h)
		}
	})
}

// TestFights: where someone changes it back each time, the budget ends it.
func TestFights(t *testing.T) {
	inBubble(t, func(w *world) {
		meshes := []string{"m", "n", "o"}
		for _, name := range meshes {
			w.deploy(name, repair, "parallelism: 1")
		}
		w.cfg.Limits = reconcile.Limits{MaxBackoff: 10 * time.Second, Repairs: 6, AllRepairs: 15}
		stop := w.start()
		w.wait(time.Minute)
		end := time.Now().Add(3 * time.Hour)
		for time.Now().Before(end) {
			for _, name := range meshes {
				w.edit(name+"-a", "parallelism", 3.0)
			}
			w.wait(30 * time.Second)
		}
		rep, _ := w.r.Report("public/default/m")
		if rep.Repair == nil || rep.Repair.State != reconcile.Waiting || rep.Repair.Next.IsZero() {
			t.Errorf("%+v", rep.Repair)
		}
		stop()
		var all []time.Time
		for _, name := range meshes {
			past, err := w.store.History(context.Background(), mesh.ID{Tenant: "public", Namespace: "default", Name: name}, 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			var own []time.Time
			for _, h := range past {
				if h.Action == record.Repair {
					own = append(own, h.Began)
				}
			}
			if n := inAnHour(own); n > 6 {
				t.Errorf("%s: %d repairs in an hour", name, n)
			}
			all = append(all, own...)
		}
		if n := inAnHour(all); n > 15 || len(all) < 40 {
			t.Errorf("%d repairs in an hour, %d in three", n, len(all))
		}
	})
}

// inAnHour is the most of some times that lie within an hour.
func inAnHour(times []time.Time) int {
	most := 0
	for _, from := range times {
		n := 0
		for _, t := range times {
			if d := t.Sub(from); d >= 0 && d < time.Hour {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// TestStopInTheMiddle: a repair that is stopped finishes what is in the air, and what
// leads no more begins none.
func TestStopInTheMiddle(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", repair, "parallelism: 1")
		leads := false
		w.cfg.Fence = func(context.Context) error {
			if !leads {
				return errors.New("another manager leads")
			}
			return nil
		}
		stop := w.start()
		w.wait(time.Minute)
		w.edit("m-a", "parallelism", 3.0)
		w.wait(time.Hour)
		if w.field("m-a", "parallelism") != 3.0 || w.head("m").Version != 1 {
			t.Error("it leads no more, and has repaired")
		}
		leads = true
		begun := make(chan bool, 1)
		w.b.Fault(func(s plan.Step) error {
			if s.Op == plan.Update {
				begun <- true
				time.Sleep(3 * time.Second)
			}
			return nil
		})
		<-begun
		stop()
		if h := w.head("m"); h.Outcome == record.Running || h.Ended.IsZero() || w.field("m-a", "parallelism") != 2.0 {
			t.Errorf("%+v", h)
		}
		if _, held := w.b.Holder(mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}); held {
			t.Error("the lock was not given back")
		}
	})
}
