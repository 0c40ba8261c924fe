package kubernetes

import (
	"context"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
)

// LockHolder implements backend.Unlocker by the Lease of Lock.
func (b *Backend) LockHolder(ctx context.Context, id mesh.ID) (backend.Holder, bool, error) {
	held, err := b.kube.Holder(ctx, b.layoutOf(id).namespace, lockName(id))
	if err != nil {
		return backend.Holder{}, false, b.failure(err)
	}
	if held == nil {
		return backend.Holder{}, false, nil
	}
	return backend.HolderOf(held.Holder), true, nil
}

// Evict implements backend.Unlocker: the Lease is deleted.
func (b *Backend) Evict(ctx context.Context, id mesh.ID, _ backend.Holder) error {
	if err := b.kube.Evict(ctx, b.layoutOf(id).namespace, lockName(id)); err != nil {
		return b.failure(err)
	}
	return nil
}

var _ backend.Unlocker = (*Backend)(nil)
