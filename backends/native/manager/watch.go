package manager

import (
	"context"
	"sync"

	"github.com/meshc/meshc/planner/record"
)

// watcher is told of heads; those that it has not taken yet wait in a list.
type watcher struct {
	mu    sync.Mutex
	heads []record.Head
	some  chan struct{}
}

func (w *watcher) add(h record.Head) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heads = append(w.heads, h)
	select {
	case w.some <- struct{}{}:
	default:
	}
}

func (w *watcher) all() []record.Head {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.heads
	w.heads = nil
	return list
}

// Watch implements record.Watcher. While the cluster cannot be reached it waits, for as
// long as ctx lets it; of what was compacted meanwhile it tells the last of each mesh.
func (s *Store) Watch(ctx context.Context, ready func(), fn func(record.Head)) error {
	w := &watcher{some: make(chan struct{}, 1)}
	s.mu.Lock()
	s.watchers[w] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, w)
	}()
	ready()
	for {
		for _, h := range w.all() {
			if ctx.Err() != nil {
				break
			}
			fn(h)
		}
		select {
		case <-w.some:
		case <-s.ended:
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.dead != nil {
				return s.o.told(s.dead)
			}
			return errClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
