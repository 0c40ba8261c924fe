package manager_test

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// event is one that a stream told.
type event struct{ id, name, data string }

// listen reads n events of a stream and leaves it.
func (d *desk) listen(ctx context.Context, path, last string, n int) []event {
	d.Helper()
	return d.until(ctx, path, last, func(got []event) bool { return len(got) == n })
}

// until reads events of a stream until it has had enough, and leaves it.
func (d *desk) until(ctx context.Context, path, last string, enough func([]event) bool) []event {
	d.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, nil)
	if err != nil {
		d.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer bob-secret")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := (&http.Client{Transport: d.c}).Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		d.Fatalf("%s: %s", path, resp.Status)
	}
	var out []event
	var e event
	lines := bufio.NewScanner(resp.Body)
	for !enough(out) && lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		}
		if lines.Text() == "" && e.name != "" {
			out = append(out, e)
			e = event{}
		}
	}
	if !enough(out) {
		d.Fatalf("%s: not enough after %d events: %v", path, len(out), lines.Err())
	}
	return out
}

// write puts records into the store, as another process does.
func (d *desk) write(id mesh.ID, from, to int64) {
	d.Helper()
	store, err := d.b.Records(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	for rev := from; rev <= to; rev++ {
		now := time.Now().UTC()
		_, err := store.Write(d.Context(), record.Head{Mesh: id.String(), Revision: rev, Version: rev, Action: record.Apply, Outcome: record.Applied, Author: "cli", Began: now, Ended: now}, nil)
		if err != nil {
			d.Fatal(err)
		}
	}
}

// TestEventsHaveNoGap: a reader that comes again is told all that it missed, by
// whichever manager, from memory and from history.
func TestEventsHaveNoGap(t *testing.T) {
	for _, keep := range []int{10, 10_000} {
		t.Run(fmt.Sprint("memory of ", keep), func(t *testing.T) {
			d := newDesk(t, func(o *manager.Options) { o.Limits.Events = keep })
			m := mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}
			n := mesh.ID{Tenant: "public", Namespace: "default", Name: "n"}
			d.write(m, 1, 1)
			last := m.String() + "@1"
			seen := map[string]bool{}
			for round := range int64(5) {
				d.write(m, 2+round*40, 1+(round+1)*40)
				d.write(n, 1+round*40, (round+1)*40)
				// Of one mesh: exactly what came after, in order.
				alone := d.listen(t.Context(), api.Meshes+"/"+m.String()+"/events", fmt.Sprintf("%s@%d", m, 1+round*40), 40)
				for i, e := range alone {
					if want := fmt.Sprintf("%s@%d", m, 2+round*40+int64(i)); e.id != want {
						t.Fatalf("event %d is %s, want %s", i, e.id, want)
					}
				}
				// Of the namespace: nothing is missing; what comes twice has the same id.
				d.until(t.Context(), api.Events+"/public/default", last, func(got []event) bool {
					if len(got) > 0 {
						last = got[len(got)-1].id
						seen[last] = true
						delete(seen, m.String()+"@1") // the window reaches back to it
					}
					return len(seen) >= int(round+1)*80
				})
			}
			for i := range int64(200) {
				if !seen[fmt.Sprintf("%s@%d", n, i+1)] || !seen[fmt.Sprintf("%s@%d", m, i+2)] {
					t.Fatalf("events of revision %d are missing", i+1)
				}
			}
			// A manager that begins now has no memory of it.
			young := openDesk(t, d.b, nil)
			young.listen(t.Context(), api.Events+"/public/default", fmt.Sprintf("%s@%d", m, 100), 201)
		})
	}
}

// TestEventsCome: a stream tells of a run as it is begun and ended, and an operation of its steps.
func TestEventsCome(t *testing.T) {
	d := newDesk(t, nil)
	got := make(chan []event, 1)
	go func() { got <- d.listen(t.Context(), one+"/events", "", 2) }()
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	eventually(t, "the stream is open", func() bool { return strings.Contains(d.log.String(), "stream opened") })
	op := decode[api.Operation](t, d.ask(request{method: "PUT", path: one + "?wait=10s", who: "alice", body: body, header: kind}, 200))
	for i, want := range []record.Outcome{record.Running, record.Applied} {
		e := (<-got)
		got <- e
		if m := decode[api.Mesh](t, []byte(e[i].data)); m.Outcome != want || e[i].name != api.EventMesh {
			t.Errorf("event %d: %+v", i, e[i])
		}
	}
	steps := d.listen(t.Context(), api.Operations+"/"+op.ID+"/events", "", 5)
	if steps[0].name != api.EventStep || steps[0].id != "1" {
		t.Errorf("%+v", steps[0])
	}
	rest := d.listen(t.Context(), api.Operations+"/"+op.ID+"/events", steps[1].id, 3)
	if rest[0] != steps[2] {
		t.Errorf("goes on with %+v, want %+v", rest[0], steps[2])
	}
	d.problem(request{method: "GET", path: one + "/events?lastEventId=nonsense", who: "bob"}, 400, api.KindUsage)
	d.problem(request{method: "GET", path: api.Operations + "/alone.x", who: "bob"}, 404, api.KindNotFound)
}

// TestDriftIsTold: what someone does by hand comes to those who listen, and is in the status.
func TestDriftIsTold(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) {
		b := o.Gate.(tokens).b
		o.Reconcile = &reconcile.Config{
			Open:   func(context.Context, record.Head) (backend.Backend, error) { return b, nil },
			Author: "manager", Limits: reconcile.Limits{Every: 20 * time.Millisecond, Whole: 20 * time.Millisecond, Apart: time.Millisecond},
		}
	})
	d.put("public/default/m", meshFile("m", 1), pyFile)
	got := make(chan []event, 1)
	go func() {
		got <- d.until(t.Context(), api.Events+"/public/default", "", func(got []event) bool {
			return len(got) > 0 && got[len(got)-1].name == api.EventDrift
		})
	}()
	eventually(t, "the stream is open", func() bool { return strings.Contains(d.log.String(), "stream opened") })
	for _, r := range d.b.Resources() {
		if c, ok := r.(*state.Component); ok {
			changed := *c
			changed.Fields = maps.Clone(c.Fields)
			changed.Fields["parallelism"] = float64(7)
			d.b.Put(&changed)
		}
	}
	events := <-got
	e := events[len(events)-1]
	if drift := decode[api.DriftEvent](t, []byte(e.data)); drift.Mesh != "public/default/m" || drift.Version != 1 || len(drift.Changes) == 0 || e.id != "" {
		t.Errorf("%+v", e)
	}
	st := decode[api.Status](t, d.ask(request{method: "GET", path: one + "/status", who: "bob"}, 200))
	if st.Drift == nil || len(st.Drift.Changes) != 1 {
		t.Errorf("status: %+v", st)
	}
}
