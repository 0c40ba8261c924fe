package human_test

import (
	"errors"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

func stepOf(t *testing.T, p *plan.Plan, id string) plan.Step {
	t.Helper()
	for _, s := range p.Steps {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("the plan has no step %s", id)
	return plan.Step{}
}

func TestReports(t *testing.T) {
	p := planOf(t, empty(), wordCount(), diff.Options{})
	all := apply.Report{Done: p.Steps, Took: 3210 * time.Millisecond}
	golden(t, "testdata/reports.txtar", "applied", human.Result(human.Style{}, view.NewMeshReport(p, all)))

	none := planOf(t, wordCount(), wordCount(), diff.Options{})
	golden(t, "testdata/reports.txtar", "nothing to do", human.Result(human.Style{}, view.NewMeshReport(none, apply.Report{})))

	down := planOf(t, wordCount(), wordCount(), diff.Options{Destroy: true})
	golden(t, "testdata/reports.txtar", "taken down", human.Result(human.Style{}, view.NewMeshReport(down, apply.Report{Done: down.Steps, Took: 75 * time.Second})))

	split, await, verify := "create function/public/default/split", "await-running function/public/default/split", "verify function/public/default/split"
	failed := apply.Report{Took: time.Second}
	for _, s := range p.Steps {
		switch s.ID {
		case split:
			failed.Failed = append(failed.Failed, apply.Failure{Step: s, Err: errors.New("500 from the function worker:\n  java.lang.ClassNotFoundException: org.example.Split\x1b[2J\n\tat loader")})
		case await, verify:
			failed.Skipped = append(failed.Skipped, s)
		default:
			failed.Done = append(failed.Done, s)
		}
	}
	golden(t, "testdata/reports.txtar", "failed", human.Trouble(human.Style{}, view.NewMeshReport(p, failed)))

	failed.Rollback = &apply.Rollback{Plan: p, Report: apply.Report{Done: p.Steps}}
	golden(t, "testdata/reports.txtar", "rolled back", human.Trouble(human.Style{}, view.NewMeshReport(p, failed)))
	failed.Rollback = &apply.Rollback{
		Plan: p, Report: apply.Report{Done: p.Steps[:2], Failed: []apply.Failure{{Step: p.Steps[2], Err: errors.New("503\x1b[2J\nagain")}}, Skipped: p.Steps[3:5]},
		Left: []apply.Left{{Addr: "function/public/default/split", Why: "someone else has written it since"}},
	}
	golden(t, "testdata/reports.txtar", "not all rolled back", human.Trouble(human.Style{}, view.NewMeshReport(p, failed)))
	failed.Rollback = &apply.Rollback{Err: &apply.RiskError{}}
	golden(t, "testdata/reports.txtar", "rollback refused", human.Trouble(human.Style{}, view.NewMeshReport(p, failed)))
	failed.Rollback = &apply.Rollback{Err: errors.New("what is there now cannot be read: connection refused")}
	golden(t, "testdata/reports.txtar", "rollback not begun", human.Trouble(human.Style{}, view.NewMeshReport(p, failed)))

	stopped := apply.Report{Interrupted: true, Took: time.Second, Done: p.Steps[:3], Skipped: p.Steps[3:]}
	golden(t, "testdata/reports.txtar", "stopped", human.Trouble(human.Style{}, view.NewMeshReport(p, stopped)))

	cut := apply.Report{Interrupted: true, Took: time.Second}
	for _, s := range planOf(t, onceCount(nil), onceCount(func(f *state.Component) { f.Fields["parallelism"] = 2.0 }), diff.Options{}).Steps {
		switch s.Op {
		case plan.Pause, plan.Drain, plan.Update:
			cut.Done = append(cut.Done, s)
		default:
			cut.Skipped = append(cut.Skipped, s)
		}
	}
	golden(t, "testdata/reports.txtar", "stopped while something is paused", human.Trouble(human.Style{}, view.NewMeshReport(p, cut)))

	golden(t, "testdata/reports.txtar", "not started", human.Trouble(human.Style{}, view.WithoutRun(p, view.NotStarted, nil)))
}

func TestReportCountsReplacementsOnce(t *testing.T) {
	want := wordCount()
	function(want, "count", []string{"sentences"}, "counts", nil)
	p := planOf(t, wordCount(), want, diff.Options{})
	m := view.NewMeshReport(p, apply.Report{Done: p.Steps})
	// The new subscription is created; the one that is still wanted stays.
	if m.Replaced != 1 || m.Created != 1 || m.Deleted != 0 {
		t.Errorf("%d replaced, %d created, %d deleted", m.Replaced, m.Created, m.Deleted)
	}
	if m.Outcome != view.Applied {
		t.Errorf("outcome %s", m.Outcome)
	}
}

func TestASignalAfterTheLastStepIsNoInterruption(t *testing.T) {
	p := planOf(t, empty(), wordCount(), diff.Options{})
	if m := view.NewMeshReport(p, apply.Report{Done: p.Steps, Interrupted: true}); m.Outcome != view.Applied {
		t.Errorf("outcome %s", m.Outcome)
	}
}
