package client

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// Backend reads meshes by way of a manager: as they are on record, and how their nodes
// are doing as the cluster says. It carries nothing out by itself; see Client.Run.
type Backend struct {
	*Client

	mu sync.Mutex
	// healths are those of the meshes that were asked about, by address.
	healths map[state.Addr]backend.Health
}

// NewBackend makes a backend of a client.
func NewBackend(c *Client) *Backend {
	return &Backend{Client: c, healths: map[state.Addr]backend.Health{}}
}

// Records implements record.Keeper.
func (b *Backend) Records(context.Context) (record.Store, error) { return &Store{b.Client}, nil }

// Traits implements backend.Backend: the cluster is the one that the record names.
func (b *Backend) Traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	h, err := (&Store{b.Client}).Head(ctx, id)
	if errors.Is(err, record.ErrNone) {
		err = nil
	}
	return backend.Traits{Cluster: h.Cluster, Rules: backends.Rules()}, err
}

// Read implements backend.Backend: what the newest version wanted, of a mesh that is live.
func (b *Backend) Read(ctx context.Context, scope backend.Scope) (*state.State, error) {
	s := &Store{b.Client}
	h, err := s.Head(ctx, scope.Mesh)
	if errors.Is(err, record.ErrNone) || err == nil && !h.Live() {
		return state.New(scope.Mesh), nil
	}
	if err != nil {
		return nil, err
	}
	body, err := s.Body(ctx, h)
	if err != nil {
		return nil, err
	}
	return body.State(scope.Mesh), nil
}

// Do implements backend.Backend; the steps of plans are the manager's to do.
func (*Backend) Do(context.Context, plan.Step, func(backend.Event)) error { return ErrReadOnly }

// Health implements backend.Backend.
func (b *Backend) Health(ctx context.Context, addr state.Addr) (backend.Health, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h, ok := b.healths[addr]; ok {
		return h, nil
	}
	// All nodes of the namespace's meshes are asked for mesh by mesh, once.
	heads, err := (&Store{b.Client}).Heads(ctx)
	if err != nil {
		return backend.Health{}, err
	}
	for _, head := range heads {
		for _, n := range head.Nodes {
			if n == addr {
				return b.ask(ctx, head.ID(), addr)
			}
		}
	}
	return backend.Health{Addr: addr}, nil
}

// ask reads the status of a mesh and gives the health of one of its nodes.
func (b *Backend) ask(ctx context.Context, id mesh.ID, addr state.Addr) (backend.Health, error) {
	status, err := b.Status(ctx, id)
	if err != nil {
		return backend.Health{}, err
	}
	for _, n := range status.Nodes {
		h := backend.Health{Addr: state.Addr(n.Addr), Wanted: n.Wanted, Running: n.Running, Backlog: n.Backlog, Unacked: n.Unacked, RateIn: n.RateIn, RateOut: n.RateOut}
		for i, in := range n.Instances {
			h.Instances = append(h.Instances, backend.Instance{ID: i, Running: in.Running, Error: in.Error, Restarts: in.Restarts, Received: in.Received, Processed: in.Processed, UserErrors: in.UserErrors, SystemErrors: in.SystemErrors, LastError: in.LastError, Worker: in.Worker})
		}
		b.healths[h.Addr] = h
	}
	if h, ok := b.healths[addr]; ok {
		return h, nil
	}
	b.healths[addr] = backend.Health{Addr: addr, Wanted: 1}
	return b.healths[addr], nil
}

// List implements backend.Lister.
func (b *Backend) List(ctx context.Context, namespace string) ([]backend.Summary, error) {
	tenant, ns, _ := strings.Cut(namespace, "/")
	heads, err := b.pages(ctx, pathOfNamespace(tenant, ns), query{"nodes": {"true"}}, 0)
	if err != nil {
		return nil, err
	}
	var out []backend.Summary
	for _, h := range heads {
		s := backend.Summary{Mesh: h.Mesh, Generation: int(h.Version)}
		for _, n := range h.Nodes {
			name := n.Name()
			s.Nodes = append(s.Nodes, name[strings.LastIndexByte(name, '/')+1:])
		}
		out = append(out, s)
	}
	return out, nil
}

var (
	_ backend.Backend = (*Backend)(nil)
	_ backend.Lister  = (*Backend)(nil)
	_ record.Keeper   = (*Backend)(nil)
)
