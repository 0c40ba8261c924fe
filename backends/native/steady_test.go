package native

import (
	"testing"
	"time"
)

// A source that only its worker calls running has to run for a while; one that
// produces is believed at once.
func TestSteadiness(t *testing.T) {
	start := time.Unix(1000, 0)
	var s steadiness
	for _, c := range []struct {
		after     time.Duration
		producing bool
		want      bool
	}{{0, false, false}, {0, true, true}, {steadyTime - 1, false, false}, {steadyTime, false, true}} {
		if got := s.holds(c.producing, start.Add(c.after)); got != c.want {
			t.Errorf("after %v, producing %v: %v", c.after, c.producing, got)
		}
	}
	names := map[string]string{"t a": "0", "t b": "1", "t c": "1", "t d": "2"}
	if n := len(producing(names, map[string]bool{"t d": true})); n != 2 {
		t.Errorf("%d instances produce, want 2", n)
	}
}
