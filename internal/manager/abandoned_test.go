package manager_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// beginOnly puts the beginning of a run on record, as a manager does that is killed then.
func (d *desk) beginOnly(name, key string) mesh.ID {
	d.Helper()
	id := mesh.ID{Tenant: "public", Namespace: "default", Name: name}
	h := record.Head{Mesh: id.String(), Revision: 1, Version: 1, Action: record.Apply, Outcome: record.Running, Author: "alice", Request: key, Began: time.Now().UTC(), Backend: "memory"}
	store, err := d.b.Records(d.Context())
	if err == nil {
		_, err = store.Write(d.Context(), h, nil)
	}
	if err != nil {
		d.Fatal(err)
	}
	return id
}

func (d *desk) head(id mesh.ID) record.Head {
	d.Helper()
	store, err := d.b.Records(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	h, err := store.Head(d.Context(), id)
	if err != nil && !errors.Is(err, record.ErrNone) {
		d.Fatal(err)
	}
	return h
}

// own lets a manager see whether runs still have their locks.
func own(o *manager.Options) {
	b := o.Gate.(tokens).b
	o.Own = func(context.Context, record.Head) (backend.Backend, error) { return b, nil }
}

// TestAbandonedRuns are ended on record by whoever leads, once nobody has their lock.
func TestAbandonedRuns(t *testing.T) {
	d := newDesk(t, own)
	id := d.beginOnly("m", "run-17")
	eventually(t, "the run is ended", func() bool { return d.head(id).Outcome == record.Interrupted })
	if h := d.head(id); h.Revision != 2 || h.Version != 1 || h.Author != "alice" || h.Ended.IsZero() || h.Error == "" {
		t.Errorf("%+v", h)
	}
	busy := mesh.ID{Tenant: "public", Namespace: "default", Name: "busy"}
	lease, err := d.b.Lock(t.Context(), busy, backend.Holder{User: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	d.beginOnly("busy", "")
	// What is ended later was looked at later.
	later := d.beginOnly("later", "")
	eventually(t, "the other run is ended", func() bool { return d.head(later).Outcome == record.Interrupted })
	if h := d.head(busy); h.Outcome != record.Running {
		t.Errorf("a run that has its lock was ended: %+v", h)
	}
	lease.Release()
	eventually(t, "the run is ended without its lock", func() bool { return d.head(busy).Outcome == record.Interrupted })
	// Of a run that held no lock nothing tells that it is over.
	unlocked := d.beginOnly("unlocked", "")
	h := d.head(unlocked)
	h.Revision, h.Version, h.Unlocked = 3, 2, true
	store, _ := d.b.Records(t.Context())
	eventually(t, "a run without a lock follows", func() bool {
		_, err := store.Write(t.Context(), h, nil)
		return err == nil
	})
	// A lock on record that came in the middle stays.
	held := d.beginOnly("held", "")
	h = d.head(held)
	h.Revision, h.Action, h.Hold = 2, record.Hold, &record.HoldInfo{By: "bob"}
	if _, err := store.Write(t.Context(), h, nil); err != nil && !errors.As(err, new(*record.ConflictError)) {
		t.Fatal(err)
	}
	eventually(t, "the run is ended", func() bool { return d.head(held).Outcome == record.Interrupted })
	if h := d.head(held); h.Action != record.Apply {
		t.Errorf("%+v", h)
	}
	last := d.beginOnly("zlast", "")
	eventually(t, "a run that is looked at later is ended", func() bool { return d.head(last).Outcome == record.Interrupted })
	if h := d.head(unlocked); h.Outcome != record.Running || h.Version != 2 {
		t.Errorf("a run without a lock was ended: %+v", h)
	}
}

// TestARequestOfAnAbandonedRun: who sends it again is told that it did not come to its end,
// and while someone carries it out that it goes on.
func TestARequestOfAnAbandonedRun(t *testing.T) {
	for _, method := range []string{"PUT", "POST"} {
		d := newDesk(t, nil)
		body, kind := form(t, meshFile("m", 1), pyFile, "")
		kind[api.HeaderKey] = "run-17"
		id := d.beginOnly("m", "run-17")
		lease, err := d.b.Lock(t.Context(), id, backend.Holder{User: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		again := request{method: method, path: one, who: "alice", body: body, header: kind}
		if op := decode[api.Operation](t, d.ask(again, 200)); op.State != api.Running || op.Version != 1 {
			t.Errorf("%s: while it is carried out: %+v", method, op)
		}
		lease.Release()
		for range 2 {
			if op := decode[api.Operation](t, d.ask(again, 200)); op.State != api.Done || op.Outcome != record.Interrupted || op.Version != 1 || op.Error == "" {
				t.Errorf("%s: nobody carries it out: %+v", method, op)
			}
		}
		if h := d.head(id); h.Revision != 2 || d.b.Writes() != 0 {
			t.Errorf("%s: %+v after %d writes", method, h, d.b.Writes())
		}
	}
}

// unclear are records whose first write of a run ends with an error that says little.
type unclear struct {
	manager.Records
	// written tells whether it is written, blind whether heads cannot be read then.
	written, blind bool

	mu    sync.Mutex
	wrote bool
}

func (u *unclear) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	u.mu.Lock()
	first := !u.wrote
	u.wrote = true
	u.mu.Unlock()
	if !first {
		return u.Records.Write(ctx, next, body)
	}
	if u.written {
		if h, err := u.Records.Write(ctx, next, body); err != nil {
			return h, err
		}
	}
	return record.Head{}, errors.New("the connection broke")
}

func (u *unclear) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	u.mu.Lock()
	blind := u.blind && u.wrote
	u.mu.Unlock()
	if blind {
		return record.Head{}, errors.New("the connection is broken")
	}
	return u.Records.Head(ctx, id)
}

// TestUnclearWrites: a run whose beginning is on record is carried out, however its write
// ended; one of which that is not known is not, and its caller is told so.
func TestUnclearWrites(t *testing.T) {
	for name, u := range map[string]*unclear{"written": {written: true}, "not written": {}, "not known": {written: true, blind: true}} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, func(o *manager.Options) { u.Records, o.Records = o.Records, u })
			body, kind := form(t, meshFile("m", 1), pyFile, "")
			kind[api.HeaderKey] = "run-17"
			put := request{method: "PUT", path: one + "?wait=10s", who: "alice", body: body, header: kind}
			if name == "written" {
				if op := decode[api.Operation](t, d.ask(put, 200)); op.Outcome != record.Applied || op.Version != 1 {
					t.Errorf("%+v", op)
				}
				return
			}
			p := d.problem(put, 502, api.KindUnknown)
			if d.b.Writes() != 0 || !strings.Contains(p.Detail, "the connection broke") {
				t.Errorf("%d writes: %+v", d.b.Writes(), p)
			}
		})
	}
}

// paced is a caller whose plans are allowed when a test says so.
type paced struct {
	role
	allow func()
}

func (p paced) Allows(context.Context, mesh.ID, *plan.Plan) error { p.allow(); return nil }

type pacedGate struct {
	tokens
	allow func()
}

func (g pacedGate) Caller(r *http.Request) (manager.Caller, error) {
	c, err := g.tokens.Caller(r)
	if err != nil {
		return nil, err
	}
	return paced{c.(role), g.allow}, nil
}

// TestOneKeyTwiceAtOnce: where there is no lock yet, since the namespace is still to be
// made, two requests with one key are one run all the same.
func TestOneKeyTwiceAtOnce(t *testing.T) {
	var d *desk
	id := mesh.ID{Tenant: "public", Namespace: "fresh", Name: "m"}
	var mu sync.Mutex
	planned := 0
	both, written := make(chan bool), make(chan bool)
	allow := func() {
		mu.Lock()
		planned++
		second := planned == 2
		mu.Unlock()
		if second {
			close(both)
			<-written
		} else {
			<-both
		}
	}
	d = newDesk(t, func(o *manager.Options) { o.Gate = pacedGate{o.Gate.(tokens), allow} })
	told := make(chan bool)
	var once sync.Once
	d.b.Fault(func(plan.Step) error {
		once.Do(func() {
			close(written)
			<-told
		})
		return nil
	})
	text := strings.Replace(meshFile("m", 1), "name: m\n", "name: m\nnamespace: {name: fresh, create: true}\n", 1)
	text = strings.Replace(text, "{name: in, external: true}", "{name: in}", 1)
	body, kind := form(t, text, pyFile, "")
	kind[api.HeaderKey] = "run-17"
	put := request{method: "PUT", path: api.Meshes + "/" + id.String(), who: "alice", body: body, header: kind}
	answers := make(chan int, 2)
	for range 2 {
		go func() {
			status, data := d.send(put)
			if op := (api.Operation{}); status != 200 && status != 202 {
				t.Errorf("%d %s", status, data)
			} else if op = decode[api.Operation](t, data); op.Version != 1 {
				t.Errorf("%+v", op)
			}
			answers <- status
		}()
	}
	<-answers
	<-answers
	close(told)
	eventually(t, "the run has ended", func() bool { return d.head(id).Outcome == record.Applied })
	if h := d.head(id); h.Version != 1 {
		t.Errorf("%+v", h)
	}
	eventually(t, "the lock that was taken when the namespace was made is given back", func() bool {
		_, held := d.b.Holder(id)
		return !held
	})
}
