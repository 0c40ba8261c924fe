package apply

import (
	"context"
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// lock takes the lock, if there is one to take.
func (o Options) lock(ctx context.Context) (backend.Lease, error) {
	if o.Lock == nil {
		return nil, nil
	}
	return o.Lock(ctx)
}

// lostLock is closed when the lock is lost; without a lock it is never.
func (r *runner) lostLock() <-chan struct{} {
	if r.lease == nil {
		return nil
	}
	return r.lease.Lost()
}

// unlock books that the lock is lost. What is in the air finishes; nothing more is
// started, not even the second half of a replacement: it is the next one's turn.
func (r *runner) unlock() {
	r.report.Unlocked = r.lease.Err()
	r.lost = nil
	r.endWaits(errStopped)
}

// certain returns when the lock is held, which each write has to wait for, and what
// stops and starts components as well.
func (r *runner) certain(waits context.Context, s plan.Step) error {
	if r.lease == nil || !s.Op.Writes() && s.Op != plan.Pause && s.Op != plan.Resume {
		return nil
	}
	return r.lease.Ready(waits)
}

// makePlace makes the mesh's namespace, where its lock is, and takes the lock
// then. Two runs may both get here: the namespace is made once, and only one of
// them goes on. When that fails, run starts nothing.
func (r *runner) makePlace(ctx context.Context, id mesh.ID) {
	place := state.NamespaceAddr(id.Tenant + "/" + id.Namespace)
	if err := r.lockIn(ctx, place, id); err != nil {
		r.report.Unlocked = err
	}
}

func (r *runner) lockIn(ctx context.Context, place state.Addr, id mesh.ID) error {
	for _, s := range r.plan.Steps {
		if s.Addr != place || s.Op != plan.Create {
			continue
		}
		delete(r.waiting, s.ID)
		r.settle(outcome{step: s, err: r.guarded(ctx, ctx, s)})
		if !r.done[s.ID] {
			r.skipRest(func(plan.Step) bool { return true })
			return nil // the report has it as failed
		}
		var err error
		if r.lease, err = r.opts.lock(ctx); err != nil {
			return err
		}
		if _, err := checkBase(ctx, r.backend, id, r.plan, place); err != nil {
			// Not wrapped: to whom it says that nothing was written, that would be wrong.
			return fmt.Errorf("another run came first when namespace %s/%s was made: %v", id.Tenant, id.Namespace, err)
		}
		return nil
	}
	return fmt.Errorf("lock of %s: %w, and the plan does not make it", id, backend.ErrNoNamespace)
}
