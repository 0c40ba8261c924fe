// Package recordtest is the suite that every record.Store has to pass.
package recordtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// Fixture is a kind of store.
type Fixture struct {
	// Open opens a store on the one place of the test; several are open at once. It is
	// closed by the suite.
	Open func(testing.TB) record.Store
	// Mesh returns the name of a mesh that nothing is remembered of.
	Mesh func(testing.TB) mesh.ID
	// Writers is how many write at once where they race, and Rounds how often.
	Writers, Rounds int
}

// Run runs the suite.
func Run(t *testing.T, f Fixture) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"nothing is remembered", none},
		{"versions and their bodies", versions},
		{"a run has one version", oneRun},
		{"history in pages", pages},
		{"a loser is told by whom", loser},
		{"large bodies", large},
		{"writers race", race},
		{"watchers miss nothing", watch},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, f) })
	}
}

// open opens a store and closes it with the test.
func open(t testing.TB, f Fixture) record.Store {
	s := f.Open(t)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Next is the head of a deployment that follows h.
func Next(id mesh.ID, h record.Head, author string) record.Head {
	return record.Head{Mesh: id.String(), Revision: h.Revision + 1, Version: h.Version + 1, Action: record.Apply, Outcome: record.Applied,
		Author: author, Began: time.Unix(1_700_000_000, 0).UTC(), Ended: time.Unix(1_700_000_009, 0).UTC(), Backend: "test"}
}

// BodyOf is a body with that text as its source.
func BodyOf(text string) *record.Body {
	return &record.Body{Sources: []plan.Source{{Name: "mesh.yaml", Text: text}}, Desired: []state.Boxed{{Resource: &state.Topic{Name: "persistent://a/b/c"}}}}
}

// write writes or ends the test.
func write(t testing.TB, s record.Store, h record.Head, b *record.Body) record.Head {
	t.Helper()
	stored, err := s.Write(t.Context(), h, b)
	if err != nil {
		t.Fatalf("write of revision %d: %v", h.Revision, err)
	}
	return stored
}

func none(t *testing.T, f Fixture) {
	s, id := open(t, f), f.Mesh(t)
	if _, err := s.Head(t.Context(), id); !errors.Is(err, record.ErrNone) {
		t.Errorf("head: %v", err)
	}
	if got, err := s.History(t.Context(), id, 0, 10); err != nil || len(got) > 0 {
		t.Errorf("history: %v, %v", got, err)
	}
}

func versions(t *testing.T, f Fixture) {
	s, id := open(t, f), f.Mesh(t)
	var h record.Head
	var want []record.Head
	for i := range 4 {
		h = write(t, s, Next(id, h, fmt.Sprint("writer-", i)), BodyOf(fmt.Sprint("name: v", i+1)))
		want = append([]record.Head{h}, want...)
	}
	for name, s := range map[string]record.Store{"the writer": s, "another": open(t, f)} {
		got, err := s.History(t.Context(), id, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(record.Head{})); d != "" {
			t.Errorf("%s: history (-want +got):\n%s", name, d)
		}
		head, err := s.Head(t.Context(), id)
		if err != nil || head.Version != 4 || head.Revision != 4 || head.Author != "writer-3" {
			t.Errorf("%s: head %+v, %v", name, head, err)
		}
		for _, h := range got {
			b, err := s.Body(t.Context(), h)
			if err != nil {
				t.Errorf("%s: body of version %d: %v", name, h.Version, err)
				continue
			}
			if text := fmt.Sprint("name: v", h.Version); len(b.Sources) != 1 || b.Sources[0].Text != text || len(b.State(id).Resources) != 1 {
				t.Errorf("%s: body of version %d is %+v", name, h.Version, b)
			}
		}
		heads, err := s.Heads(t.Context())
		n := 0
		for _, h := range heads {
			if h.Mesh == id.String() && h.Version == 4 {
				n++
			}
		}
		if err != nil || n != 1 {
			t.Errorf("%s: %d of %d heads are the mesh's, %v", name, n, len(heads), err)
		}
	}
}

func oneRun(t *testing.T, f Fixture) {
	s, id := open(t, f), f.Mesh(t)
	begun := Next(id, record.Head{}, "a")
	begun.Outcome, begun.Ended = record.Running, time.Time{}
	begun = write(t, s, begun, BodyOf("name: one"))
	ended := begun
	ended.Revision++
	ended.Outcome, ended.Ended = record.Failed, begun.Began.Add(time.Second)
	ended = write(t, s, ended, nil)
	second := write(t, s, Next(id, ended, "b"), BodyOf("name: two"))
	got, err := s.History(t.Context(), id, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]record.Head{second, ended}, got, cmpopts.IgnoreUnexported(record.Head{})); d != "" {
		t.Errorf("history (-want +got):\n%s", d)
	}
	if b, err := s.Body(t.Context(), got[1]); err != nil || b.Sources[0].Text != "name: one" {
		t.Errorf("body of the first run: %+v, %v", b, err)
	}
}

func pages(t *testing.T, f Fixture) {
	s, id := open(t, f), f.Mesh(t)
	var h record.Head
	for range 7 {
		h = write(t, s, Next(id, h, "a"), BodyOf("name: x"))
	}
	var seen []int64
	for before := int64(0); ; {
		page, err := s.History(t.Context(), id, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, h := range page {
			seen = append(seen, h.Version)
		}
		before = page[len(page)-1].Revision
	}
	if d := cmp.Diff([]int64{7, 6, 5, 4, 3, 2, 1}, seen); d != "" {
		t.Errorf("versions in pages of three (-want +got):\n%s", d)
	}
}

func loser(t *testing.T, f Fixture) {
	s, other, id := open(t, f), open(t, f), f.Mesh(t)
	first := write(t, s, Next(id, record.Head{}, "first"), BodyOf("name: first"))
	_, err := other.Write(t.Context(), Next(id, record.Head{}, "second"), BodyOf("name: second"))
	var conflict *record.ConflictError
	if !errors.As(err, &conflict) || conflict.Winner.Author != "first" || conflict.Winner.Revision != first.Revision {
		t.Fatalf("the second writer: %v", err)
	}
	if _, err := other.Write(t.Context(), Next(id, record.Head{Revision: 5, Version: 5}, "ahead"), nil); !errors.As(err, &conflict) {
		t.Errorf("a revision that follows none: %v", err)
	}
	got, err := s.History(t.Context(), id, 0, 10)
	if err != nil || len(got) != 1 || got[0].Author != "first" {
		t.Errorf("history: %+v, %v", got, err)
	}
}

func large(t *testing.T, f Fixture) {
	s, id := open(t, f), f.Mesh(t)
	text := noise(12 << 20)
	h := write(t, s, Next(id, record.Head{}, "a"), BodyOf(text))
	h = write(t, s, Next(id, h, "a"), BodyOf("name: small"))
	other := open(t, f)
	got, err := other.History(t.Context(), id, 0, 10)
	if err != nil || len(got) != 2 {
		t.Fatalf("history: %+v, %v", got, err)
	}
	if b, err := other.Body(t.Context(), got[1]); err != nil || b.Sources[0].Text != text {
		t.Errorf("the large body did not come back: %v", err)
	}
	if _, err := s.Write(t.Context(), Next(id, h, "a"), BodyOf(strings.Repeat("x", record.MaxBody))); !errors.Is(err, record.ErrTooLarge) {
		t.Errorf("a body above the bound: %v", err)
	}
	if head, err := s.Head(t.Context(), id); err != nil || head.Revision != 2 {
		t.Errorf("head after a body above the bound: %+v, %v", head, err)
	}
}

// noise is text that does not compress well; the same for the same length.
func noise(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	out := make([]byte, n)
	x := uint64(88172645463325252)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = letters[x>>58]
	}
	return string(out)
}

func race(t *testing.T, f Fixture) {
	id := f.Mesh(t)
	var mu sync.Mutex
	won := map[int64]string{}
	lost := 0
	var wg sync.WaitGroup
	start := make([]chan struct{}, f.Rounds)
	for i := range start {
		start[i] = make(chan struct{})
	}
	var arrived sync.WaitGroup
	for w := range f.Writers {
		s := open(t, f)
		wg.Add(1)
		arrived.Add(1)
		go func() {
			defer wg.Done()
			author := fmt.Sprint("writer-", w)
			arrived.Done()
			for round := range f.Rounds {
				<-start[round]
				h := record.Head{Revision: int64(round), Version: int64(round)}
				stored, err := s.Write(context.Background(), Next(id, h, author), nil)
				var conflict *record.ConflictError
				mu.Lock()
				switch {
				case err == nil && won[stored.Revision] == "":
					won[stored.Revision] = author
				case err == nil:
					t.Errorf("revision %d was written by %s and by %s", stored.Revision, won[stored.Revision], author)
				case errors.As(err, &conflict) && conflict.Winner.Revision >= int64(round)+1:
					lost++
				default:
					t.Errorf("round %d of %s: %v", round, author, err)
				}
				mu.Unlock()
				arrived.Done()
			}
		}()
	}
	for round := range f.Rounds {
		arrived.Wait()
		arrived.Add(f.Writers)
		close(start[round])
	}
	wg.Wait()
	if len(won) != f.Rounds || lost != f.Rounds*(f.Writers-1) {
		t.Errorf("%d of %d rounds have a winner, %d losers were told", len(won), f.Rounds, lost)
	}
	got, err := open(t, f).History(t.Context(), id, 0, f.Rounds+1)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != f.Rounds {
		t.Errorf("history has %d heads, want %d", len(got), f.Rounds)
	}
	for i, h := range got {
		if want := int64(f.Rounds - i); h.Revision != want || h.Author != won[want] {
			t.Errorf("history at %d: revision %d of %s, want %d of %s", i, h.Revision, h.Author, want, won[want])
		}
	}
	t.Logf("%d writers, %d rounds: %d winners, %d losers told", f.Writers, f.Rounds, len(won), lost)
}

func watch(t *testing.T, f Fixture) {
	s := open(t, f)
	watcher, ok := s.(record.Watcher)
	if !ok {
		t.Log("it has no watchers")
		return
	}
	id := f.Mesh(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const writes = 20
	ready, seen := make(chan struct{}), make(chan int64, 2*writes)
	done := make(chan error, 1)
	go func() {
		done <- watcher.Watch(ctx, func() { close(ready) }, func(h record.Head) {
			if h.Mesh == id.String() {
				seen <- h.Revision
			}
		})
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatalf("watch: %v", err)
	}
	var h record.Head
	other := open(t, f)
	for range writes {
		h = write(t, other, Next(id, h, "a"), nil)
	}
	for want := int64(1); want <= writes; want++ {
		select {
		case got := <-seen:
			if got != want {
				t.Fatalf("told of revision %d, want %d", got, want)
			}
		case err := <-done:
			t.Fatalf("watch ended before revision %d: %v", want, err)
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("watch ended with %v", err)
	}
}
