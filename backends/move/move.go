// Package move carries a mesh from one backend to another, without losing a message:
// a component that runs on the old one is replaced by one on the new. The planner
// sees one backend, and keeps subscriptions and waits for instances to go as it does
// with every replacement.
package move

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// field is the field of components that says on which backend they run.
const field = "backend"

// Backend is two backends as one. The Pulsar side of a mesh is To's affair.
type Backend struct {
	from, to         backend.Backend
	fromName, toName string

	mu sync.Mutex
	// leaving are the components of the last Read that run on from, as from has them.
	leaving map[state.Addr]*state.Component
}

// New makes one backend of two; the names are those of the command line.
func New(from backend.Backend, fromName string, to backend.Backend, toName string) *Backend {
	return &Backend{from: from, to: to, fromName: fromName, toName: toName, leaving: map[state.Addr]*state.Component{}}
}

// Traits implements backend.Backend: the cluster is both.
func (b *Backend) Traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	from, err := b.from.Traits(ctx, id)
	if err != nil {
		return from, fmt.Errorf("%s: %w", b.fromName, err)
	}
	t, err := b.to.Traits(ctx, id)
	if err != nil {
		return t, fmt.Errorf("%s: %w", b.toName, err)
	}
	t.Cluster.Name = from.Cluster.Name + towards + t.Cluster.Name
	t.Cluster.URL = from.Cluster.URL + towards + t.Cluster.URL
	t.WritesInFlight = min(t.WritesInFlight, max(1, from.WritesInFlight))
	t.Rules = rules{t.Rules, from.Rules, b}
	return t, nil
}

// Read implements backend.Backend. A component that runs on both is told as the new
// one: the old one would go with it, and is left for a plan of its own.
func (b *Backend) Read(ctx context.Context, scope backend.Scope) (*state.State, error) {
	old, err := b.from.Read(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.fromName, err)
	}
	out, err := b.to.Read(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.toName, err)
	}
	leaving := map[state.Addr]*state.Component{}
	owner := scope.Mesh.String()
	for _, c := range out.Components() {
		if c.OtherKind == "" {
			out.Put(tagged(c, b.toName))
		}
	}
	for _, c := range old.Components() {
		if c.Owner != owner {
			continue
		}
		if have, both := out.Resources[c.Addr()].(*state.Component); both && have.OtherKind == "" {
			if have.Owner != "" && have.Owner != owner {
				continue // which is what there is to say
			}
			return nil, fmt.Errorf("%s %s runs on %s and on %s: delete one of them first", c.Kind, c.FullName(), b.fromName, b.toName)
		}
		leaving[c.Addr()] = c
		out.Put(tagged(c, b.fromName))
		if facts, ok := old.Facts[c.Addr()]; ok {
			out.Facts[c.Addr()] = facts
		}
	}
	// What is known of topics and subscriptions counts those components as the
	// mesh's, which only from does.
	for addr, r := range old.Resources {
		if !addr.Kind().IsComponent() {
			out.Put(r)
		}
	}
	for addr, facts := range old.Facts {
		if !addr.Kind().IsComponent() && len(leaving) > 0 {
			out.Facts[addr] = facts
		}
	}
	out.StateStore = out.StateStore || old.StateStore
	b.mu.Lock()
	b.leaving = leaving
	b.mu.Unlock()
	return out, nil
}

func tagged(c *state.Component, name string) *state.Component {
	out := *c
	out.Fields = maps.Clone(c.Fields)
	out.Fields[field] = name
	return &out
}

// Shape implements backend.Shaper.
func (b *Backend) Shape(m *mesh.Mesh, want *state.State) (findings diag.List) {
	if shaper, ok := b.from.(backend.Shaper); ok {
		// It learns where its resources are; what it is short of does not matter.
		other := want.Clone()
		for _, c := range other.Components() {
			copied := *c
			other.Put(&copied)
		}
		_ = shaper.Shape(m, other)
	}
	if shaper, ok := b.to.(backend.Shaper); ok {
		findings = shaper.Shape(m, want)
	}
	for _, c := range want.Components() {
		want.Put(tagged(c, b.toName))
	}
	return findings
}

// ForWorkers implements backend.Shaper.
func (b *Backend) ForWorkers() bool {
	shaper, ok := b.to.(backend.Shaper)
	return !ok || shaper.ForWorkers()
}

// Prepares implements backend.Shaper.
func (b *Backend) Prepares() bool {
	shaper, ok := b.to.(backend.Shaper)
	return !ok || shaper.Prepares()
}

// planning are the fields that plans look at, whatever is compared.
var planning = []string{
	"inputs", "topicsPattern", "output", "topicName", "subName", "sourceSubscriptionName", "parallelism", "processingGuarantees",
	"cleanupSubscription", "deadLetterTopic", "logTopic", "retainOrdering", "retainKeyOrdering", "autoAck",
}

// Align implements backend.Shaper: a component that leaves differs by its backend,
// and in what matters to those around it.
func (b *Backend) Align(live, want *state.State) {
	if shaper, ok := b.to.(backend.Shaper); ok {
		shaper.Align(live, want)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for addr, old := range b.leaving {
		wanted, ok := want.Resources[addr].(*state.Component)
		if !ok {
			continue
		}
		c := *old
		c.Fields = maps.Clone(wanted.Fields)
		for _, name := range planning {
			delete(c.Fields, name)
			if v, given := old.Fields[name]; given {
				c.Fields[name] = v
			}
		}
		c.Fields[field] = b.fromName
		c.Code.Mode, c.Code.URL, c.Code.SHA256 = wanted.Code.Mode, wanted.Code.URL, wanted.Code.SHA256
		live.Put(&c)
	}
}

// Do implements backend.Backend: what a step finds on the old backend, it ends there.
func (b *Backend) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	if !s.Addr.Kind().IsComponent() {
		return b.to.Do(ctx, s, events)
	}
	change := *s.Change
	change.Before, change.After, change.Between = bare(change.Before), bare(change.After), bare(change.Between)
	b.mu.Lock()
	old := b.leaving[s.Addr]
	b.mu.Unlock()
	before, _ := s.Change.Before.(*state.Component)
	leaves := before != nil && before.Fields[field] == b.fromName
	if leaves && old != nil {
		change.Before = old
	}
	s.Change = &change
	if !leaves || s.Op == plan.Create || s.Op == plan.AwaitRunning || s.Op == plan.Verify || s.Op == plan.Resume && s.Change.Action == diff.Replace {
		return b.to.Do(ctx, s, events)
	}
	if s.Op == plan.Delete {
		change.After = nil // it is made elsewhere, and is never what is there
	}
	return b.from.Do(ctx, s, events)
}

// bare is a component as its backend knows it.
func bare(r state.Resource) state.Resource {
	c, ok := r.(*state.Component)
	if !ok || c == nil {
		return r
	}
	out := *c
	out.Fields = maps.Clone(c.Fields)
	delete(out.Fields, field)
	return &out
}

// Health implements backend.Backend.
func (b *Backend) Health(ctx context.Context, addr state.Addr) (backend.Health, error) {
	b.mu.Lock()
	_, old := b.leaving[addr]
	b.mu.Unlock()
	if old {
		return b.from.Health(ctx, addr)
	}
	return b.to.Health(ctx, addr)
}

// Ask implements backend.Asker: to the new backend what leaves is not there yet, and
// is asked about like all that is new. Align has made it look as it is wanted.
func (b *Backend) Ask(ctx context.Context, live, want *state.State) error {
	asker, ok := b.to.(backend.Asker)
	if !ok {
		return nil
	}
	there := *live // the facts are live's own
	there.Resources = maps.Clone(live.Resources)
	b.mu.Lock()
	for addr := range b.leaving {
		delete(there.Resources, addr)
	}
	b.mu.Unlock()
	return asker.Ask(ctx, &there, want)
}

// Topics implements backend.TopicLister.
func (b *Backend) Topics(ctx context.Context, namespace string) ([]string, error) {
	if lister, ok := b.to.(backend.TopicLister); ok {
		return lister.Topics(ctx, namespace)
	}
	return nil, nil
}

// rules are the new backend's; where a component runs is nothing to update.
type rules struct {
	diff.RuleSet
	from diff.RuleSet
	of   *Backend
}

// Rule implements diff.RuleSet.
func (r rules) Rule(kind state.Kind, name string) diff.Rule {
	if name == field && kind.IsComponent() {
		return diff.Rule{Fixed: true}
	}
	return r.RuleSet.Rule(kind, name)
}

// Kept implements diff.Keeper.
func (r rules) Kept(before, after *state.Component) int {
	if keeper, ok := r.RuleSet.(diff.Keeper); ok {
		return keeper.Kept(before, after)
	}
	return 0
}

// DeleteBy implements diff.Deleter.
func (r rules) DeleteBy(c *state.Component) string {
	if deleter, ok := r.RuleSet.(diff.Deleter); ok {
		return deleter.DeleteBy(c)
	}
	return ""
}

// Occupied implements diff.Housing.
func (r rules) Occupied(c *state.Component) (what, remedy string) {
	if housing, ok := r.RuleSet.(diff.Housing); ok {
		return housing.Occupied(c)
	}
	return "", ""
}

// CleanupOff implements diff.Cleaner: what leaves is written once more where it is,
// as it is there.
func (r rules) CleanupOff(live *state.Component) *state.Component {
	r.of.mu.Lock()
	old := r.of.leaving[live.Addr()]
	r.of.mu.Unlock()
	if old == nil || live.Fields[field] != r.of.fromName {
		return diff.CleanupOff(r.RuleSet, live)
	}
	return tagged(diff.CleanupOff(r.from, old.Masked(live.SensitivePaths())), r.of.fromName)
}

var _ interface {
	backend.Backend
	backend.Shaper
	backend.Asker
	backend.TopicLister
	backend.Locker
} = (*Backend)(nil)
