package native_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/test/harness"
)

func TestLock(t *testing.T) {
	locked(harness.New(t, pulsartest.Shared(t)))
}

// TestLockOfANamespaceThatIsNotThere: however the broker is found, and on each version.
func TestLockOfANamespaceThatIsNotThere(t *testing.T) {
	for _, version := range pulsar.Versions() {
		srv := pulsartest.Shared(t)
		if version != pulsar.DefaultVersion {
			srv = pulsartest.Start(t, pulsar.Options{Version: version, Packages: true})
		}
		for _, given := range []bool{true, false} {
			settings := conn.Settings{AdminURL: srv.AdminURL, BrokerURL: srv.BrokerURL, BrokerGiven: given}
			client, err := admin.New(settings)
			if err != nil {
				t.Fatal(err)
			}
			_, err = native.New(client, settings).Lock(t.Context(), mesh.ID{Tenant: "public", Namespace: "nowhere", Name: "m"}, backend.Holder{})
			if !errors.Is(err, backend.ErrNoNamespace) {
				t.Errorf("%s, broker given: %t: %v", version, given, err)
			}
		}
	}
}

// locked takes a mesh's lock and looks at what others see of it.
func locked(b *harness.Bench) {
	t := b.TB
	t.Helper()
	id := mesh.ID{Tenant: b.Tenant, Namespace: b.Namespace, Name: "chain"}
	who := backend.Holder{User: "alice", Host: "ci-7", Process: os.Getpid(), Command: "apply", Since: time.Unix(1000, 0).UTC()}
	lease, err := b.Backend.Lock(t.Context(), id, who)
	if err != nil {
		t.Fatal(err)
	}
	var held *backend.HeldError
	if _, err := b.Backend.Lock(t.Context(), id, who); !errors.As(err, &held) || held.Holder != who || held.Mesh != id {
		t.Errorf("%v", err)
	}
	// Other meshes have locks of their own, whatever their names mean to brokers.
	for _, name := range []string{"chain2", "chain-partition-0"} {
		id.Name = name
		other, err := b.Backend.Lock(t.Context(), id, who)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		other.Release()
	}
	// No mesh has a topic for it.
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("chain", chain), planner.Options{}))
	u := b.Mesh("chain", chain)
	b.Empty(u)
	lease.Release()
	b.Empty(u)
	if lease, err = b.Backend.Lock(t.Context(), mesh.ID{Tenant: b.Tenant, Namespace: b.Namespace, Name: "chain"}, who); err != nil {
		t.Fatal(err)
	}
	lease.Release()
	id.Namespace = "nowhere"
	if _, err := b.Backend.Lock(t.Context(), id, who); !errors.Is(err, backend.ErrNoNamespace) {
		t.Errorf("%v", err)
	}
}

// TestLockWithoutTopicsOnFirstUse: where brokers make no topics by themselves the
// lock's own is made; and where they make ones with partitions it has none.
func TestLockWithoutTopicsOnFirstUse(t *testing.T) {
	for name, conf := range map[string]map[string]string{
		"none":       {"allowAutoTopicCreation": "false"},
		"partitions": {"allowAutoTopicCreationType": "partitioned", "defaultNumPartitions": "3"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := pulsartest.Start(t, pulsar.Options{Packages: true, Conf: conf})
			b := harness.New(t, srv)
			locked(b)
		})
	}
}

var _ backend.Locker = (*native.Backend)(nil)
