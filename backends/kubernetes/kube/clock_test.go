package kube

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestClockIsTheServers: it follows the most advanced of the whole seconds that were
// told, so that it is behind by less than one and never ahead.
func TestClockIsTheServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ahead = 37*time.Minute + 400*time.Millisecond
		server := func() time.Time { return time.Now().Add(ahead) }
		var c clock
		if c.known() || !c.now().Equal(time.Now()) {
			t.Error("a clock that was told nothing is not ours")
		}
		best := time.Hour
		for range 20 {
			c.saw(server().Truncate(time.Second))
			behind := server().Sub(c.now())
			if behind < 0 || behind >= time.Second || behind > best {
				t.Errorf("%v behind the server, after %v", behind, best)
			}
			best = behind
			time.Sleep(330 * time.Millisecond)
		}
		if best > 100*time.Millisecond {
			t.Errorf("after twenty answers still %v behind", best)
		}
	})
}

func TestExpiryIsByTheServersClock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	lease := func(holder string, renewed time.Time) Object {
		return Object{"spec": map[string]any{"holderIdentity": holder, "leaseDurationSeconds": int64(15), "renewTime": renewed.Format(time.RFC3339Nano)}}
	}
	for what, tt := range map[string]struct {
		o    Object
		want bool
	}{
		"renewed now":               {lease("a", now), false},
		"renewed 16 s ago":          {lease("a", now.Add(-16*time.Second)), false},
		"renewed over 16 s ago":     {lease("a", now.Add(-16*time.Second-time.Millisecond)), true},
		"of nobody":                 {lease("", now), true},
		"renewed in the future":     {lease("a", now.Add(time.Hour)), false},
		"without a time of its own": {Object{"spec": map[string]any{"holderIdentity": "a"}}, true},
	} {
		if got := expired(tt.o, answer{date: now}); got != tt.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}
