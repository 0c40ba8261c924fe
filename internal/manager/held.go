package manager

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// mayHold returns nil when the caller may have kept up what a plan wants: where the mesh
// says `reconcile: repair`, the manager makes again what is gone, with its own rights. To
// plan takes no more than the right to see a topic, so for what is to be made in other
// namespaces the caller is asked about.
func mayHold(ctx context.Context, c Caller, id mesh.ID, p *plan.Plan) error {
	if p.Reconcile != mesh.Repair || p.Destroy {
		return nil
	}
	asked := map[string]bool{id.Tenant + "/" + id.Namespace: true}
	for _, boxed := range p.Desired {
		switch r := boxed.Resource.(type) {
		case *state.Topic:
			if r.External {
				continue
			}
		case *state.Schema:
			if r.External {
				continue
			}
		case *state.Policies:
		default:
			continue
		}
		where, err := state.Where(boxed.Resource)
		if err != nil {
			return usage("%v", err)
		}
		if asked[where] {
			continue
		}
		asked[where] = true
		tenant, namespace, _ := strings.Cut(where, "/")
		if err := c.May(ctx, tenant, namespace); err != nil {
			return err
		}
	}
	return nil
}

// mayChange returns nil when the caller may change a mesh at all, before it is known how.
func mayChange(ctx context.Context, c Caller, id mesh.ID) error {
	return c.Allows(ctx, id, &plan.Plan{Mesh: id.String()})
}

// errBug is what callers are told of a bug; the log has more.
var errBug = errors.New("a bug in meshc; its log tells more")

// bug logs a bug that a run has come upon: it ends that run, and not the manager.
func (m *Manager) bug(j *job, bug any) error {
	m.log.Error("bug", "mesh", j.id.String(), "panic", bug, "stack", string(debug.Stack()))
	return errBug
}
