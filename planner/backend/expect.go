package backend

import (
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/plan"
)

// Expecter is the ability to be told what a run is about before anything is asked of
// the cluster, its lock included: where a mesh is can depend on what its file says.
type Expecter interface {
	// Expect tells of a mesh that is about to be planned.
	Expect(m *mesh.Mesh)
	// ExpectPlan tells of a plan that is about to be carried out, which may have been
	// made by another run.
	ExpectPlan(p *plan.Plan)
}
