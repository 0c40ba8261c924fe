package servertest

import (
	"context"
	"testing"
)

// CheckRequire fails the test unless require skips where something is missing, and
// fails where CI is set.
func CheckRequire(t *testing.T, require func(testing.TB)) {
	t.Helper()
	for ci, want := range map[string]string{"": "skip", "true": "fatal", "1": "fatal"} {
		t.Setenv("CI", ci)
		r := &recorder{TB: t}
		require(r)
		if r.end != want {
			t.Errorf("CI=%q: %q, want %q", ci, r.end, want)
		}
	}
}

// recorder is a test that remembers how it ended.
type recorder struct {
	testing.TB
	end string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return context.Background() }
func (r *recorder) Skip(...any)              { r.ends("skip") }
func (r *recorder) Fatal(...any)             { r.ends("fatal") }

// ends keeps the first word: a real test would have ended there.
func (r *recorder) ends(how string) {
	if r.end == "" {
		r.end = how
	}
}
