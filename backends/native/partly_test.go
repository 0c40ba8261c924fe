package native_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// One instance that was stopped by hand is started by the next plan, which says that
// the other one stops and starts for it.
func TestAnInstanceStoppedByHand(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	u := b.Mesh("m", "jarFile: code.jar\nfunctions:\n  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out, parallelism: 2}\n")
	b.Apply(b.Plan(u, planner.Options{}))
	answer, err := http.Post(b.Server.AdminURL+"/admin/v3/functions/"+b.Tenant+"/"+b.Namespace+"/f/0/stop", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		t.Fatal(answer.Status)
	}
	f := state.ComponentAddr(state.KindFunction, b.Tenant, b.Namespace, "f")
	running := func() (n int) {
		s, err := b.Client.Status(context.Background(), admin.Functions, b.Tenant, b.Namespace, "f")
		if err != nil {
			t.Fatal(err)
		}
		return s.NumRunning
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		live, err := b.Backend.Read(context.Background(), backend.Scope{Mesh: mesh.ID{Tenant: b.Tenant, Namespace: b.Namespace, Name: "m"}, Addrs: []state.Addr{f}})
		if err != nil {
			t.Fatal(err)
		}
		if live.Facts[f] == (state.Facts{Missing: 1, Stopped: 1}) && running() == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", live.Facts[f])
		}
	}
	p := b.Plan(u, planner.Options{})
	if len(p.Steps) != 1 || p.Steps[0].Op != plan.Resume || !slices.ContainsFunc(p.Steps[0].Risks, func(r plan.Risk) bool { return r.Kind == plan.Restart && r.Instances == 2 }) {
		t.Errorf("%+v", p.Steps)
	}
	b.Apply(p)
	if n := running(); n != 2 {
		t.Errorf("%d instances run", n)
	}
	b.Empty(u)
}

// A component that has its last form before it is deleted is stopped as such.
func TestAPauseFindsTheLastForm(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("m", "jarFile: code.jar\nfunctions:\n  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}\n"), planner.Options{}))
	f := state.ComponentAddr(state.KindFunction, b.Tenant, b.Namespace, "f")
	before := b.Read("m").Resources[f].(*state.Component)
	between := *before
	between.Generation++
	change := &diff.Change{Addr: f, Action: diff.Delete, Before: before, Between: &between}
	for _, op := range []plan.Op{plan.Keep, plan.Pause} {
		if err := b.Backend.Do(context.Background(), plan.Step{ID: string(op) + " " + string(f), Op: op, Addr: f, Change: change}, func(backend.Event) {}); err != nil {
			t.Fatalf("%s: %v", op, err)
		}
	}
	if h, err := b.Backend.Health(context.Background(), f); err != nil || h.Running != 0 {
		t.Errorf("%+v %v", h, err)
	}
}
