// Package pulsartest gives tests a real Pulsar, and skips them loudly where
// the machine cannot run one. With CI set in the environment they fail
// instead: there a missing server is a mistake, not a circumstance.
package pulsartest

import (
	"context"
	"os"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/servertest"
)

// Require skips the test, or fails it in CI, when PATH lacks what a server with
// these options needs.
func Require(t testing.TB, opts pulsar.Options) {
	t.Helper()
	servertest.Require(t, "NO REAL PULSAR", pulsar.Missing(opts))
}

// Start starts a server of the test's own and stops it when the test ends.
// opts.Output nil shows the progress on standard error.
func Start(t testing.TB, opts pulsar.Options) *pulsar.Server {
	t.Helper()
	Require(t, opts)
	if opts.Output == nil {
		opts.Output = os.Stderr
	}
	return servertest.Start(t, func(ctx context.Context) (*pulsar.Server, error) { return pulsar.Start(ctx, opts) })
}

// SharedOptions are those of [Shared]: the default version, thread runtime,
// package service on, threads enough for tests that run in parallel.
var SharedOptions = pulsar.Options{Packages: true, HTTPThreads: 32}

var shared servertest.Shared[*pulsar.Server]

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
	return shared.Get(t, func(ctx context.Context) (*pulsar.Server, error) {
		if urls != "" {
			return pulsar.Attach(ctx, urls)
		}
		opts := SharedOptions
		opts.Output = os.Stderr
		return pulsar.Start(ctx, opts)
	})
}

// Main runs the tests of a package, stops the shared server if there is one,
// and exits: func TestMain(m *testing.M) { pulsartest.Main(m) }.
func Main(m *testing.M) { shared.Main(m) }

// StopShared stops the server that [Shared] started in this process, if it did; for a
// TestMain that has more to end than this server.
func StopShared() error { return shared.Stop() }
