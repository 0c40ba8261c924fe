package native

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// reader reads what exists of a scope, and all else that the mesh made.
type reader struct {
	b     *Backend
	scope backend.Scope
	// wanted are the addresses of the scope, known from read on.
	wanted map[state.Addr]bool
	// given tells that the components of out were put there by the caller.
	given bool
	// unseen are the kinds of components that may not be listed.
	unseen []state.Kind

	mu  sync.Mutex
	out *state.State
	// index finds the components of out, see reads.
	index *state.Index
}

func (r *reader) read(ctx context.Context) error {
	r.wanted = map[state.Addr]bool{}
	for _, a := range r.scope.Addrs {
		r.wanted[a] = true
	}
	namespaces, err := r.namespaces(ctx)
	if err != nil {
		return err
	}
	own := r.scope.Mesh.Tenant + "/" + r.scope.Mesh.Namespace
	if namespaces[own] && !r.given {
		if err := r.components(ctx); err != nil {
			return err
		}
	}
	topics, err := r.topicNames(ctx, namespaces[own])
	if err != nil {
		return err
	}
	if err := each(ctx, topics, r.topic); err != nil {
		return err
	}
	if namespaces[own] {
		return r.packages(ctx)
	}
	return nil
}

func (r *reader) owner() string { return r.scope.Mesh.String() }

func (r *reader) put(res state.Resource, facts state.Facts) {
	r.note(res.Addr(), facts)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.Put(res)
}

func (r *reader) note(addr state.Addr, facts state.Facts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if facts != (state.Facts{}) {
		r.out.Facts[addr] = facts
	}
}

func (r *reader) wants(addr state.Addr) bool { return r.wanted[addr] }

// namespaces tells which of the mesh's own and the wanted namespaces exist.
func (r *reader) namespaces(ctx context.Context) (map[string]bool, error) {
	exist := map[string]bool{}
	names := []string{r.scope.Mesh.Tenant + "/" + r.scope.Mesh.Namespace}
	for _, a := range r.scope.Addrs {
		if a.Kind() == state.KindNamespace && !slices.Contains(names, a.Name()) {
			names = append(names, a.Name())
		}
	}
	for _, name := range names {
		tenant, ns := split(name)
		ok, err := r.b.client.NamespaceExists(ctx, tenant, ns)
		if err != nil {
			return nil, err
		}
		exist[name] = ok
		if ok && r.wants(state.NamespaceAddr(name)) {
			// Which mesh made it decides nothing, and only administrators may see it.
			r.put(&state.Namespace{Name: name}, state.Facts{})
			if err := r.policiesOfNamespace(ctx, name); err != nil {
				return nil, err
			}
		}
	}
	return exist, nil
}

// components reads the wanted components and those of the mesh, and finds names
// that components of another kind have taken.
func (r *reader) components(ctx context.Context) error {
	taken := map[string]state.Kind{}
	for _, kind := range state.Components {
		names, err := r.list(ctx, kind)
		if err != nil {
			return err
		}
		for _, name := range names {
			taken[name] = kind
		}
		err = each(ctx, names, func(ctx context.Context, name string) error { return r.componentOf(ctx, kind, name) })
		if err != nil {
			return err
		}
	}
	if err := r.takenNames(ctx, taken); err != nil {
		return err
	}
	return r.stateStore(ctx)
}

// list names the components of a kind. A mesh that has none of a kind needs no
// right to look at others'.
func (r *reader) list(ctx context.Context, kind state.Kind) ([]string, error) {
	names, err := r.b.client.List(ctx, adminKind(kind), r.scope.Mesh.Tenant, r.scope.Mesh.Namespace)
	if admin.Classify(err) != admin.Unauthorized || kind == state.KindFunction && !r.wantsOnlyConnectors() {
		return names, err
	}
	for _, a := range r.scope.Addrs {
		if a.Kind() == kind {
			return nil, err
		}
	}
	r.unseen = append(r.unseen, kind)
	return nil, nil
}

// wantsOnlyConnectors tells of a mesh with sources or sinks and without functions.
func (r *reader) wantsOnlyConnectors() bool {
	connectors := false
	for _, a := range r.scope.Addrs {
		if a.Kind() == state.KindFunction {
			return false
		}
		connectors = connectors || a.Kind().IsComponent()
	}
	return connectors
}

func (r *reader) componentOf(ctx context.Context, kind state.Kind, name string) error {
	c := &state.Component{Kind: kind, Tenant: r.scope.Mesh.Tenant, Namespace: r.scope.Mesh.Namespace, Name: name}
	c, err := r.b.component(ctx, c)
	if err != nil || c == nil {
		return err
	}
	facts := state.Facts{}
	if c.Owner == r.owner() && r.wants(c.Addr()) {
		if facts.Missing, facts.Stopped, err = r.b.missing(ctx, c); err != nil {
			return err
		}
		if facts.Stopped > 0 {
			if facts.Unstarted, err = r.b.unstarted(ctx, c, facts.Stopped); err != nil {
				return err
			}
		}
	}
	if c.Owner == "" && r.wants(c.Addr()) {
		if facts.Code, err = r.b.codeOf(ctx, c); err != nil {
			return err
		}
	}
	if c.Owner == r.owner() || r.wants(c.Addr()) {
		r.put(c, facts)
	}
	return nil
}

// stateStore asks whether functions can keep state here. Without a function
// nothing is at stake, and there is none to ask about.
func (r *reader) stateStore(ctx context.Context) error {
	for _, f := range r.out.Components() {
		if f.Owner != r.owner() || f.Kind != state.KindFunction {
			continue
		}
		on, err := r.b.client.HasStateStore(ctx, f.Tenant, f.Namespace, f.Name)
		r.out.StateStore = on
		return err
	}
	return nil
}

// component reads one component, known by kind and name; nil if it is not there.
func (b *Backend) component(ctx context.Context, c *state.Component) (*state.Component, error) {
	live, _, err := b.componentAsItIs(ctx, c)
	return live, err
}

// componentAsItIs is component together with the config as the worker tells it.
func (b *Backend) componentAsItIs(ctx context.Context, c *state.Component) (*state.Component, map[string]any, error) {
	raw, err := b.client.Get(ctx, adminKind(c.Kind), c.Tenant, c.Namespace, c.Name)
	if errors.Is(err, admin.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return fromConfig(c.Kind, c.Tenant, c.Namespace, c.Name, raw), raw, nil
}

// topicNames are the wanted topics, those that functions of the mesh use, and
// those in its namespace that the mesh made.
func (r *reader) topicNames(ctx context.Context, namespaceExists bool) ([]string, error) {
	named := map[string]bool{}
	for _, a := range r.scope.Addrs {
		switch a.Kind() {
		case state.KindTopic:
			named[a.Name()] = true
		case state.KindSubscription:
			topic, _, _ := strings.Cut(a.Name(), "#")
			named[topic] = true
		}
	}
	for _, f := range r.out.Components() {
		for _, t := range append(f.Inputs(), f.Writes()...) {
			if f.Owner == r.owner() && strings.HasPrefix(t, "persistent://") {
				named[t] = true
			}
		}
		if f.Owner != r.owner() || len(f.Patterns()) == 0 {
			continue
		}
		matching, err := r.b.matching(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, t := range matching {
			named[t] = true
		}
	}
	if !namespaceExists {
		return sorted(named), nil
	}
	partitioned, plain, err := r.b.client.Topics(ctx, r.scope.Mesh.Tenant, r.scope.Mesh.Namespace)
	if err != nil {
		return nil, err
	}
	listed := append(partitioned, plain...)
	r.dropAbsent(named, listed)
	// Sorted out before the goroutines below write to the map.
	others := slices.DeleteFunc(listed, func(t string) bool {
		return named[t] || !strings.HasPrefix(t, "persistent://")
	})
	var mu sync.Mutex
	err = each(ctx, others, func(ctx context.Context, t string) error {
		props, err := r.b.client.TopicProperties(ctx, t)
		if errors.Is(err, admin.ErrNotFound) {
			return nil
		}
		if props[ownerProperty] == r.owner() {
			mu.Lock()
			defer mu.Unlock()
			named[t] = true
		}
		return err
	})
	return sorted(named), err
}

// dropAbsent takes out the topics of the mesh's namespace that its list does not
// have, which spares a new mesh a question for each of its topics. The list has
// neither partitions nor system topics, so what may be one is asked for.
func (r *reader) dropAbsent(named map[string]bool, listed []string) {
	there := map[string]bool{}
	for _, t := range listed {
		there[t] = true
	}
	own := "persistent://" + r.scope.Mesh.Tenant + "/" + r.scope.Mesh.Namespace + "/"
	maps.DeleteFunc(named, func(t string, _ bool) bool {
		local, ok := strings.CutPrefix(t, own)
		return ok && !there[t] && !strings.Contains(local, "-partition-") && !strings.HasPrefix(local, "__")
	})
}
