package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// leaving says of an object that it is on its way out, and what holds it.
func leaving(o kube.Object) string {
	text := o.Text("kind") + " " + o.Name() + " is being deleted"
	var held []string
	for _, f := range o.Items("metadata", "finalizers") {
		held = append(held, fmt.Sprint(f))
	}
	switch {
	case len(held) == 0:
		return text
	case slices.Contains(held, cleanupFinalizer):
		text += " by the operator, which has to run for that,"
	}
	return text + " and held by its finalizers (" + strings.Join(held, ", ") + ")"
}

// stays is an error for a write into what is being deleted. What a step before has
// deleted is waited for.
func stays(o kube.Object, s plan.Step) error {
	switch {
	case !o.Deleting():
		return nil
	case s.Op == plan.Create && s.Change.Action == diff.Replace:
		return &backend.Temporary{Err: fmt.Errorf("%s", leaving(o))}
	}
	return moved("%s", leaving(o))
}

// noteLeaving notes of components that the mesh has, and of those that it wants, that
// their resource is being deleted. Of a child that is, the operator makes another one:
// its instances are missing.
func (b *Backend) noteLeaving(out *state.State, wanted []state.Addr, seen map[state.Addr]placed, l *layout, all found) {
	note := func(addr state.Addr, o kube.Object) {
		f := out.Facts[addr]
		f.Leaving = leaving(o)
		out.Facts[addr] = f
	}
	for addr, p := range seen {
		child := all.resources[string(addr.Kind())+"/"+p.name]
		switch {
		case p.object.Deleting():
			note(addr, p.object)
		case p.component.Owner == out.Mesh.String() && parent(child) == l.name && child.Deleting():
			f := out.Facts[addr]
			f.Missing = p.component.Parallelism()
			out.Facts[addr] = f
		}
	}
	house := all.meshes[l.name]
	if b.opts.Components || !house.Deleting() {
		return
	}
	for _, addr := range wanted {
		if _, there := seen[addr]; !there && addr.Kind().IsComponent() {
			note(addr, house)
		}
	}
}
