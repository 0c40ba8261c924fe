package manager_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// narrow is a gate like that of certificates: bob uses the manager's own backend, and may
// change what is in the tenant public alone. reader may read there, and change nothing.
type narrow struct {
	tokens
	reads *atomic.Int64
}

func (g narrow) Caller(r *http.Request) (manager.Caller, error) {
	c, err := g.tokens.Caller(r)
	if err != nil || c.Name() == "alice" {
		return c, err
	}
	return narrowRole{c.(role), g.reads}, nil
}

type narrowRole struct {
	role
	reads *atomic.Int64
}

// reading counts what is read by the manager's rights.
type reading struct {
	*memory.Backend
	reads *atomic.Int64
}

func (b reading) Read(ctx context.Context, scope backend.Scope) (*state.State, error) {
	b.reads.Add(1)
	return b.Backend.Read(ctx, scope)
}

func (r narrowRole) Open(context.Context) (backend.Backend, func(), error) {
	return reading{r.b, r.reads}, func() {}, nil
}

func (r narrowRole) Allows(_ context.Context, _ meshID, p *plan.Plan) error {
	text, err := json.Marshal(p)
	if err == nil && (r.name == "reader" || strings.Contains(string(text), "//victim/")) {
		err = fmt.Errorf("%w: role %s has to administer the tenant", manager.ErrForbidden, r.name)
	}
	return err
}

// TestNothingIsToldBeforeRights: who acts by the manager's rights is told nothing of the
// cluster before it is known that this one may: neither findings nor risks.
func TestNothingIsToldBeforeRights(t *testing.T) {
	reads := &atomic.Int64{}
	d := newDesk(t, func(o *manager.Options) { o.Gate = narrow{o.Gate.(tokens), reads} })
	d.b.Put(&state.Namespace{Name: "victim/ns"})
	mesh := func(topic string) string {
		return "name: m\ntopics: [{name: in, external: true}, " + topic + "]\nfunctions: [{name: m-f, py: f.py, className: f, inputs: [in, 'persistent://victim/ns/t']}]\n"
	}
	absent, own := mesh("{name: 'persistent://victim/ns/t', external: true}"), mesh("{name: 'persistent://victim/ns/t'}")
	pattern := "name: m\ntopics: [{name: in, external: true}]\nfunctions: [{name: m-f, py: f.py, className: f, topicsPattern: 'persistent://victim/ns/.*'}]\n"
	for _, text := range []string{absent, pattern} {
		body, kind := form(t, text, pyFile, "")
		for _, q := range []request{{method: "POST", path: one + "/plan"}, {method: "PUT", path: one}, {method: "POST", path: one}} {
			q.who, q.body, q.header = "bob", body, kind
			d.problem(q, 403, api.KindForbidden)
		}
	}
	// Alice may, and is told what is wrong; then deploys.
	body, kind := form(t, absent, pyFile, "")
	d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 422, api.KindFindings)
	d.put("public/default/m", own, pyFile)
	sentByBob := sent(t, d.planned(own))
	sentByBob.who = "bob"
	for _, q := range []request{
		{method: "POST", path: one + "/rollback?version=1"}, {method: "POST", path: one + "/plan?version=1"}, sentByBob,
	} {
		q.who = "bob"
		d.problem(q, 403, api.KindForbidden)
	}
	if reads.Load() != 0 {
		t.Errorf("bob has had the cluster read %d times", reads.Load())
	}
	// What a destroy is about shows in the plan; its risks are told to who may allow them.
	for who, want := range map[string]int{"alice": 409, "bob": 403} {
		d.ask(request{method: "DELETE", path: one + "?deleteTopics=true", who: who}, want)
		d.ask(request{method: "DELETE", path: one + "?base=sha256:0000", who: who}, want)
	}
	before := reads.Load()
	for _, q := range []request{
		{method: "DELETE", path: one}, {method: "POST", path: one + "/plan?destroy=true"},
		{method: "PUT", path: one + "/lock", body: `{"reason":"x"}`}, {method: "DELETE", path: one + "/lock?force=true"},
	} {
		q.who = "reader"
		d.problem(q, 403, api.KindForbidden)
	}
	if reads.Load() != before {
		t.Errorf("who may only read has had the cluster read %d times", reads.Load()-before)
	}
	d.ask(request{method: "GET", path: one, who: "reader"}, 200)
	d.ask(request{method: "PUT", path: one + "/lock", who: "bob", body: `{"reason":"x"}`}, 200)
}
