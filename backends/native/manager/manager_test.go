package manager_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// place is a records topic of a test.
type place struct {
	srv       *pulsar.Server
	namespace string
	// suffix is of the topic's name.
	suffix string
}

func newPlace(t testing.TB, srv *pulsar.Server) *place {
	return &place{srv: srv, namespace: pulsartest.Namespace(t, srv)}
}

func (p *place) topic() string { return "persistent://" + p.namespace + "/records" + p.suffix }

func (p *place) options(t testing.TB) manager.Options {
	t.Helper()
	settings := conn.Settings{AdminURL: p.srv.AdminURL, BrokerURL: p.srv.BrokerURL}
	client, err := admin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return manager.Options{Topic: p.topic(), Client: client, Settings: settings}
}

// open opens a store that is closed with the test.
func (p *place) open(t testing.TB) *manager.Store {
	t.Helper()
	return openWith(t, p.options(t))
}

func openWith(t testing.TB, o manager.Options) *manager.Store {
	t.Helper()
	s, err := manager.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var meshes atomic.Int64

// newMesh is the name of a mesh that nothing is remembered of.
func newMesh() mesh.ID {
	return mesh.ID{Tenant: "public", Namespace: "default", Name: fmt.Sprint("m", meshes.Add(1))}
}

func TestStore(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	recordtest.Run(t, recordtest.Fixture{
		Open:    func(t testing.TB) record.Store { return p.open(t) },
		Mesh:    func(testing.TB) mesh.ID { return newMesh() },
		Writers: 20, Rounds: min(int(times(30)), 1000),
	})
}
