package manager_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/record"
)

// shifting are records that can become others, as a topic does that has lost its end, and
// that tell of them what a test says.
type shifting struct {
	*memory.Records
	now  atomic.Pointer[memory.Records]
	tell chan record.Head
}

func newShifting() *shifting {
	s := &shifting{Records: memory.NewRecords(), tell: make(chan record.Head)}
	s.now.Store(s.Records)
	return s
}

func (s *shifting) Heads(ctx context.Context) ([]record.Head, error) { return s.now.Load().Heads(ctx) }
func (s *shifting) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	return s.now.Load().Head(ctx, id)
}
func (s *shifting) History(ctx context.Context, id mesh.ID, before int64, limit int) ([]record.Head, error) {
	return s.now.Load().History(ctx, id, before, limit)
}
func (s *shifting) Watch(ctx context.Context, ready func(), fn func(record.Head)) error {
	ready()
	for {
		select {
		case h := <-s.tell:
			fn(h)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// fill writes revisions of a mesh by someone, and gives them.
func fill(t *testing.T, r *memory.Records, id mesh.ID, author string, from, to int64) []record.Head {
	t.Helper()
	var out []record.Head
	for rev := from; rev <= to; rev++ {
		began := time.Unix(1e9+rev, 0).UTC()
		h, err := r.Write(t.Context(), record.Head{Mesh: id.String(), Revision: rev, Version: rev, Action: record.Apply, Outcome: record.Applied, Author: author, Began: began, Ended: began}, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, h)
	}
	return out
}

func idsOf(events []event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.id)
	}
	return out
}

// TestALostEnd: where the topic of records loses its end, what is there from then on is
// what is told, though its revisions are lower.
func TestALostEnd(t *testing.T) {
	s := newShifting()
	m := mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}
	gone := mesh.ID{Tenant: "public", Namespace: "default", Name: "gone"}
	fill(t, s.Records, m, "before", 1, 10)
	fill(t, s.Records, gone, "before", 1, 1)
	d := newDesk(t, func(o *manager.Options) { o.Records = s })
	got := make(chan []event, 1)
	go func() {
		defer close(got) // also where not enough comes
		got <- d.listen(t.Context(), one+"/events", "", 2)
	}()
	eventually(t, "the stream is open", func() bool { return strings.Contains(d.log.String(), "stream opened") })
	after := memory.NewRecords()
	all := append(fill(t, after, m, "before", 1, 7), fill(t, after, m, "after", 8, 8)...)
	s.now.Store(after)
	for _, h := range all { // it is read again
		s.tell <- h
	}
	s.tell <- fill(t, after, m, "after", 9, 9)[0]
	if ids := idsOf(<-got); !slices.Equal(ids, []string{m.String() + "@8", m.String() + "@9"}) {
		t.Errorf("told: %v", ids)
	}
	if h := decode[api.Mesh](t, d.ask(request{method: "GET", path: one, who: "bob"}, 200)); h.Revision != 9 || h.Author != "after" {
		t.Errorf("%+v", h)
	}
	d.problem(request{method: "GET", path: api.Meshes + "/" + gone.String(), who: "bob"}, 404, api.KindNotFound)
}

// TestCompactedEvents: of what was compacted while there was no connection the store tells
// the last; readers are told all of it, from history.
func TestCompactedEvents(t *testing.T) {
	s := newShifting()
	m := mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}
	fill(t, s.Records, m, "cli", 1, 9)
	d := newDesk(t, func(o *manager.Options) { o.Records = s })
	s.tell <- fill(t, s.Records, m, "cli", 10, 10)[0]
	s.tell <- fill(t, s.Records, m, "cli", 11, 13)[2]
	if ids := idsOf(d.listen(t.Context(), one+"/events", m.String()+"@10", 3)); !slices.Equal(ids, []string{m.String() + "@11", m.String() + "@12", m.String() + "@13"}) {
		t.Errorf("told: %v", ids)
	}
	// What is told twice is no news.
	s.tell <- fill(t, s.Records, m, "cli", 14, 14)[0]
	past, err := s.History(t.Context(), m, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range slices.Backward(past) {
		s.tell <- h
	}
	s.tell <- fill(t, s.Records, m, "cli", 15, 15)[0]
	if ids := idsOf(d.listen(t.Context(), one+"/events", m.String()+"@13", 2)); !slices.Equal(ids, []string{m.String() + "@14", m.String() + "@15"}) {
		t.Errorf("told: %v", ids)
	}
}

// unread are records whose heads are not there yet.
type unread struct {
	*memory.Records
	read chan bool
}

func (u unread) Heads(ctx context.Context) ([]record.Head, error) {
	select {
	case <-u.read:
		return u.Records.Heads(ctx)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// TestUnreadRecords: before the records are read nothing is told about meshes, not even
// that there are none.
func TestUnreadRecords(t *testing.T) {
	u := unread{memory.NewRecords(), make(chan bool)}
	fill(t, u.Records, mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}, "cli", 1, 1)
	m, err := manager.New(manager.Options{Records: u, Gate: tokens{}, Backend: "memory"})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = m.Run(t.Context()) }()
	ask := func(path string) *httptest.ResponseRecorder {
		// A stream that is opened all the same is left.
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer bob-secret")
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{api.Meshes, api.Meshes + "/public/default", one, one + "/history", one + "/events", api.Events + "/public/default"} {
		if w := ask(path); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	close(u.read)
	eventually(t, "it is ready", m.Ready)
	if w := ask(one); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
