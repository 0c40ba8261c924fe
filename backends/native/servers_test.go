package native_test

import (
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestWithoutPackageService runs the same meshes where code is uploaded with
// each component, on a server of its own with default settings, but that it has no
// policies of topics, as some clusters have it.
func TestWithoutPackageService(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{Packages: false, Conf: map[string]string{"topicLevelPoliciesEnabled": "false"}})
	everyWay(t, srv)
	t.Run("no policies of topics", func(t *testing.T) { policiesOff(harness.New(t, srv)) })
}

// TestOnPulsar42 runs them on the newest Pulsar.
func TestOnPulsar42(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{Version: "4.2.4", Packages: true})
	everyWay(t, srv)
}

func everyWay(t *testing.T, srv *pulsar.Server) {
	t.Run("life", func(t *testing.T) { life(harness.New(t, srv)) })
	t.Run("update", func(t *testing.T) { update(harness.New(t, srv)) })
	t.Run("replacement", func(t *testing.T) { replacement(harness.New(t, srv)) })
	t.Run("code", func(t *testing.T) { onlyChangedCode(harness.New(t, srv)) })
	t.Run("adoption", func(t *testing.T) { adoption(harness.New(t, srv)) })
	t.Run("connectors", func(t *testing.T) { connected(harness.New(t, srv)) })
}
