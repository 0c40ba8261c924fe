// Package memory is the reference backend: a cluster that is a map. It serves
// the planner's own tests; it runs nothing.
package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Backend is a cluster in memory. It is safe for concurrent use.
type Backend struct {
	mu        sync.Mutex
	faults    sync.Mutex
	resources map[state.Addr]state.Resource
	facts     map[state.Addr]state.Facts
	stopped   map[state.Addr]bool
	stranded  map[state.Addr]bool // of the stopped ones
	writes    int
	rules     diff.RuleSet
	fault     func(plan.Step) error
	locks     map[mesh.ID]*lease
	hold      func(*state.Component) bool
	// errors are why instances do not run.
	errors  map[state.Addr]string
	records *Records
	// news is closed when something changes.
	news chan struct{}
}

// New returns an empty cluster that updates by the given rules.
func New(rules diff.RuleSet) *Backend {
	return &Backend{resources: map[state.Addr]state.Resource{}, facts: map[state.Addr]state.Facts{}, stopped: map[state.Addr]bool{}, stranded: map[state.Addr]bool{}, locks: map[mesh.ID]*lease{}, errors: map[state.Addr]string{}, records: NewRecords(), rules: rules, news: make(chan struct{})}
}

// Put places a resource as if someone had made it.
func (b *Backend) Put(r state.Resource) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.resources[r.Addr()] = r
}

// Drop takes a resource away as if someone had deleted it.
func (b *Backend) Drop(addr state.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.resources, addr)
	b.changed()
}

// Delete takes resources away, as if someone had: those of which gone is true.
func (b *Backend) Delete(gone func(state.Resource) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.resources, func(_ state.Addr, r state.Resource) bool { return gone(r) })
}

// SetFacts sets what moves by itself on a resource.
func (b *Backend) SetFacts(addr state.Addr, f state.Facts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.facts[addr] = f
}

// Resources returns a copy of all that is there.
func (b *Backend) Resources() map[state.Addr]state.Resource {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.resources)
}

// Stop stops a component, or starts it again, as if by hand.
func (b *Backend) Stop(addr state.Addr, stopped bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped[addr] = stopped
	b.changed()
}

// Strand lets the instances of a component not be started, as the worker of a broker
// that was restarted does: they say why, and stand still until a Resume.
func (b *Backend) Strand(addr state.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped[addr], b.stranded[addr] = true, true
	b.changed()
}

// Break lets the instances of a component end with an error, time and again; "" mends it.
func (b *Backend) Break(addr state.Addr, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.errors, addr)
	if text != "" {
		b.errors[addr] = text
	}
	b.changed()
}

// Stopped tells whether a component is stopped, by a Pause or as if by hand.
func (b *Backend) Stopped(addr state.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stopped[addr]
}

// Writes returns how many writes were done.
func (b *Backend) Writes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writes
}

// Peek returns what is at an address, nil for nothing. A fault may call it.
func (b *Backend) Peek(addr state.Addr) state.Resource { return b.resources[addr] }

// Fault lets fn see each step before it is done; an error of it is the step's. nil ends that.
func (b *Backend) Fault(fn func(plan.Step) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = fn
}

// Traits implements backend.Backend.
func (b *Backend) Traits(context.Context, mesh.ID) (backend.Traits, error) {
	return backend.Traits{
		Cluster: plan.Cluster{Name: "memory", URL: "memory:"}, Packages: true, WritesInFlight: 4, Rules: b.rules,
	}, nil
}

// Read implements backend.Backend.
func (b *Backend) Read(_ context.Context, scope backend.Scope) (*state.State, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := state.New(scope.Mesh)
	for addr, r := range b.resources {
		if r.OwnerID() == scope.Mesh.String() || slices.Contains(scope.Addrs, addr) {
			out.Put(r)
			facts := b.facts[addr]
			if c, ok := r.(*state.Component); ok && r.OwnerID() == scope.Mesh.String() {
				facts.Missing = c.Parallelism() - b.running(c)
			}
			if b.stopped[addr] {
				facts.Missing, facts.Stopped = max(1, facts.Missing), max(1, facts.Missing)
			}
			out.Facts[addr] = facts
		}
	}
	return out, nil
}

// Ask implements backend.Asker: a topic keeps the type of its schema.
func (b *Backend) Ask(_ context.Context, live, want *state.State) error {
	for addr, r := range want.Resources {
		s, ok := r.(*state.Schema)
		have, there := live.Resources[addr].(*state.Schema)
		if !ok || !there || have.Type == s.Type {
			continue
		}
		facts := live.Facts[addr]
		facts.Refusal = "Incompatible schema: exists schema type " + have.Type + ", new schema type " + s.Type
		live.Facts[addr] = facts
	}
	return nil
}

// Do implements backend.Backend.
func (b *Backend) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := b.faultOf(s); err != nil {
		return err
	}
	if err := b.do(s); err != nil || s.Op != plan.AwaitRunning && s.Op != plan.Resume {
		return err
	}
	return b.await(ctx, s, events)
}

func (b *Backend) do(s plan.Step) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.changed()
	switch s.Op {
	case plan.Create, plan.Update:
		return b.write(s)
	case plan.Delete:
		return b.delete(s)
	case plan.Keep:
		return b.write(plan.Step{Op: plan.Update, Addr: s.Addr, Change: &diff.Change{Addr: s.Addr, Before: s.Change.Before, After: s.Change.Between}})
	case plan.AwaitKept:
		if state.Digest(b.resources[s.Addr]) != state.Digest(stored(s.Change.Between)) {
			return fmt.Errorf("%s is not as planned", s.Addr)
		}
		return nil
	case plan.Drain:
		f := b.facts[s.Addr]
		f.Backlog, f.Unacked = 0, 0
		b.facts[s.Addr] = f
		return nil
	case plan.Pause, plan.Resume:
		return b.run(s)
	case plan.AwaitRunning, plan.Verify:
		return b.compare(s)
	default:
		return fmt.Errorf("unknown operation %q", s.Op)
	}
}

// run stops or starts a component.
func (b *Backend) run(s plan.Step) error {
	have := b.resources[s.Addr]
	if have == nil || s.Op == plan.Pause && state.Digest(have) != state.Digest(s.Change.Before) && state.Digest(have) != state.Digest(stored(s.Change.Last())) {
		return fmt.Errorf("%s: %w", s.Addr, backend.ErrMoved)
	}
	if stop := s.Op == plan.Pause; b.stopped[s.Addr] != stop {
		b.writes++
		b.stopped[s.Addr] = stop
		delete(b.stranded, s.Addr)
	}
	return nil
}

func (b *Backend) compare(s plan.Step) error {
	if state.Digest(b.resources[s.Addr]) != state.Digest(stored(s.Change.After)) {
		return fmt.Errorf("%s is not as planned", s.Addr)
	}
	return nil
}

// faultOf asks the fault about a step: one step at a time, and so that it may use
// the backend.
func (b *Backend) faultOf(s plan.Step) error {
	b.faults.Lock()
	defer b.faults.Unlock()
	b.mu.Lock()
	fault := b.fault
	b.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(s)
}

func (b *Backend) write(s plan.Step) error {
	after := stored(s.Change.After)
	have := b.resources[s.Addr]
	if digestAs(have, after) == state.Digest(after) {
		return nil
	}
	before := s.Change.Before
	if s.Op == plan.Create {
		before = nil
	}
	if digestAs(have, before) != state.Digest(before) {
		return fmt.Errorf("%s: %w", s.Addr, backend.ErrMoved)
	}
	b.writes++
	b.resources[s.Addr] = after
	return nil
}

// digestAs is the digest of what is there, with those values hidden that another hides.
func digestAs(have, like state.Resource) string {
	h, ok1 := have.(*state.Component)
	l, ok2 := like.(*state.Component)
	if ok1 && ok2 {
		have = h.Masked(l.SensitivePaths())
	}
	return state.Digest(have)
}

func (b *Backend) delete(s plan.Step) error {
	have, ok := b.resources[s.Addr]
	if !ok {
		return nil
	}
	last := s.Change.Last()
	if s.Change.Between != nil {
		last = stored(last)
	}
	if digestAs(have, last) != state.Digest(last) {
		// A replacement that was carried out before finds its own result.
		if s.Change.After != nil && state.Digest(have) == state.Digest(stored(s.Change.After)) {
			return nil
		}
		return fmt.Errorf("%s: %w", s.Addr, backend.ErrMoved)
	}
	b.writes++
	delete(b.resources, s.Addr)
	delete(b.facts, s.Addr)
	delete(b.stopped, s.Addr)
	delete(b.stranded, s.Addr)
	if t, ok := have.(*state.Topic); ok {
		b.dropTopic(t)
	}
	return nil
}

// dropTopic takes away what goes with a topic, as brokers do.
func (b *Backend) dropTopic(t *state.Topic) {
	delete(b.resources, state.SchemaAddr(t.Name))
	delete(b.resources, state.PoliciesAddr(t.Addr()))
	for addr, r := range b.resources {
		if sub, ok := r.(*state.Subscription); ok && sub.Topic == t.Name {
			delete(b.resources, addr)
			delete(b.facts, addr)
		}
	}
}

// Health implements backend.Backend: everything that is there and not stopped runs.
func (b *Backend) Health(_ context.Context, addr state.Addr) (backend.Health, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f, ok := b.resources[addr].(*state.Component)
	if !ok {
		return backend.Health{Addr: addr}, nil
	}
	return b.health(f), nil
}

// health tells of a component's instances; mu is held.
func (b *Backend) health(c *state.Component) backend.Health {
	h := backend.Health{Addr: c.Addr(), Wanted: c.Parallelism(), Running: b.running(c)}
	for i := range h.Wanted {
		one := backend.Instance{ID: i, Running: i < h.Running, Error: b.errors[h.Addr], Unstarted: b.stranded[h.Addr]}
		if one.Unstarted {
			one.Error = "HTTP 503 Service Unavailable"
		}
		h.Instances = append(h.Instances, one)
	}
	return h
}

// Glance implements backend.Glancer.
func (b *Backend) Glance(_ context.Context, addrs []state.Addr) ([]backend.Glimpse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []backend.Glimpse
	for _, addr := range addrs {
		g := backend.Glimpse{Addr: addr, Health: backend.Health{Addr: addr}}
		if c, ok := b.resources[addr].(*state.Component); ok {
			g.Component, g.Health = c, b.health(c)
		}
		out = append(out, g)
	}
	return out, nil
}

// List implements backend.Lister.
func (b *Backend) List(_ context.Context, namespace string) ([]backend.Summary, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var functions []*state.Component
	for _, r := range b.resources {
		if f, ok := r.(*state.Component); ok && f.Tenant+"/"+f.Namespace == namespace {
			functions = append(functions, f)
		}
	}
	return backend.Summarize(functions), nil
}

// stored is a desired resource as reading shows it.
func stored(r state.Resource) state.Resource {
	switch r := r.(type) {
	case *state.Topic:
		c := *r
		c.External = false
		return &c
	case *state.Schema:
		return r.Stored()
	case *state.Subscription:
		c := *r
		c.Position = ""
		if c.Replaces != "" {
			c.Since = "here"
		}
		return &c
	case *state.Package:
		c := *r
		c.Path = ""
		return &c
	case *state.Component:
		c := *r
		c.Code.Path, c.Code.Size = "", 0
		c.Generation = max(1, c.Generation)
		return &c
	default:
		return r
	}
}

var _ interface {
	backend.Backend
	backend.Lister
	backend.Asker
	backend.Glancer
} = (*Backend)(nil)
