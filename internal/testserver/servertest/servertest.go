// Package servertest is what tests with real servers have in common: one of their
// own, or one that is shared, and what happens where the machine cannot run one.
package servertest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is what has to be stopped.
type Server interface{ Stop() error }

// Require skips the test where something is missing, loudly, and fails it where CI is
// set in the environment. what names the server, such as NO REAL PULSAR.
func Require(t testing.TB, what string, missing []string) {
	t.Helper()
	if len(missing) == 0 {
		return
	}
	why := what + ": not on PATH: " + strings.Join(missing, "; ")
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Start starts a server of the test's own and stops it when the test ends.
func Start[S Server](t testing.TB, start func(context.Context) (S, error)) S {
	t.Helper()
	srv, err := start(startContext(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// startContext ends a little before the test's own deadline, so that a start that
// hangs is told as such.
func startContext(t testing.TB) context.Context {
	ctx := t.Context()
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, ok := d.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, end.Add(-10*time.Second))
			t.Cleanup(cancel)
		}
	}
	return ctx
}

// Shared is a server that all tests of a process share. Its zero value has not been
// started.
type Shared[S Server] struct {
	mu  sync.Mutex
	srv *S
	err error
}

// Get returns the server, which the first call starts. A start that failed is not
// tried by each test.
func (s *Shared[S]) Get(t testing.TB, start func(context.Context) (S, error)) S {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.srv == nil && s.err == nil {
		srv, err := start(startContext(t))
		if s.err = err; err == nil {
			s.srv = &srv
		}
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return *s.srv
}

// Stop stops the server, if one was started.
func (s *Shared[S]) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.srv == nil {
		return nil
	}
	return (*s.srv).Stop()
}

// Main runs the tests of a package, stops the server, and exits.
func (s *Shared[S]) Main(m *testing.M) {
	code := m.Run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}
