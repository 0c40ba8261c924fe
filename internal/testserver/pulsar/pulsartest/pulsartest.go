// Package pulsartest gives tests a real Pulsar, and skips them loudly where
// the machine cannot run one. With CI set in the environment they fail
// instead: there a missing server is a mistake, not a circumstance.
package pulsartest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// Require skips the test, or fails it in CI, when PATH lacks what a server with
// these options needs.
func Require(t testing.TB, opts pulsar.Options) {
	t.Helper()
	missing := pulsar.Missing(opts)
	if len(missing) == 0 {
		return
	}
	why := "NO REAL PULSAR: not on PATH: " + strings.Join(missing, "; ")
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Start starts a server of the test's own and stops it when the test ends.
// opts.Output nil shows the progress on standard error.
func Start(t testing.TB, opts pulsar.Options) *pulsar.Server {
	t.Helper()
	Require(t, opts)
	if opts.Output == nil {
		opts.Output = os.Stderr
	}
	srv, err := pulsar.Start(startContext(t), opts)
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

// startContext ends a little before the test's own deadline, so that a start
// that hangs is told as such.
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

// SharedOptions are those of [Shared]: the default version, thread runtime,
// package service on, threads enough for tests that run in parallel.
var SharedOptions = pulsar.Options{Packages: true, HTTPThreads: 32}

var shared struct {
	sync.Mutex
	srv *pulsar.Server
	err error
}

// Shared returns the server that all tests share: the one that
// [pulsar.AttachEnv] names if that is set, else one that is started at the
// first call in this process, with [SharedOptions]. Tests keep to a
// [Namespace] of their own on it, and neither stop it nor fill it. A package
// that uses Shared ends its TestMain with [Main]; without that the server ends
// together with the process, less gently.
func Shared(t testing.TB) *pulsar.Server {
	t.Helper()
	urls := os.Getenv(pulsar.AttachEnv)
	if urls == "" {
		Require(t, SharedOptions)
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.srv == nil && shared.err == nil { // a start that failed is not tried by each test
		if urls != "" {
			shared.srv, shared.err = pulsar.Attach(startContext(t), urls)
		} else {
			opts := SharedOptions
			opts.Output = os.Stderr
			shared.srv, shared.err = pulsar.Start(startContext(t), opts)
		}
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.srv
}

// Main runs the tests of a package, stops the shared server if there is one,
// and exits: func TestMain(m *testing.M) { pulsartest.Main(m) }.
func Main(m *testing.M) {
	code := m.Run()
	if err := StopShared(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// StopShared stops the server that [Shared] started in this process, if it did; for a
// TestMain that has more to end than this server.
func StopShared() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.srv == nil {
		return nil
	}
	return shared.srv.Stop()
}
