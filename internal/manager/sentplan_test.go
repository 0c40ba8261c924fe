package manager_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// planned asks for the plan of a mesh, as a file of it has it.
func (d *desk) planned(text string) *plan.Plan {
	d.Helper()
	body, kind := form(d, text, pyFile, "")
	out := decode[api.Planned](d, d.ask(request{method: "POST", path: one + "/plan", who: "alice", body: body, header: kind}, 200))
	plans, err := plan.ReadFile(out.Plan)
	if err != nil {
		d.Fatal(err)
	}
	return plans[0]
}

// sent makes a request that carries out a plan file with its code.
func sent(t testing.TB, p *plan.Plan) request {
	t.Helper()
	var b, text bytes.Buffer
	if err := plan.Write(&text, []*plan.Plan{p}); err != nil {
		t.Fatal(err)
	}
	w := multipart.NewWriter(&b)
	for name, content := range map[string]string{api.PartPlan: text.String(), api.PartCode: pyFile["dir/f.py"]} {
		part, err := w.CreateFormFile(name, "dir/f.py")
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return request{method: "PUT", path: one + "?wait=10s&allow=message-loss", who: "alice", body: b.String(), header: map[string]string{"Content-Type": w.FormDataContentType()}}
}

// TestSentPlans: a plan file is carried out where its steps are the way to what it says
// is wanted. What nobody has deployed gets on record by no plan: the manager would deploy
// it by its own rights when it repairs, or others by theirs when they go back to it.
func TestSentPlans(t *testing.T) {
	d := newDesk(t, nil)
	d.b.Put(&state.Namespace{Name: "victim/ns"})
	d.b.Put(&state.Topic{Name: "persistent://victim/ns/t"})
	for i, parallelism := range []int{1, 3, 3} {
		op := decode[api.Operation](t, d.ask(sent(t, d.planned(meshFile("m", parallelism))), 200))
		if want := min(int64(i+1), 2); op.Outcome != record.Applied && op.Outcome != api.Unchanged || op.Version != want {
			t.Fatalf("plan %d: %+v", i, op)
		}
	}
	evil := &state.Component{Kind: state.KindFunction, Tenant: "victim", Namespace: "ns", Name: "f", Owner: "public/default/m", Fields: map[string]any{"parallelism": 1.0}}
	p := d.planned(meshFile("m", 3))
	p.Reconcile, p.Desired = "repair", append(p.Desired, state.Boxed{Resource: evil})
	d.problem(sent(t, p), 400, api.KindUsage)
	p = d.planned(meshFile("m", 5))
	p.Steps = nil
	if told := d.problem(sent(t, p), 409, api.KindStale); len(told.Moved) != 1 || told.Moved[0] != "function/public/default/m-f" {
		t.Errorf("it is told that %v differ", told.Moved)
	}
	if h := decode[api.Mesh](t, d.ask(request{method: "GET", path: one, who: "alice"}, 200)); h.Version != 2 {
		t.Errorf("version %d is on record", h.Version)
	}
}

// TestWhatIsKeptUp: what the manager is to make again when it is gone, its author has to
// have the right to make.
func TestWhatIsKeptUp(t *testing.T) {
	d := newDesk(t, nil)
	d.b.Put(&state.Namespace{Name: "victim/ns"})
	d.b.Put(&state.Topic{Name: "persistent://victim/ns/t"})
	for topic, want := range map[string]int{"{name: 'persistent://victim/ns/t'}": 403, "{name: 'persistent://victim/ns/t', external: true}": 200} {
		text := "name: m\nreconcile: repair\ntopics: [{name: in, external: true}, " + topic + "]\nfunctions: [{name: m-f, py: f.py, className: f, inputs: [in], output: 'persistent://victim/ns/t'}]\n"
		body, kind := form(t, text, pyFile, "")
		d.ask(request{method: "PUT", path: one + "?wait=10s&allow=message-loss", who: "alice", body: body, header: kind}, want)
	}
}

// TestABugEndsOneRun: a bug in a run is told, and the manager goes on.
func TestABugEndsOneRun(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Gate = buggy{o.Gate.(tokens)} })
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 500, api.KindFailed)
	d.ask(request{method: "GET", path: api.Healthy}, 200)
}

// buggy is a gate whose callers have a bug.
type buggy struct{ tokens }

func (g buggy) Caller(r *http.Request) (manager.Caller, error) {
	c, err := g.tokens.Caller(r)
	if err != nil {
		return nil, err
	}
	return buggyRole{c.(role)}, nil
}

type buggyRole struct{ role }

func (buggyRole) Open(context.Context) (backend.Backend, func(), error) { panic("a bug") }

// TestPlanFilesAreRead holds the form of the wire: what a plan says of drift is one of two words.
func TestPlanFilesAreRead(t *testing.T) {
	d := newDesk(t, nil)
	p := d.planned(meshFile("m", 1))
	text, err := json.Marshal(map[string]any{"format": p.Format, "plans": []any{map[string]any{"format": p.Format, "mesh": p.Mesh, "reconcile": "always"}}})
	if err != nil {
		t.Fatal(err)
	}
	d.problem(request{method: "PUT", path: one, who: "alice", body: string(text), header: map[string]string{"Content-Type": "application/json"}}, 400, api.KindUsage)
}

// TestMovesAreNoVersions: where a mesh has moved away there is nothing to go back to.
func TestMovesAreNoVersions(t *testing.T) {
	d := newDesk(t, nil)
	d.put("public/default/m", meshFile("m", 1), pyFile)
	store, err := d.b.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Write(t.Context(), record.Head{Mesh: "public/default/m", Revision: 3, Version: 2, Action: record.Move, Outcome: record.Applied, Author: "alice"}, nil); err != nil {
		t.Fatal(err)
	}
	d.problem(request{method: "POST", path: one + "/rollback?version=2", who: "alice"}, 404, api.KindNotFound)
}
