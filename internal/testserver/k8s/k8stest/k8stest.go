// Package k8stest gives tests a real Kubernetes API server, and skips them loudly
// where the machine cannot build one. With CI set in the environment they fail
// instead: there a missing server is a mistake, not a circumstance.
package k8stest

import (
	"context"
	"os"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/servertest"
)

// Require skips the test, or fails it in CI, when PATH lacks what the build of the
// server's programs needs.
func Require(t testing.TB) {
	t.Helper()
	servertest.Require(t, "NO REAL KUBERNETES (test/k8s/build.sh)", k8s.Missing())
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
	return servertest.Start(t, func(ctx context.Context) (*k8s.Server, error) { return k8s.Start(ctx, opts) })
}

var shared servertest.Shared[*k8s.Server]

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
	return shared.Get(t, func(ctx context.Context) (*k8s.Server, error) {
		if path != "" {
			return k8s.Attach(ctx, path)
		}
		return k8s.Start(ctx, k8s.Options{Output: os.Stderr})
	})
}

// Main runs the tests of a package, stops the shared server if there is one, and
// exits: func TestMain(m *testing.M) { k8stest.Main(m) }.
func Main(m *testing.M) { shared.Main(m) }

// StopShared stops the server that [Shared] started in this process, if it did; for a
// TestMain that has more to end than this server.
func StopShared() error { return shared.Stop() }
