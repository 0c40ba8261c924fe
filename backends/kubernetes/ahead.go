package kubernetes

import (
	"context"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
)

// ahead is a reading of a namespace that was begun before it was asked for.
type ahead struct {
	ctx       context.Context
	namespace string
	done      chan struct{}
	all       found
	err       error
}

// ReadAhead implements backend.AheadReader.
func (b *Backend) ReadAhead(ctx context.Context, m *mesh.Mesh) {
	namespace := b.layoutOf(m.ID).namespace // see Expect
	a := &ahead{ctx: ctx, namespace: namespace, done: make(chan struct{})}
	b.mu.Lock()
	b.ahead[m.ID] = a
	b.mu.Unlock()
	go func() {
		defer close(a.done)
		a.all, a.err = b.find(ctx, namespace)
	}()
}

// found reads a mesh's namespace, or takes what was read ahead for the mesh, once.
func (b *Backend) found(ctx context.Context, id mesh.ID, namespace string) (found, error) {
	b.mu.Lock()
	a := b.ahead[id]
	delete(b.ahead, id)
	b.mu.Unlock()
	if a == nil || a.namespace != namespace || a.ctx.Err() != nil {
		return b.find(ctx, namespace)
	}
	<-a.done
	return a.all, a.err
}

var _ backend.AheadReader = (*Backend)(nil)
