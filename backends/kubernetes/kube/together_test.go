package kube

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestRoundsBeginAfterTheirQuestions: an answer of before the question would say that
// a write is not there, and each question costs the server at most its share.
func TestRoundsBeginAfterTheirQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lists, begun, inTheAir := 0, time.Time{}, 0
		r := &rounds{list: func(context.Context) (Listed, error) {
			lists++
			if inTheAir++; inTheAir > 1 {
				t.Error("two lists at a time")
			}
			begun = time.Now()
			time.Sleep(100 * time.Millisecond)
			inTheAir--
			return Listed{Version: begun.Format(time.RFC3339Nano), Items: []Object{Functions.New("n", "f")}}, nil
		}}
		var all sync.WaitGroup
		for i := range 1000 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				asked := time.Now()
				l, err := r.next(t.Context())
				if err != nil || l.byName["f"] == nil {
					t.Error(err)
				}
				if at := parseTime(l.Version); at.Before(asked) {
					t.Errorf("asked at %v, the answer is of %v", asked, at)
				}
			})
		}
		all.Wait()
		if lists < 3 || lists > 4 {
			t.Errorf("a thousand questions in a second are %d lists of 100 ms with 400 ms between them", lists)
		}
	})
}

func TestRoundsTellFailuresToAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		r := &rounds{list: func(context.Context) (Listed, error) { time.Sleep(time.Second); return Listed{}, broken }}
		gone, cancel := context.WithCancel(t.Context())
		first := make(chan error)
		go func() { _, err := r.next(gone); first <- err }()
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("who went away is told %v", err)
		}
		if _, err := r.next(t.Context()); !errors.Is(err, broken) {
			t.Errorf("who stayed is told %v", err)
		}
	})
}
