// Package k8stest gives tests a real Kubernetes API server, and skips them loudly
// where the machine cannot build one. With CI set in the environment they fail
// instead: there a missing server is a mistake, not a circumstance.
package k8stest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
)

// Require skips the test, or fails it in CI, when PATH lacks what the build of the
// server's programs needs.
func Require(t testing.TB) {
	t.Helper()
	missing := k8s.Missing()
	if len(missing) == 0 {
		return
	}
	why := "NO REAL KUBERNETES (test/k8s/build.sh): not on PATH: " + strings.Join(missing, "; ")
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Start starts a server of the test's own and stops it when the test ends.
// opts.Output nil shows the progress on standard error. The first start on a machine
// builds for five minutes or more: the test's deadline must leave room for it, or
// test/k8s/build.sh have run before.
func Start(t testing.TB, opts k8s.Options) *k8s.Server {
	t.Helper()
	Require(t)
	if opts.Output == nil {
		opts.Output = os.Stderr
	}
	srv, err := k8s.Start(startContext(t), opts)
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

var shared struct {
	sync.Mutex
	srv *k8s.Server
	err error
}

// Shared returns the server that all tests share: the one that [k8s.AttachEnv] names
// if that is set, else one that is started at the first call in this process. Tests
// keep to a [Namespace] of their own on it, and neither stop it nor change its custom
// resource definitions. A package that uses Shared ends its TestMain with [Main];
// without that the server ends together with the process, less gently.
func Shared(t testing.TB) *k8s.Server {
	t.Helper()
	path := os.Getenv(k8s.AttachEnv)
	if path == "" {
		Require(t)
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.srv == nil && shared.err == nil { // a start that failed is not tried by each test
		if path != "" {
			shared.srv, shared.err = k8s.Attach(startContext(t), path)
		} else {
			shared.srv, shared.err = k8s.Start(startContext(t), k8s.Options{Output: os.Stderr})
		}
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.srv
}

// Main runs the tests of a package, stops the shared server if there is one, and
// exits: func TestMain(m *testing.M) { k8stest.Main(m) }.
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
