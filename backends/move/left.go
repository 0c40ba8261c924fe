package move

import (
	"context"
	"errors"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// leaving is the store of where a mesh goes to. When the move is done the store of
// where it was says so: nobody is to bring back there what has moved.
type leaving struct {
	record.Store
	from   record.Store
	toName string
}

// Head implements record.Store. Who holds the mesh where it was holds it here as well.
func (l *leaving) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	h, err := l.Store.Head(ctx, id)
	if err != nil && !errors.Is(err, record.ErrNone) || h.Hold != nil {
		return h, err
	}
	old, oldErr := l.from.Head(ctx, id)
	switch {
	case errors.Is(oldErr, record.ErrNone), oldErr == nil && old.Hold == nil:
		return h, err
	case oldErr != nil:
		return old, oldErr
	}
	h.Mesh, h.Hold = id.String(), old.Hold
	return h, nil
}

// Write implements record.Store. The end of a run that came to its end is written on
// both sides, here first: a mesh that both say is deployed is looked at by someone, and
// one that neither knows by nobody.
func (l *leaving) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	stored, err := l.Store.Write(ctx, next, body)
	if err != nil || stored.Action != record.Apply || stored.Outcome != record.Applied {
		return stored, err
	}
	return stored, l.gone(ctx, stored)
}

// gone writes where the mesh was that it has gone.
func (l *leaving) gone(ctx context.Context, moved record.Head) error {
	for {
		old, err := l.from.Head(ctx, moved.ID())
		if errors.Is(err, record.ErrNone) || err == nil && !old.Live() {
			return nil
		}
		if err != nil {
			return err
		}
		now := time.Now().UTC()
		_, err = l.from.Write(ctx, record.Head{
			Mesh: moved.Mesh, Revision: old.Revision + 1, Version: old.Version + 1, Action: record.Move, Outcome: record.Applied,
			Author: moved.Author, Began: now, Ended: now, Reason: moved.Reason, Backend: l.toName, Cluster: moved.Cluster,
			Changes: record.Changes{Deleted: len(old.Nodes)}, Packages: old.Packages,
		}, nil)
		if !errors.As(err, new(*record.ConflictError)) {
			return err
		}
	}
}

// Unkept implements record.Promiser: that of where the mesh goes to.
func (l *leaving) Unkept(ctx context.Context) *record.UnkeptError {
	if p, ok := l.Store.(record.Promiser); ok {
		return p.Unkept(ctx)
	}
	return nil
}

// Close implements record.Store.
func (l *leaving) Close() error { return errors.Join(l.Store.Close(), l.from.Close()) }
