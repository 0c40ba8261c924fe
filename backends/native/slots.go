package native

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// slots bounds the requests in flight that hold a thread of the server while
// they wait for something that needs another: creates and updates, which fetch
// the package over HTTP from the same server, and questions for a status, which
// wait for the lock that is held while an instance starts and fetches it, too.
// With all threads taken nothing moves until the worker gives up after 60 s.
type slots struct {
	mu   sync.Mutex
	size int64
	all  *semaphore.Weighted
}

// mostSlots is more than any broker has threads.
const mostSlots = 1 << 16

func newSlots(n int) *slots {
	s := &slots{size: int64(n), all: semaphore.NewWeighted(mostSlots)}
	s.all.TryAcquire(mostSlots - s.size)
	return s
}

// widen makes it n slots if there are fewer.
func (s *slots) widen(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if more := min(int64(n), mostSlots) - s.size; more > 0 {
		s.size += more
		s.all.Release(more)
	}
}

// enter waits for a slot, first come, first served.
func (s *slots) enter(ctx context.Context) (leave func(), err error) {
	if err := s.all.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { s.all.Release(1) }, nil
}

// inSlot does something in a slot.
func (b *Backend) inSlot(ctx context.Context, do func() error) error {
	leave, err := b.slots.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return do()
}

// status asks how the instances of a component are.
func (b *Backend) status(ctx context.Context, f *state.Component) (status admin.Status, err error) {
	err = b.inSlot(ctx, func() error {
		status, err = b.client.Status(ctx, adminKind(f.Kind), f.Tenant, f.Namespace, f.Name)
		return err
	})
	return status, err
}
