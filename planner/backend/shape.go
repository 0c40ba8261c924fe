package backend

import (
	"context"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// Shaper is the ability to say what a component is where it is not what function
// workers take.
type Shaper interface {
	// ForWorkers tells that components stay what function workers take, and are
	// checked as such.
	ForWorkers() bool
	// Prepares tells that this backend has a way to Pulsar, and sees to topics,
	// schemas, subscriptions and packages.
	Prepares() bool
	// Shape gives the components of want, which was lowered from m, the fields that
	// this backend writes and compares, and takes out what it cannot prepare. Findings
	// of severity error mean that the mesh cannot run here. It asks no cluster.
	Shape(m *mesh.Mesh, want *state.State) diag.List
	// Align takes out of live, which was read a moment ago, what is nobody's business
	// here, and into want what the cluster decides. It asks no cluster.
	Align(live, want *state.State)
}

// AheadReader is the ability to read while the desired state is still worked out.
type AheadReader interface {
	// ReadAhead begins to read what the next Read will be asked for of the mesh, if ctx
	// still lives then. It returns at once.
	ReadAhead(ctx context.Context, m *mesh.Mesh)
}
