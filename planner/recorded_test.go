package planner_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// recorded is a cluster in memory with records, and one mesh.
type recorded struct {
	*testing.T
	b     *memory.Backend
	store record.Store
	dir   string
}

func newRecorded(t *testing.T) *recorded {
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	b.Put(&state.Topic{Name: "persistent://public/default/in"})
	s, err := b.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &recorded{t, b, s, t.TempDir()}
}

var recordedMesh = mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}

// plan compiles functions whose code is the given text each, and plans them.
func (r *recorded) plan(parallelism, code string) *plan.Plan {
	r.Helper()
	return r.planWith("", parallelism, code)
}

// planWith plans a mesh with more in its file.
func (r *recorded) planWith(more, parallelism, code string) *plan.Plan {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "f.py"), []byte(code), 0o600); err != nil {
		r.Fatal(err)
	}
	text := "name: m\n" + more + "topics: [{name: in, external: true}]\nfunctions: [{name: a, py: f.py, className: f, inputs: [in], output: out, parallelism: " + parallelism + "}]\n"
	compiled := compiler.Compile([]compiler.Input{{Name: filepath.Join(r.dir, "mesh.yaml"), Data: []byte(text)}}, compiler.Options{NeedCode: true})
	p, findings, err := planner.Make(r.Context(), r.b, "memory", compiled.Units[0], planner.Options{})
	if err != nil || p == nil {
		r.Fatal(err, findings)
	}
	p.Sources = []plan.Source{{Name: "mesh.yaml", Text: text}}
	return p
}

func (r *recorded) apply(p *plan.Plan, run planner.Run) record.Head {
	r.Helper()
	report, head, err := planner.ApplyRecorded(r.Context(), r.b, r.store, p, run, apply.Options{Allow: []plan.RiskKind{plan.MessageLoss}})
	if err != nil || !report.OK() {
		r.Fatalf("%v %+v", err, report.Failed)
	}
	return head
}

// TestVersionsComeBack applies versions, and brings the first one back.
func TestVersionsComeBack(t *testing.T) {
	r := newRecorded(t)
	run := planner.Run{Action: record.Apply, Author: "a", Reason: record.Reason{Commit: "abc"}}
	const code = "def process(x):\n    return x\n"
	first := r.apply(r.plan("1", code), run)
	want := r.b.Resources()
	if again := r.apply(r.plan("1", code), run); again.Revision != first.Revision {
		t.Errorf("a plan without changes was recorded: %+v", again)
	}
	second := r.apply(r.plan("3", code), run)
	if second.Version != 2 || second.Changes != (record.Changes{Updated: 1}) || second.Reason.Commit != "abc" {
		t.Errorf("second version: %+v", second)
	}
	body, err := r.store.Body(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if len(body.Sources) != 1 || body.Plan == nil || len(body.Plan.Desired) > 0 {
		t.Errorf("body of the first version: %+v", body)
	}
	p, findings, err := planner.MakeVersion(t.Context(), r.b, "memory", first, body, planner.Options{})
	if err != nil || p == nil {
		t.Fatal(err, findings)
	}
	third := r.apply(p, planner.Run{Action: record.Rollback, Author: "a", Of: first.Version})
	if third.Version != 3 || third.State != first.State || third.Of != 1 || third.Outcome != record.Applied {
		t.Errorf("third version: %+v", third)
	}
	got := r.b.Resources()
	generations := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Generation" }, cmp.Ignore())
	if d := cmp.Diff(want, got, generations); d != "" {
		t.Errorf("after the rollback (-want +got):\n%s", d)
	}
}

// TestReconcileIsRecorded: what the file says about drift is in the record, a change
// of it alone too, and comes back with the version.
func TestReconcileIsRecorded(t *testing.T) {
	r := newRecorded(t)
	run := planner.Run{Action: record.Apply, Author: "a"}
	const code = "def process(x):\n    return x\n"
	first := r.apply(r.planWith("reconcile: repair\n", "1", code), run)
	if first.Reconcile != mesh.Repair {
		t.Errorf("recorded as %q", first.Reconcile)
	}
	writes := r.b.Writes()
	second := r.apply(r.plan("1", code), run)
	if second.Version != 2 || second.Reconcile != "" || r.b.Writes() != writes {
		t.Errorf("taken out of the file: %+v", second)
	}
	if said := r.apply(r.planWith("reconcile: report\n", "1", code), run); said.Version != 2 {
		t.Errorf("the default was said, which is no news: %+v", said)
	}
	body, err := r.store.Body(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	p, findings, err := planner.MakeVersion(t.Context(), r.b, "memory", first, body, planner.Options{})
	if err != nil || p == nil {
		t.Fatal(err, findings)
	}
	if third := r.apply(p, planner.Run{Action: record.Rollback, Author: "a", Of: 1}); third.Version != 3 || third.Reconcile != mesh.Repair {
		t.Errorf("brought back: %+v", third)
	}
}

// TestHeldMeshes: what someone holds is changed by nobody else.
func TestHeldMeshes(t *testing.T) {
	r := newRecorded(t)
	hold := record.Head{Mesh: recordedMesh.String(), Revision: 1, Action: record.Hold, Outcome: record.Applied, Author: "b", Hold: &record.HoldInfo{By: "b", Reason: "freeze"}}
	if _, err := r.store.Write(t.Context(), hold, nil); err != nil {
		t.Fatal(err)
	}
	p := r.plan("1", "def process(x):\n    return x\n")
	_, _, err := planner.ApplyRecorded(t.Context(), r.b, r.store, p, planner.Run{Action: record.Apply, Author: "a"}, apply.Options{})
	var held *planner.HeldBackError
	if !errors.As(err, &held) || held.Hold.Reason != "freeze" || r.b.Writes() != 0 {
		t.Errorf("%v, %d writes", err, r.b.Writes())
	}
	if head := r.apply(p, planner.Run{Action: record.Apply, Author: "b"}); head.Version != 1 || head.Revision != 3 || head.Hold == nil {
		t.Errorf("%+v", head)
	}
}

// TestFailedRunsAreRecorded: the first thing that went wrong is told, and who held the
// mesh meanwhile still does.
func TestFailedRunsAreRecorded(t *testing.T) {
	r := newRecorded(t)
	r.b.Fault(func(s plan.Step) error {
		if s.Op != plan.Create || !s.Addr.Kind().IsComponent() {
			return nil
		}
		h, err := r.store.Head(t.Context(), recordedMesh)
		if err != nil || h.Outcome != record.Running {
			t.Errorf("while it runs: %+v, %v", h, err)
		}
		h.Revision++
		h.Action, h.Outcome, h.Hold = record.Hold, record.Applied, &record.HoldInfo{By: "b"}
		if _, err := r.store.Write(t.Context(), h, nil); err != nil {
			t.Error(err)
		}
		return errors.New("no")
	})
	report, head, err := planner.ApplyRecorded(t.Context(), r.b, r.store, r.plan("1", "def process(x):\n    return x\n"), planner.Run{Action: record.Apply, Author: "a"}, apply.Options{})
	if err != nil || report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
	if head.Outcome != record.Failed || head.Error == "" || head.Hold == nil || head.Revision != 3 || head.Version != 1 || head.Ended.IsZero() {
		t.Errorf("%+v", head)
	}
}

// TestHolds: a hold is on top of what is there, and let go of by its author, or by force.
func TestHolds(t *testing.T) {
	r := newRecorded(t)
	ctx, id := t.Context(), recordedMesh
	if _, err := planner.Unhold(ctx, r.store, id, "a", true); !errors.Is(err, planner.ErrNotHeld) {
		t.Error(err)
	}
	r.apply(r.plan("1", "def process(x):\n    return x\n"), planner.Run{Action: record.Apply, Author: "a"})
	version, err := r.store.Head(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	h, err := planner.Hold(ctx, r.store, id, "a", "why")
	if err != nil || h.Version != 1 || h.Outcome != record.Applied || h.State != version.State || h.Body != version.Body || h.Hold.Reason != "why" || !h.Live() {
		t.Errorf("%+v, %v", h, err)
	}
	var held *planner.HeldBackError
	for _, err := range []error{
		func() error { _, err := planner.Hold(ctx, r.store, id, "b", ""); return err }(),
		func() error { _, err := planner.Unhold(ctx, r.store, id, "b", false); return err }(),
	} {
		if !errors.As(err, &held) || held.Hold.By != "a" {
			t.Errorf("%v", err)
		}
	}
	if h, err = planner.Unhold(ctx, r.store, id, "b", true); err != nil || h.Hold != nil || h.Action != record.Unhold || h.Author != "b" {
		t.Errorf("%+v, %v", h, err)
	}
	if found, err := planner.FindVersion(ctx, r.store, id, 1); err != nil || found.Action != record.Apply {
		t.Errorf("%+v, %v", found, err)
	}
	var none *planner.NoVersionError
	if _, err := planner.FindVersion(ctx, r.store, id, 0); !errors.As(err, &none) || none.Newest != 1 {
		t.Errorf("before the first: %v", err)
	}
	if _, err := planner.FindVersion(ctx, r.store, id, 2); !errors.As(err, &none) {
		t.Errorf("one that is not there: %v", err)
	}
}
