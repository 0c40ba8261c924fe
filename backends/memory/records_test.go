package memory_test

import (
	"fmt"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

func TestRecords(t *testing.T) {
	s, meshes := memory.NewRecords(), 0
	recordtest.Run(t, recordtest.Fixture{
		Open: func(testing.TB) record.Store { return s },
		Mesh: func(testing.TB) mesh.ID {
			meshes++
			return mesh.ID{Tenant: "public", Namespace: "default", Name: fmt.Sprint("mesh-", meshes)}
		},
		Writers: 8, Rounds: 100,
	})
}
