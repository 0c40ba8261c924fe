package move

import (
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// towards stands between the old and the new in the names of a move.
const towards = " to "

// Expect implements backend.Expecter.
func (b *Backend) Expect(m *mesh.Mesh) {
	for _, each := range []backend.Backend{b.from, b.to} {
		if e, ok := each.(backend.Expecter); ok {
			e.Expect(m)
		}
	}
}

// ExpectPlan implements backend.Expecter: each is told of its part of the cluster.
func (b *Backend) ExpectPlan(p *plan.Plan) {
	from, to, _ := strings.Cut(p.Cluster.Name, towards)
	for name, each := range map[string]backend.Backend{from: b.from, to: b.to} {
		if e, ok := each.(backend.Expecter); ok {
			part := *p
			part.Cluster.Name = name
			e.ExpectPlan(&part)
		}
	}
}

var _ backend.Expecter = (*Backend)(nil)
