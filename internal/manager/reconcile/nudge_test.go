package reconcile_test

import (
	"testing"
	"time"
)

// TestNudges come at any time, also while it is looked around for what is due: the race
// detector watches.
func TestNudges(t *testing.T) {
	inBubble(t, func(w *world) {
		w.deploy("m", "", "parallelism: 1")
		defer w.start()()
		w.wait(time.Minute)
		before, _ := w.r.Stats()
		const nudges = 2000
		done := make(chan bool)
		go func() {
			defer close(done)
			for range nudges {
				w.r.Nudge("public/default/m")
				time.Sleep(time.Nanosecond)
			}
		}()
		<-done
		w.wait(soon)
		if after, _ := w.r.Stats(); after.Looks <= before.Looks {
			t.Errorf("%d looks after %d nudges, and %d before", after.Looks, nudges, before.Looks)
		}
	})
}
