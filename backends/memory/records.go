package memory

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// Records is a record.Store in memory. All that open it share it; Close does nothing.
type Records struct {
	mu      sync.Mutex
	history map[string][]record.Head
	bodies  map[string][]byte
	// watchers get every head that is written.
	watchers map[*watcher]bool
}

type watcher struct {
	heads []record.Head
	news  chan struct{}
}

// NewRecords returns a store without records.
func NewRecords() *Records {
	return &Records{history: map[string][]record.Head{}, bodies: map[string][]byte{}, watchers: map[*watcher]bool{}}
}

// Records implements record.Keeper.
func (b *Backend) Records(context.Context) (record.Store, error) { return b.records, nil }

// Heads implements record.Store.
func (r *Records) Heads(context.Context) ([]record.Head, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []record.Head
	for _, heads := range r.history {
		out = append(out, heads[len(heads)-1])
	}
	slices.SortFunc(out, func(a, b record.Head) int { return strings.Compare(a.Mesh, b.Mesh) })
	return out, nil
}

// Head implements record.Store.
func (r *Records) Head(_ context.Context, id mesh.ID) (record.Head, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	heads := r.history[id.String()]
	if len(heads) == 0 {
		return record.Head{}, record.ErrNone
	}
	return heads[len(heads)-1], nil
}

// History implements record.Store.
func (r *Records) History(_ context.Context, id mesh.ID, before int64, limit int) ([]record.Head, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []record.Head
	heads := r.history[id.String()]
	for i := len(heads) - 1; i >= 0 && len(out) < limit; i-- {
		h := heads[i]
		if before > 0 && h.Revision >= before || i+1 < len(heads) && h.SameRun(heads[i+1]) {
			continue
		}
		out = append(out, h)
	}
	return out, nil
}

// Body implements record.Store.
func (r *Records) Body(_ context.Context, h record.Head) (*record.Body, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	data, ok := r.bodies[h.Body]
	if !ok {
		return nil, record.ErrGone
	}
	return record.DecodeBody(data)
}

// Write implements record.Store.
func (r *Records) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var newest record.Head
	heads := r.history[next.Mesh]
	if len(heads) > 0 {
		newest = heads[len(heads)-1]
	}
	if err := record.Check(newest, next); err != nil {
		return record.Head{}, err
	}
	if body != nil {
		data, err := record.EncodeBody(body)
		if err != nil {
			return record.Head{}, err
		}
		next.Body = next.Mesh + "@" + strconv.FormatInt(next.Revision, 10)
		r.bodies[next.Body] = data
	}
	data, err := record.EncodeHead(next)
	if err != nil {
		return record.Head{}, err
	}
	stored, err := record.DecodeHead(next.Mesh, data)
	if err != nil {
		return record.Head{}, err
	}
	r.history[next.Mesh] = append(heads, stored)
	for w := range r.watchers {
		w.heads = append(w.heads, stored)
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
	return stored, nil
}

// Watch implements record.Watcher.
func (r *Records) Watch(ctx context.Context, ready func(), fn func(record.Head)) error {
	w := &watcher{news: make(chan struct{}, 1)}
	r.mu.Lock()
	r.watchers[w] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers, w)
	}()
	ready()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-w.news:
		}
		r.mu.Lock()
		heads := w.heads
		w.heads = nil
		r.mu.Unlock()
		for _, h := range heads {
			fn(h)
		}
	}
}

// Close implements record.Store.
func (r *Records) Close() error { return nil }

var (
	_ record.Store   = (*Records)(nil)
	_ record.Watcher = (*Records)(nil)
	_ record.Keeper  = (*Backend)(nil)
)
