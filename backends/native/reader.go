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

	mu  sync.Mutex
	out *state.State
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
	if namespaces[own] {
		if err := r.functions(ctx); err != nil {
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
		}
	}
	return exist, nil
}

// functions reads the wanted functions and those of the mesh, and finds names
// that sources or sinks have taken.
func (r *reader) functions(ctx context.Context) error {
	tenant, ns := r.scope.Mesh.Tenant, r.scope.Mesh.Namespace
	names, err := r.b.client.List(ctx, admin.Functions, tenant, ns)
	if err != nil {
		return err
	}
	err = each(ctx, names, func(ctx context.Context, name string) error {
		f, err := r.b.function(ctx, tenant, ns, name)
		if err != nil || f == nil {
			return err
		}
		facts := state.Facts{}
		if f.Owner == r.owner() && r.wants(f.Addr()) {
			if facts.Missing, err = r.b.missing(ctx, f); err != nil {
				return err
			}
		}
		if f.Owner == r.owner() || r.wants(f.Addr()) {
			r.put(f, facts)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.takenNames(ctx, names); err != nil {
		return err
	}
	return r.stateStore(ctx)
}

// stateStore asks whether functions can keep state here. Without a function
// nothing is at stake, and there is none to ask about.
func (r *reader) stateStore(ctx context.Context) error {
	for _, f := range r.out.Functions() {
		if f.Owner != r.owner() {
			continue
		}
		on, err := r.b.client.HasStateStore(ctx, f.Tenant, f.Namespace, f.Name)
		r.out.StateStore = on
		return err
	}
	return nil
}

// function reads one function; nil if it is not there.
func (b *Backend) function(ctx context.Context, tenant, ns, name string) (*state.Function, error) {
	raw, err := b.client.Get(ctx, admin.Functions, tenant, ns, name)
	if errors.Is(err, admin.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return fromConfig(tenant, ns, name, raw), nil
}

// packages reads the wanted packages and all versions that the mesh has made.
func (r *reader) packages(ctx context.Context) error {
	var names []admin.PackageName
	for _, a := range r.scope.Addrs {
		if a.Kind() == state.KindPackage {
			name, err := admin.ParsePackageName(a.Name())
			if err != nil {
				return err
			}
			names = append(names, name)
		}
	}
	own := admin.PackageName{Type: "function", Tenant: r.scope.Mesh.Tenant, Namespace: r.scope.Mesh.Namespace, Name: r.scope.Mesh.Name}
	versions, err := r.b.client.ListVersions(ctx, own)
	if err != nil && !errors.Is(err, admin.ErrNotFound) && !errors.Is(err, admin.ErrPackagesOff) {
		return err
	}
	for _, v := range versions {
		own.Version = v
		if !slices.Contains(names, own) {
			names = append(names, own)
		}
	}
	return each(ctx, names, func(ctx context.Context, name admin.PackageName) error {
		p, err := r.b.pkg(ctx, name)
		if p != nil && (p.Owner == r.owner() || r.wants(p.Addr())) {
			r.put(p, state.Facts{})
		}
		return err
	})
}

// topicNames are the wanted topics, those that functions of the mesh use, and
// those in its namespace that the mesh made.
func (r *reader) topicNames(ctx context.Context, namespaceExists bool) ([]string, error) {
	named := map[string]bool{}
	for _, a := range r.scope.Addrs {
		if a.Kind() == state.KindTopic {
			named[a.Name()] = true
		}
	}
	for _, f := range r.out.Functions() {
		for _, t := range append(f.Inputs(), f.Writes()...) {
			if f.Owner == r.owner() && strings.HasPrefix(t, "persistent://") {
				named[t] = true
			}
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
