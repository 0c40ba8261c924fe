package memory

import (
	"context"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Lock implements backend.Locker: one run a mesh in this process.
func (b *Backend) Lock(_ context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, there := b.resources[state.NamespaceAddr(id.Tenant+"/"+id.Namespace)]; !there {
		return nil, backend.ErrNoNamespace
	}
	if l, held := b.locks[id]; held {
		return nil, &backend.HeldError{Mesh: id, Holder: l.who}
	}
	l := &lease{b: b, id: id, who: who, lost: make(chan struct{})}
	b.locks[id] = l
	return l, nil
}

// Seize takes a lock from whoever has it and gives it to another, as when a
// holder was away for too long.
func (b *Backend) Seize(id mesh.ID, who backend.Holder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l, held := b.locks[id]; held {
		l.err = &backend.HeldError{Mesh: id, Holder: who}
		close(l.lost)
	}
	b.locks[id] = &lease{b: b, id: id, who: who, lost: make(chan struct{})}
}

// Holder returns who has the lock of a mesh.
func (b *Backend) Holder(id mesh.ID) (who backend.Holder, held bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, held := b.locks[id]
	if held {
		who = l.who
	}
	return who, held
}

// LockHolder implements backend.Unlocker.
func (b *Backend) LockHolder(_ context.Context, id mesh.ID) (backend.Holder, bool, error) {
	who, held := b.Holder(id)
	return who, held, nil
}

// Evict implements backend.Unlocker.
func (b *Backend) Evict(_ context.Context, id mesh.ID, by backend.Holder) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l, held := b.locks[id]; held {
		l.err = &backend.HeldError{Mesh: id, Holder: by}
		close(l.lost)
		delete(b.locks, id)
	}
	return nil
}

// lease is the memory backend's lock; the backend's mu guards err.
type lease struct {
	b    *Backend
	id   mesh.ID
	who  backend.Holder
	lost chan struct{}
	err  error
}

// Ready implements backend.Lease.
func (l *lease) Ready(ctx context.Context) error {
	if err := l.Err(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// Lost implements backend.Lease.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Err implements backend.Lease.
func (l *lease) Err() error {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	return l.err
}

// Release implements backend.Lease.
func (l *lease) Release() {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.b.locks[l.id] == l {
		delete(l.b.locks, l.id)
	}
}
