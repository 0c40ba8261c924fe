package native

import (
	"context"
	"strings"
	"sync"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Health implements backend.Backend. A function that is not there has no
// instances and wants none.
func (b *Backend) Health(ctx context.Context, addr state.Addr) (backend.Health, error) {
	g, err := b.glimpse(ctx, addr)
	if err != nil || g.Component == nil {
		return g.Health, b.failure(err)
	}
	return g.Health, b.failure(b.flow(ctx, g.Component, &g.Health))
}

// Glance implements backend.Glancer: two GETs a component.
func (b *Backend) Glance(ctx context.Context, addrs []state.Addr) ([]backend.Glimpse, error) {
	out := make([]backend.Glimpse, len(addrs))
	places := make([]int, len(addrs))
	for i := range places {
		places[i] = i
	}
	err := each(ctx, places, func(ctx context.Context, i int) (err error) {
		out[i], err = b.glimpse(ctx, addrs[i])
		return err
	})
	if err != nil {
		return nil, b.failure(err)
	}
	return out, nil
}

// glimpse reads a component and how its instances do.
func (b *Backend) glimpse(ctx context.Context, addr state.Addr) (backend.Glimpse, error) {
	g := backend.Glimpse{Addr: addr, Health: backend.Health{Addr: addr}}
	parts := strings.SplitN(addr.Name(), "/", 3)
	if !addr.Kind().IsComponent() || len(parts) != 3 {
		return g, nil
	}
	f, err := b.component(ctx, &state.Component{Kind: addr.Kind(), Tenant: parts[0], Namespace: parts[1], Name: parts[2]})
	if err != nil || f == nil {
		return g, err
	}
	g.Component, g.Health.Wanted = f, f.Parallelism()
	status, err := b.status(ctx, f)
	if err != nil {
		return g, err
	}
	g.Health.Running = status.NumRunning
	for _, i := range status.Instances {
		g.Health.Instances = append(g.Health.Instances, backend.Instance{
			ID: i.ID, Running: i.Status.Running, Error: f.Redacted(i.Status.Error), Unstarted: unstarted(f, i.Status), Restarts: i.Status.NumRestarts,
			Received: i.Status.NumReceived, Processed: i.Status.NumProcessed,
			UserErrors: i.Status.NumUserExceptions, SystemErrors: i.Status.NumSystemExceptions + i.Status.NumConnectorExceptions,
			LastError: f.Redacted(lastError(i.Status)), Worker: i.Status.WorkerID,
		})
	}
	return g, nil
}

// List implements backend.Lister: meshes are found by the markers of their components.
func (b *Backend) List(ctx context.Context, namespace string) ([]backend.Summary, error) {
	tenant, ns := split(namespace)
	var mu sync.Mutex
	var components []*state.Component
	for _, kind := range state.Components {
		names, err := b.client.List(ctx, adminKind(kind), tenant, ns)
		if kind != state.KindFunction && admin.Classify(err) == admin.Unauthorized {
			continue
		}
		if err != nil {
			return nil, b.failure(err)
		}
		err = each(ctx, names, func(ctx context.Context, name string) error {
			c, err := b.component(ctx, &state.Component{Kind: kind, Tenant: tenant, Namespace: ns, Name: name})
			if c != nil {
				mu.Lock()
				defer mu.Unlock()
				components = append(components, c)
			}
			return err
		})
		if err != nil {
			return nil, b.failure(err)
		}
	}
	return backend.Summarize(components), nil
}
