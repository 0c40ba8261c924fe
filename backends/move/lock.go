package move

import (
	"context"
	"sync"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
)

// Lock implements backend.Locker: a run that moves a mesh has it on both sides.
func (b *Backend) Lock(ctx context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	both := &leases{lost: make(chan struct{})}
	for _, side := range []backend.Backend{b.from, b.to} {
		locker, ok := side.(backend.Locker)
		if !ok {
			continue
		}
		l, err := locker.Lock(ctx, id, who)
		if err != nil {
			both.Release()
			return nil, err
		}
		both.list = append(both.list, l)
	}
	for _, l := range both.list {
		go func() {
			<-l.Lost()
			both.once.Do(func() { close(both.lost) })
		}()
	}
	return both, nil
}

// leases are held together, and lost with one of them.
type leases struct {
	list []backend.Lease
	lost chan struct{}
	once sync.Once
}

// Ready implements backend.Lease.
func (l *leases) Ready(ctx context.Context) error {
	for _, one := range l.list {
		if err := one.Ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Lost implements backend.Lease.
func (l *leases) Lost() <-chan struct{} { return l.lost }

// Err implements backend.Lease.
func (l *leases) Err() error {
	for _, one := range l.list {
		if err := one.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Release implements backend.Lease.
func (l *leases) Release() {
	for _, one := range l.list {
		one.Release()
	}
}
