package native_test

import (
	"testing"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

func TestRecords(t *testing.T) {
	srv := pulsartest.Shared(t)
	settings := conn.Settings{AdminURL: srv.AdminURL}
	client, err := admin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	var keeper record.Keeper = native.New(client, settings, native.WithRecords("persistent://"+pulsartest.Namespace(t, srv)+"/kept"))
	id := mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}
	for version := range int64(2) {
		s, err := keeper.Records(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var old record.Head
		if version > 0 {
			if old, err = s.Head(t.Context(), id); err != nil || old.Version != version {
				t.Errorf("%+v, %v", old, err)
			}
		}
		if _, err := s.Write(t.Context(), recordtest.Next(id, old, "a"), recordtest.BodyOf("name: m")); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
