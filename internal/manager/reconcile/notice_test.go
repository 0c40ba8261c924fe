package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// TestNotices: what the cluster tells of is looked at at once, however long a round
// takes, and again a little later, for workers that have not heard of it yet.
func TestNotices(t *testing.T) {
	inBubble(t, func(w *world) {
		for i := range 30 {
			w.deploy(fmt.Sprintf("m%02d", i), "", "parallelism: 1")
		}
		slow := &late{Backend: w.b, Glancer: w.b}
		w.cfg.Open = func(context.Context, record.Head) (backend.Backend, error) { return slow, nil }
		names := w.notices()
		w.cfg.Limits = reconcile.Limits{Requests: 5, Apart: 24 * time.Hour, Every: 10 * time.Minute}
		defer w.start()()
		w.wait(30 * time.Second)
		for _, delay := range []time.Duration{0, 3 * time.Second} {
			slow.remember(delay)
			w.edit("m17-a", "parallelism", 5.0+delay.Seconds())
			names <- "public/default/nobody"
			names <- "public/default/m17-a"
			w.wait(soon)
			if rep := one(t, w.reports()); rep.Mesh != "public/default/m17" || len(rep.Drift) != 1 {
				t.Errorf("shown after %v: %+v", delay, rep)
			}
		}
		if s, _ := w.r.Stats(); !s.Notices {
			t.Errorf("%+v", s)
		}
	})
}

// notices lets the cluster tell of the names that are sent.
func (w *world) notices() chan<- string {
	names := make(chan string)
	w.cfg.Notice = func(ctx context.Context, ready func(), fn func(string)) error {
		ready()
		for {
			select {
			case name := <-names:
				fn(name)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return names
}

// TestRunsAreNoDrift: what a run writes is noticed before its record is, and not told.
func TestRunsAreNoDrift(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", "", "parallelism: 1")
		names := w.notices()
		w.cfg.Limits = reconcile.Limits{Every: 10 * time.Minute}
		defer w.start()()
		w.wait(30 * time.Second)
		h := w.head("m")
		h.Revision, h.Version, h.Outcome = h.Revision+1, h.Version+1, record.Running
		if _, err := w.store.Write(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		w.edit("m-a", "parallelism", 5.0)
		names <- "public/default/m-a"
		w.wait(soon)
		if told := w.reports(); len(told) > 0 {
			t.Errorf("%+v", told)
		}
	})
}

// TestWithoutNotices: where nothing can be told, looks go on, and the reason is known.
func TestWithoutNotices(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", "", "parallelism: 1")
		tries := 0
		w.cfg.Notice = func(context.Context, func(), func(string)) error {
			tries++
			return errors.New("no right to consume")
		}
		defer w.start()()
		w.wait(10 * time.Minute)
		w.edit("m-a", "parallelism", 3.0)
		w.wait(soon)
		if rep := one(t, w.reports()); rep.Clean() {
			t.Error("it has drifted")
		}
		if s, _ := w.r.Stats(); s.Notices || s.NoNotices == nil || tries < 8 || tries > 12 {
			t.Errorf("%+v after %d tries", s, tries)
		}
	})
}

// late is a backend whose glances show what was there some time ago, as a worker does
// that lags behind the one which took a write.
type late struct {
	backend.Backend
	backend.Glancer
	until time.Time
	past  map[state.Addr]backend.Glimpse
}

// remember lets glances show for a while what is there now.
func (l *late) remember(d time.Duration) {
	l.past, l.until = map[state.Addr]backend.Glimpse{}, time.Now().Add(d)
	for _, a := range []state.Addr{addr("m17-a"), addr("m17-b")} {
		if g, err := l.Glancer.Glance(context.Background(), []state.Addr{a}); err == nil {
			l.past[a] = g[0]
		}
	}
}

func (l *late) Glance(ctx context.Context, addrs []state.Addr) ([]backend.Glimpse, error) {
	out, err := l.Glancer.Glance(ctx, addrs)
	if time.Now().Before(l.until) {
		for i, a := range addrs {
			if g, ok := l.past[a]; ok {
				out[i] = g
			}
		}
	}
	return out, err
}
