package manager_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// times is how often something is done: as many times more as the environment says.
func times(n int64) int64 {
	if more, err := strconv.ParseInt(os.Getenv("MESHC_RECORDS_TIMES"), 10, 64); err == nil && more > 0 {
		return n * more
	}
	return n
}

// many tells whether these are the long runs of make records.
func many() bool { return times(1) > 1 }

// race has stores write versions of one mesh as fast as they can, up to a version. It
// looks whether each version was won by one, and what is remembered is what was told.
func race(t *testing.T, stores []*manager.Store, id mesh.ID, until int64) {
	t.Helper()
	var mu sync.Mutex
	won := map[int64]string{}
	lost := 0
	begin := time.Now()
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			author := fmt.Sprint("writer-", i)
			for {
				h, err := s.Head(t.Context(), id)
				if err != nil && !errors.Is(err, record.ErrNone) {
					t.Errorf("%s: %v", author, err)
					return
				}
				if h.Version >= until {
					return
				}
				stored, err := s.Write(t.Context(), recordtest.Next(id, h, author), recordtest.BodyOf("name: x"))
				mu.Lock()
				switch {
				case err == nil && won[stored.Version] == "":
					won[stored.Version] = author
				case err == nil:
					t.Errorf("version %d is of %s and of %s", stored.Version, won[stored.Version], author)
				case errors.As(err, new(*record.ConflictError)):
					lost++
				default:
					t.Errorf("%s: %v", author, err)
				}
				mu.Unlock()
				if t.Failed() {
					return
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d writers: %d versions within %v, %d losers told", len(stores), len(won), time.Since(begin), lost)
	remembered(t, stores[0], id, won)
}

// remembered compares a history with who was told that he won.
func remembered(t testing.TB, s *manager.Store, id mesh.ID, won map[int64]string) {
	t.Helper()
	got, err := s.History(t.Context(), id, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range got {
		if want := int64(len(got) - i); h.Version != want || h.Revision != want {
			t.Fatalf("history has a gap: version %d where %d was due", h.Version, want)
		}
		if who := won[h.Version]; who != "" && who != h.Author {
			t.Errorf("version %d is remembered of %s, %s was told to have won", h.Version, h.Author, who)
		}
	}
	for version, who := range won {
		if version > int64(len(got)) {
			t.Errorf("version %d of %s is lost", version, who)
		}
	}
}

func (p *place) put(ctx context.Context, topic, what string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.srv.AdminURL+"/admin/v2/"+strings.Replace(topic, "://", "/", 1)+"/"+what, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s of %s: %s", what, topic, resp.Status)
	}
	return nil
}

// TestTopicsAreUnloaded: brokers may give topics away at any time.
func TestTopicsAreUnloaded(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	var stores []*manager.Store
	for range 6 {
		stores = append(stores, p.open(t))
	}
	ctx, stop := context.WithCancel(t.Context())
	unloads := make(chan int)
	go func() {
		n := 0
		for ctx.Err() == nil {
			for _, topic := range []string{p.topic(), p.topic() + "-log"} {
				if err := p.put(ctx, topic, "unload"); err == nil {
					n++
				}
			}
			select {
			case <-time.After(400 * time.Millisecond):
			case <-ctx.Done():
			}
		}
		unloads <- n
	}()
	race(t, stores, newMesh(), min(times(60), 300))
	stop()
	t.Logf("%d unloads meanwhile", <-unloads)
}

// TestTheBrokerStartsAgain: writes wait for a broker that was killed, and come true once.
func TestTheBrokerStartsAgain(t *testing.T) {
	t.Parallel() // it has a server of its own
	srv := pulsartest.Start(t, pulsar.Options{})
	p := newPlace(t, srv)
	var stores []*manager.Store
	writers, until := 4, int64(100)
	if many() {
		writers, until = 20, 1000
	}
	for range writers {
		o := p.options(t)
		o.Away = 4 * time.Minute
		stores = append(stores, openWith(t, o))
	}
	id := newMesh()
	race(t, stores, id, 20)
	done := make(chan error, 1)
	middle := head(t, stores[0], id).Version + (until-20)/2
	go func() {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		_ = stores[0].Watch(ctx, func() {}, func(h record.Head) {
			if h.Version >= middle {
				stop()
			}
		})
		begin := time.Now()
		srv.Kill()
		err := srv.Restart(t.Context())
		t.Logf("the broker was away for %v", time.Since(begin))
		done <- err
	}()
	race(t, stores, id, until)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if h := head(t, p.open(t), id); h.Version < until {
		t.Errorf("version %d", h.Version)
	}
}
