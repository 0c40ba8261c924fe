package manager_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

const one = api.Meshes + "/public/default/m"

// TestFlow takes a mesh through its life: registered, updated, looked at, brought
// back, locked, taken down.
func TestFlow(t *testing.T) {
	d := newDesk(t, nil)
	d.problem(request{method: "GET", path: one, who: "alice"}, 404, api.KindNotFound)
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	planned := decode[api.Planned](t, d.ask(request{method: "POST", path: one + "/plan", who: "alice", body: body, header: kind}, 200))
	plans, err := plan.ReadFile(planned.Plan)
	if err != nil || len(plans) != 1 || plans[0].Empty() {
		t.Fatalf("the plan is none: %v", err)
	}
	if strings.Contains(string(planned.Plan), "meshc-manager-") || len(plans[0].CodeFiles()) != 1 || plans[0].CodeFiles()[0].Path != "dir/f.py" {
		t.Errorf("the plan tells of places of the manager: %+v", plans[0].CodeFiles())
	}
	if d.b.Writes() != 0 {
		t.Error("planning has written")
	}
	op := decode[api.Operation](t, d.ask(request{method: "POST", path: one + "?wait=10s&reason=first&commit=abc", who: "alice", body: body, header: kind}, 200))
	if op.Outcome != record.Applied || op.Version != 1 || op.Author != "alice" || len(op.Result.Done) == 0 {
		t.Fatalf("registered: %+v", op)
	}
	d.problem(request{method: "POST", path: one, who: "alice", body: body, header: kind}, 409, api.KindExists)
	if same := d.put("public/default/m", meshFile("m", 1), pyFile); same.Outcome != api.Unchanged || same.Version != 1 {
		t.Errorf("the same again: %+v", same)
	}
	if op := d.put("public/default/m", meshFile("m", 3), pyFile); op.Version != 2 {
		t.Errorf("updated: %+v", op)
	}
	m := decode[api.Mesh](t, d.ask(request{method: "GET", path: one, who: "bob"}, 200))
	if m.Version != 2 || !m.Live || m.Author != "alice" || len(m.Nodes) != 1 {
		t.Errorf("got %+v", m)
	}
	history := decode[api.Page](t, d.ask(request{method: "GET", path: one + "/history?limit=1", who: "bob"}, 200))
	if len(history.Items) != 1 || history.Items[0].Version != 2 || history.Next == "" {
		t.Errorf("history: %+v", history)
	}
	history = decode[api.Page](t, d.ask(request{method: "GET", path: one + "/history?limit=1&cursor=" + history.Next, who: "bob"}, 200))
	if len(history.Items) != 1 || history.Items[0].Reason != (record.Reason{Text: "first", Commit: "abc"}) || history.Next != "" {
		t.Errorf("history before: %+v", history)
	}
	v := decode[api.Version](t, d.ask(request{method: "GET", path: one + "/versions/1", who: "bob"}, 200))
	if len(v.Sources) != 1 || v.Sources[0].Text != meshFile("m", 1) || len(v.Desired) == 0 || v.Plan == nil {
		t.Errorf("version 1: %+v", v)
	}
	d.problem(request{method: "GET", path: one + "/versions/7", who: "bob"}, 404, api.KindNotFound)
	st := decode[api.Status](t, d.ask(request{method: "GET", path: one + "/status", who: "bob"}, 200))
	if !st.Running || len(st.Nodes) != 1 || st.Nodes[0].Wanted != 3 {
		t.Errorf("status: %+v", st)
	}
	back := decode[api.Operation](t, d.ask(request{method: "POST", path: one + "/rollback?version=1&wait=10s&allow=message-loss", who: "alice"}, 200))
	if back.Outcome != record.Applied || back.Version != 3 || back.Action != record.Rollback {
		t.Errorf("rolled back: %+v", back)
	}
	d.ask(request{method: "PUT", path: one + "/lock", who: "bob", body: `{"reason":"a change is under way"}`}, 200)
	held := d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 409, api.KindHeld)
	if held.Hold == nil || held.Hold.By != "bob" || !strings.Contains(held.Detail, "a change is under way") {
		t.Errorf("held: %+v", held)
	}
	d.problem(request{method: "DELETE", path: one + "/lock", who: "alice"}, 409, api.KindHeld)
	d.ask(request{method: "DELETE", path: one + "/lock?force=true", who: "alice"}, 200)
	d.problem(request{method: "DELETE", path: one + "/lock", who: "alice"}, 404, api.KindNotFound)
	down := decode[api.Operation](t, d.ask(request{method: "DELETE", path: one + "?wait=10s&allow=message-loss", who: "alice"}, 200))
	if down.Outcome != record.Applied || down.Action != record.Destroy {
		t.Errorf("taken down: %+v", down)
	}
	for query, want := range map[string]int{"": 0, "?all=true": 1} {
		if p := decode[api.Page](t, d.ask(request{method: "GET", path: api.Meshes + "/public/default" + query, who: "bob"}, 200)); len(p.Items) != want {
			t.Errorf("%q lists %+v", query, p.Items)
		}
	}
	for _, rt := range []string{api.Healthy, api.Ready, api.OpenAPI, api.Metrics} {
		d.ask(request{method: "GET", path: rt}, 200)
	}
	d.ask(request{method: "GET", path: api.Leader, who: "bob"}, 200)
	if strings.Contains(d.log.String(), "-secret") {
		t.Error("the log has a token")
	}
}

// TestRefusals: what is not carried out is told by its kind, and writes nothing.
func TestRefusals(t *testing.T) {
	d := newDesk(t, nil)
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	bad, badKind := form(t, "name: m\nfunctions: [{name: f, py: f.py, className: f, inputz: [in]}]\n", pyFile, "")
	found := d.problem(request{method: "PUT", path: one, who: "alice", body: bad, header: badKind}, 422, api.KindFindings)
	if len(found.Findings) == 0 {
		t.Error("no finding is told")
	}
	outside, outsideKind := form(t, "name: m\ntopics: [{name: in, external: true}]\nfunctions: [{name: f, py: /etc/hostname.py, className: f, inputs: [in]}]\n", pyFile, "")
	found = d.problem(request{method: "PUT", path: one, who: "alice", body: outside, header: outsideKind}, 422, api.KindFindings)
	if strings.Contains(fmt.Sprint(found), "meshc-manager-") {
		t.Errorf("places of the manager are told: %+v", found.Findings)
	}
	for path, want := range map[string]int{
		api.Meshes + "/public/default/other":  400, // another name than the file's
		api.Meshes + "/public/default/m%2Fx":  400,
		api.Meshes + "/public/default/m%00":   400,
		api.Meshes + "/public/default/%2e%2e": 400,
		one + "?alow=message-loss":            400,
		one + "?allow=everything":             400,
		one + "?wait=-1s":                     400,
		one + "?base=sha256:0000":             409,
	} {
		if got, data := d.send(request{method: "PUT", path: path, who: "alice", body: body, header: kind}); got != want {
			t.Errorf("%s: %d, want %d: %s", path, got, want, data)
		}
	}
	d.problem(request{method: "PUT", path: one, who: "alice", body: "x", header: map[string]string{"Content-Type": "image/png"}}, 400, api.KindUsage)
	d.problem(request{method: "PUT", path: one, who: "alice", body: "no form", header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}, 400, api.KindUsage)
	if d.b.Writes() != 0 {
		t.Errorf("%d writes", d.b.Writes())
	}
	d.put("public/default/m", meshFile("m", 1), pyFile)
	risky := d.problem(request{method: "DELETE", path: one + "?deleteTopics=true", who: "alice"}, 409, api.KindRisks)
	if len(risky.Risks) == 0 || risky.Risks[0].Kind != string(plan.TopicData) {
		t.Errorf("risks: %+v", risky.Risks)
	}
}

// TestSecretsStayAway: values come along with a request, are used, and are neither
// stored nor looked up on the manager's machine.
func TestSecretsStayAway(t *testing.T) {
	t.Setenv("MESHC_MANAGER_SECRET", "the manager's own")
	d := newDesk(t, nil)
	text := "name: m\ntopics: [{name: in, external: true}]\nfunctions: [{name: f, py: f.py, className: f, inputs: [in], userConfig: {a: '${env:MESHC_MANAGER_SECRET}', b: '${file:secret.txt}'}}]\n"
	body, kind := form(t, text, pyFile, "")
	d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 422, api.KindFindings)
	body, kind = form(t, text, pyFile, `{"env": {"MESHC_MANAGER_SECRET": "hunter2a"}, "files": {"dir/secret.txt": "hunter2b\n"}}`)
	op := decode[api.Operation](t, d.ask(request{method: "PUT", path: one + "?wait=10s", who: "alice", body: body, header: kind}, 200))
	if op.Outcome != record.Applied {
		t.Fatalf("%+v", op)
	}
	told := string(d.ask(request{method: "GET", path: one + "/versions/1", who: "alice"}, 200)) + d.log.String()
	if strings.Contains(told, "hunter2") || strings.Contains(told, "the manager's own") {
		t.Error("a secret is told")
	}
	d.problem(request{method: "POST", path: one + "/rollback?version=1", who: "alice", body: "{"}, 400, api.KindUsage)
}

// TestRequestsAreCarriedOutOnce: one that is sent again tells what became of it.
func TestRequestsAreCarriedOutOnce(t *testing.T) {
	d := newDesk(t, nil)
	var first api.Operation
	for i := range 3 {
		body, kind := form(t, meshFile("m", 1+i), pyFile, "")
		kind[api.HeaderKey] = "run-17"
		op := decode[api.Operation](t, d.ask(request{method: "PUT", path: one + "?wait=10s&allow=message-loss", who: "alice", body: body, header: kind}, 200))
		if i == 0 {
			first = op
		} else if op.ID != first.ID || op.Version != 1 {
			t.Errorf("carried out again: %+v", op)
		}
	}
	// Another manager, which did not run it, knows it from the record.
	other := openDesk(t, d.b, nil)
	body, kind := form(t, meshFile("m", 9), pyFile, "")
	kind[api.HeaderKey] = "run-17"
	op := decode[api.Operation](t, other.ask(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 200))
	if op.Version != 1 || op.State != api.Done {
		t.Errorf("carried out by another: %+v", op)
	}
}
