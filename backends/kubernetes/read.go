package kubernetes

import (
	"context"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Read implements backend.Backend: one LIST a kind, and what there is of Pulsar.
func (b *Backend) Read(ctx context.Context, scope backend.Scope) (*state.State, error) {
	l := b.layoutOf(scope.Mesh)
	all, err := b.found(ctx, scope.Mesh, l.namespace)
	if err != nil {
		return nil, b.failure(err)
	}
	seen := b.pick(scope, l, all)
	b.mu.Lock()
	b.seen = seen
	b.mu.Unlock()
	var components []*state.Component
	facts := map[state.Addr]state.Facts{}
	for addr, p := range seen {
		components = append(components, p.component)
		n := p.component.Parallelism()
		switch missing := n - all.ready[setName(addr.Kind(), p.name)]; {
		case p.component.Owner != scope.Mesh.String():
		case p.paused:
			facts[addr] = state.Facts{Missing: n, Stopped: n}
		case missing > 0:
			facts[addr] = state.Facts{Missing: missing}
		}
	}
	if b.opts.Pulsar != nil {
		out, err := b.opts.Pulsar.Read(ctx, scope, components, facts)
		if err == nil {
			b.noteLeaving(out, scope.Addrs, seen, l, all)
		}
		return out, err
	}
	out := state.New(scope.Mesh)
	for _, c := range components {
		out.Put(c)
		if f := facts[c.Addr()]; f != (state.Facts{}) {
			out.Facts[c.Addr()] = f
		}
	}
	b.noteLeaving(out, scope.Addrs, seen, l, all)
	return out, nil
}

// pick takes the mesh's components and the wanted ones out of what was found, and
// those that have their names.
func (b *Backend) pick(scope backend.Scope, l *layout, all found) map[state.Addr]placed {
	wanted := map[state.Addr]bool{}
	for _, a := range scope.Addrs {
		wanted[a] = a.Kind().IsComponent()
	}
	owner := scope.Mesh.String()
	out := map[state.Addr]placed{}
	byName := map[string]state.Kind{}
	for _, p := range all.components {
		c := p.component
		byName[c.FullName()] = c.Kind
		if c.Owner != owner && !wanted[c.Addr()] {
			continue
		}
		// Of two that call themselves so, the mesh's own counts.
		if before, twice := out[c.Addr()]; !twice || before.component.Owner != owner {
			out[c.Addr()] = p
		}
	}
	for addr, is := range wanted {
		if _, there := out[addr]; there || !is {
			continue
		}
		want := &state.Component{Kind: addr.Kind(), Tenant: scope.Mesh.Tenant, Namespace: scope.Mesh.Namespace, Name: lastPart(addr.Name())}
		if kind, taken := byName[want.FullName()]; taken && kind != addr.Kind() {
			want.OtherKind = string(kind)
			out[addr] = placed{component: want}
			continue
		}
		name := l.nodes[addr].name
		if o, taken := all.resources[string(addr.Kind())+"/"+name]; taken && !b.ours(o, l, owner) {
			// Its name is taken by a resource that is of another component.
			p := single(addr.Kind(), o)
			p.component.Tenant, p.component.Namespace, p.component.Name = want.Tenant, want.Namespace, want.Name
			if m := markerOf(o); m != nil {
				p.component.Owner = m.Mesh
			} else if of := parent(o); of != "" {
				p.component.Owner = "FunctionMesh " + of
			}
			out[addr] = p
		}
	}
	b.occupied(out, wanted, l, all, owner)
	return out
}

// ours tells whether a resource is the mesh's or made of it.
func (b *Backend) ours(o kube.Object, l *layout, owner string) bool {
	if parent(o) != "" {
		return parent(o) == l.name
	}
	m := markerOf(o)
	return m != nil && m.Mesh == owner
}

func lastPart(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}

// Align implements backend.Shaper: fields that others have set on resources of their
// own, and that the mesh says nothing of, are left alone.
func (b *Backend) Align(live, want *state.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for addr, p := range b.seen {
		wanted, ok := want.Resources[addr].(*state.Component)
		if have, there := live.Resources[addr].(*state.Component); ok && there && have.OtherKind == "" {
			if wanted.Code.SHA256 == "" && wanted.Code.URL == have.Code.URL {
				wanted.Code.SHA256 = have.Code.SHA256 // a URL is all that the mesh says of it
			}
			p.component = have
			live.Put(leftBehind(p, wantedMarks(p, authored(p, aligned(p, wanted)), wanted), wanted))
		}
	}
}

// aligned is a live component as far as it is anyone's business who wants it so.
func aligned(p placed, want *state.Component) *state.Component {
	if !p.own {
		return p.component // lists of a FunctionMesh are whose they are
	}
	have, wanted := resource.Spec(p.component), resource.Spec(want)
	if !exceeds(have, wanted) {
		return p.component // whose fields they are is of no account
	}
	mine := map[string]bool{}
	for field, owners := range kube.Owners(p.object) {
		for _, o := range owners {
			if o.Manager == kube.Manager {
				mine[field] = true
			}
		}
	}
	spec, changed := without(have, wanted, ".spec", mine)
	if !changed {
		return p.component
	}
	c := *p.component
	c.Fields = resource.Fields(c.Kind, p.name, spec)
	for _, field := range append([]string{homeField}, marksFields...) {
		if v, there := p.component.Fields[field]; there {
			c.Fields[field] = v
		}
	}
	c.Drifted = p.written != "" && p.written != resource.Digest(spec)
	return &c
}

// exceeds tells whether a spec has fields that are not wanted, which few have.
func exceeds(spec, want map[string]any) bool {
	for key, v := range spec {
		wanted, is := want[key]
		if inner, isMap := v.(map[string]any); isMap {
			wantedMap, _ := wanted.(map[string]any)
			if exceeds(inner, wantedMap) {
				return true
			}
		} else if !is {
			return true
		}
	}
	return false
}

// without takes what is neither wanted nor mine out of a spec.
func without(spec, want map[string]any, at string, mine map[string]bool) (out map[string]any, changed bool) {
	out = make(map[string]any, len(spec))
	for key, v := range spec {
		path := at + "." + key
		wanted, is := want[key]
		inner, isMap := v.(map[string]any)
		if isMap && !mine[path] {
			wantedMap, _ := wanted.(map[string]any)
			rest, cut := without(inner, wantedMap, path, mine)
			changed = changed || cut
			if len(rest) > 0 || is || !cut {
				out[key] = rest
			}
			continue
		}
		if !is && !mine[path] {
			changed = true
			continue
		}
		out[key] = v
	}
	return out, changed
}
