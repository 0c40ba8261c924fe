package native

import (
	"context"
	"errors"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// Pulsar is the side of a mesh that is Pulsar's wherever its components run:
// namespaces, topics, schemas, policies, subscriptions and packages, drains, and who
// reads and writes topics. It asks no function worker for anything.
type Pulsar struct{ b *Backend }

// NewPulsar builds it; it connects to nothing yet. See New.
func NewPulsar(client *admin.Client, settings conn.Settings, opts ...Option) *Pulsar {
	b := New(client, settings, opts...)
	b.elsewhere = true
	return &Pulsar{b}
}

// Traits tells of the cluster, see backend.Backend. Packages are the broker's own
// service: whether workers use it does not matter.
func (p *Pulsar) Traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	return p.b.Traits(ctx, id)
}

// Read returns what there is of the scope beside components, which are given as they
// run, with what is known of them.
func (p *Pulsar) Read(ctx context.Context, scope backend.Scope, components []*state.Component, facts map[state.Addr]state.Facts) (*state.State, error) {
	r := &reader{b: p.b, scope: scope, out: state.New(scope.Mesh), given: true}
	for _, c := range components {
		r.put(c, facts[c.Addr()])
	}
	if err := r.read(ctx); err != nil {
		return nil, p.b.failure(err)
	}
	return r.out, nil
}

// Do carries out a step that is not one of a component, see backend.Backend.
func (p *Pulsar) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	return p.b.Do(ctx, s, events)
}

// Ask implements backend.Asker.
func (p *Pulsar) Ask(ctx context.Context, live, want *state.State) error {
	return p.b.Ask(ctx, live, want)
}

// Topics implements backend.TopicLister.
func (p *Pulsar) Topics(ctx context.Context, namespace string) ([]string, error) {
	return p.b.Topics(ctx, namespace)
}

// Remember notes who reads and writes for a component before a change of it, so that
// Attached can tell new instances from old ones.
func (p *Pulsar) Remember(ctx context.Context, change *diff.Change, c *state.Component) error {
	return p.b.failure(p.b.rememberConsumers(ctx, change, c))
}

// Fresh tells whether all instances of a component read all its inputs, those before
// the last Remember not counted, and what is missing. A source counts when it is
// there at all: it makes its producer when it has something to say.
func (p *Pulsar) Fresh(ctx context.Context, c *state.Component) (ok bool, missing string, err error) {
	names, err := p.b.clients(ctx, c)
	if err != nil {
		return false, "", p.b.failure(err)
	}
	p.b.mu.Lock()
	old := p.b.old[c.FullName()].names
	p.b.mu.Unlock()
	if (c.Kind == state.KindSource || len(c.Patterns()) > 0) && anyOld(names, old) {
		return false, "clients of the old instances are still connected", nil
	}
	topic, n, _ := behind(c, names, old)
	if n < c.Parallelism() {
		return false, instancesRead(n, c.Parallelism(), topic), nil
	}
	return true, "", nil
}

// Attached counts the consumers and producers of a component's instances.
func (p *Pulsar) Attached(ctx context.Context, c *state.Component) (int, error) {
	n, err := p.b.attached(ctx, c)
	return n, p.b.failure(err)
}

// Flow adds to a component's health what waits for it and what it moves.
func (p *Pulsar) Flow(ctx context.Context, c *state.Component, h *backend.Health) error {
	return p.b.failure(p.b.flow(ctx, c, h))
}

// flow adds backlog and rates.
func (b *Backend) flow(ctx context.Context, f *state.Component, h *backend.Health) error {
	topics, err := b.readTopics(ctx, f)
	if err != nil {
		return err
	}
	for _, topic := range topics {
		stats, err := b.client.TopicStats(ctx, topic)
		if errors.Is(err, admin.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		h.Backlog += stats.Subscriptions[f.Subscription()].Backlog
		h.Unacked += stats.Subscriptions[f.Subscription()].Unacked
		h.RateIn += stats.Subscriptions[f.Subscription()].RateOut
	}
	if f.Output() == "" {
		return nil
	}
	stats, err := b.client.TopicStats(ctx, f.Output())
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	for _, p := range stats.Publishers {
		if p.Metadata["id"] == f.FullName() {
			h.RateOut += p.RateIn
		}
	}
	return err
}

// Records implements record.Keeper, as Backend does.
func (p *Pulsar) Records(ctx context.Context) (record.Store, error) { return p.b.Records(ctx) }

// RecordsThere implements record.Looker, as Backend does.
func (p *Pulsar) RecordsThere(ctx context.Context) (bool, error) { return p.b.RecordsThere(ctx) }
