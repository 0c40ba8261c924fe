package manager_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
)

// overtaken is a gate where something happens just before a run of bob takes its lock.
type overtaken struct {
	tokens
	happens *atomic.Pointer[func()]
}

func (g overtaken) Caller(r *http.Request) (manager.Caller, error) {
	c, err := g.tokens.Caller(r)
	if err != nil || c.Name() != "bob" {
		return c, err
	}
	return overtakenRole{c.(role), g.happens}, nil
}

type overtakenRole struct {
	role
	happens *atomic.Pointer[func()]
}

func (r overtakenRole) Open(context.Context) (backend.Backend, func(), error) {
	if f := r.happens.Swap(nil); f != nil {
		(*f)()
	}
	return r.b, func() {}, nil
}

// TestFirstRegistrationWins: of two who register the same name at once, one is told that
// it is there.
func TestFirstRegistrationWins(t *testing.T) {
	var happens atomic.Pointer[func()]
	d := newDesk(t, func(o *manager.Options) { o.Gate = overtaken{o.Gate.(tokens), &happens} })
	first := func() { d.put("public/default/m", meshFile("m", 1), pyFile) }
	happens.Store(&first)
	body, kind := form(t, meshFile("m", 5), pyFile, "")
	told := d.problem(request{method: "POST", path: one + "?wait=10s&allow=message-loss", who: "bob", body: body, header: kind}, 409, api.KindExists)
	if told.Winner == nil || told.Winner.Author != "alice" || told.Winner.Version != 1 {
		t.Errorf("who was first: %+v", told.Winner)
	}
	if h := decode[api.Mesh](t, d.ask(request{method: "GET", path: one, who: "alice"}, 200)); h.Version != 1 {
		t.Errorf("version %d is on record", h.Version)
	}
	// One that has been taken down may be registered again.
	d.ask(request{method: "DELETE", path: one + "?wait=10s&allow=message-loss", who: "alice"}, 200)
	d.ask(request{method: "POST", path: one + "?wait=10s", who: "bob", body: body, header: kind}, 200)
}
