package manager_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// TestWritersAreKilled: writers that are killed at any moment leave no version twice
// and no gap, and what one was told that it won is remembered of it.
func TestWritersAreKilled(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	writers, until := 4, int64(30)
	if many() {
		writers, until = 20, 1000
	}
	id := newMesh()
	won := map[int64]string{}
	lost, kills, next := 0, 0, 0
	running := make([]*process, writers)
	start := func(i int) {
		next++
		running[i] = p.start(t, job{Author: fmt.Sprint("writer-", next), Mesh: id.String(), Until: until})
	}
	// read takes what a child has said so far, or until it has ended.
	read := func(c *process, toEnd bool) (ended bool) {
		for {
			var line string
			ok := true
			if toEnd {
				line, ok = <-c.lines
			} else {
				select {
				case line, ok = <-c.lines:
				default:
					return false
				}
			}
			if !ok {
				return true
			}
			what, version, who, err := words(line)
			switch {
			case err != nil:
				t.Errorf("a writer says %q", line)
			case what == "lost":
				lost++
			case won[version] != "":
				t.Errorf("version %d is of %s and of %s", version, won[version], who)
			default:
				won[version] = who
			}
		}
	}
	for i := range running {
		start(i)
	}
	begin := time.Now()
	s := p.open(t)
	for done := 0; done < writers; {
		done = 0
		for i, c := range running {
			if c == nil || read(c, false) {
				running[i] = nil
				done++
			}
		}
		if i := rand.IntN(writers); running[i] != nil && rand.IntN(4) == 0 {
			if err := running[i].Process.Kill(); err != nil {
				t.Fatal(err)
			}
			read(running[i], true)
			kills++
			start(i)
		}
		// A pause, so that there is something to kill.
		time.Sleep(20 * time.Millisecond)
	}
	h := head(t, s, id)
	if h.Version < until {
		t.Errorf("version %d", h.Version)
	}
	remembered(t, s, id, won)
	t.Logf("%d writers, %d killed: %d versions within %v, %d winners and %d losers told", writers, kills, h.Version, time.Since(begin), len(won), lost)
}
