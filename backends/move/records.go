package move

import (
	"context"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// Records implements record.Keeper: those of where the mesh goes to.
func (b *Backend) Records(ctx context.Context) (record.Store, error) {
	if k, ok := b.to.(record.Keeper); ok {
		return k.Records(ctx)
	}
	return nil, record.ErrNoPlace
}

// RecordsThere implements record.Looker.
func (b *Backend) RecordsThere(ctx context.Context) (bool, error) {
	if l, ok := b.to.(record.Looker); ok {
		return l.RecordsThere(ctx)
	}
	return true, nil
}

// LockHolder implements backend.Unlocker: whoever has the lock on either side.
func (b *Backend) LockHolder(ctx context.Context, id mesh.ID) (backend.Holder, bool, error) {
	for _, side := range []backend.Backend{b.from, b.to} {
		u, ok := side.(backend.Unlocker)
		if !ok {
			continue
		}
		if who, held, err := u.LockHolder(ctx, id); held || err != nil {
			return who, held, err
		}
	}
	return backend.Holder{}, false, nil
}

// Evict implements backend.Unlocker, on both sides.
func (b *Backend) Evict(ctx context.Context, id mesh.ID, by backend.Holder) error {
	for _, side := range []backend.Backend{b.from, b.to} {
		u, ok := side.(backend.Unlocker)
		if !ok {
			continue
		}
		if err := u.Evict(ctx, id, by); err != nil {
			return err
		}
	}
	return nil
}

var (
	_ record.Keeper    = (*Backend)(nil)
	_ backend.Unlocker = (*Backend)(nil)
)
