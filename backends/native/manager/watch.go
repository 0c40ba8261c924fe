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

// tell tells the watchers of a head; mu is held.
func (s *Store) tell(h record.Head) {
	for w := range s.watchers {
		w.add(h)
	}
}

// tellForgotten tells of a mesh that nothing is on record of any more. mu is held.
func (s *Store) tellForgotten(last record.Head) {
	if last.Mesh != "" { // else nothing was known of it
		s.tell(record.Head{Format: record.Format, Mesh: last.Mesh, Revision: last.Revision, Action: record.Forget, Outcome: record.Applied})
	}
}

// settle ends that everything is read again: it tells what differs from before. A head
// that does not follow the one that was told begins anew. mu is held.
func (s *Store) settle() {
	for key, e := range s.before {
		now, there := s.index.meshes[key]
		if !there || now.head.Readable() && now.head.Revision <= e.head.Revision && !e.same(now) {
			s.tellForgotten(e.head)
		}
	}
	for key, e := range s.index.meshes {
		if old, there := s.before[key]; !there || !old.same(e) {
			s.tell(e.head)
		}
	}
	s.before = nil
}

// same tells whether two entries are of one write.
func (e entry) same(o entry) bool {
	return e.write == o.write && e.write != "" && e.head.Revision == o.head.Revision
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
			return errClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
