package move

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// Records implements record.Keeper: those of where the mesh goes to, and what tells
// where it was that it has gone. Where either cannot be had, neither is kept.
func (b *Backend) Records(ctx context.Context) (record.Store, error) {
	to, ok := b.to.(record.Keeper)
	from, alsoOK := b.from.(record.Keeper)
	if !ok || !alsoOK {
		return nil, record.ErrNoPlace
	}
	old, err := from.Records(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.fromName, err)
	}
	s, err := to.Records(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", b.toName, err), old.Close())
	}
	return &leaving{Store: s, from: old, toName: b.toName}, nil
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
