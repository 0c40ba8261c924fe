package kubernetes

import (
	"context"
	"maps"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// autoscalerField is the field of a live component with the name of the autoscaler
// that it should not have: the operator makes one of maxReplicas, and leaves it
// behind when that goes away (it looks for one with the name of the resource).
const autoscalerField = "autoscaler"

// autoscalers reads those of a namespace by name. Who may not list them has none to see.
func (b *Backend) autoscalers(ctx context.Context, namespace string) (map[string]kube.Object, error) {
	l, err := b.kube.List(ctx, kube.Autoscalers, namespace, kube.Selector{})
	if kube.IsForbidden(err) {
		return nil, nil
	}
	out := make(map[string]kube.Object, len(l.Items))
	for _, o := range l.Items {
		out[o.Name()] = o
	}
	return out, err
}

// scales tells whether the operator made an autoscaler of a resource.
func scales(o kube.Object, kind, name string) bool {
	for _, item := range o.Items("metadata", "ownerReferences") {
		if r, ok := item.(map[string]any); ok && r["kind"] == kind && r["name"] == name {
			return true
		}
	}
	return false
}

// leftBehind is a live component with the autoscaler that it is not to have.
func leftBehind(p placed, c, want *state.Component) *state.Component {
	if p.autoscaler == "" || resource.Autoscaled(resource.Spec(want)) {
		return c
	}
	out := *c
	out.Fields = maps.Clone(c.Fields)
	out.Fields[autoscalerField] = p.autoscaler
	return &out
}

// unscale deletes the autoscaler of a component that was written and is to have none.
// One that the operator has not made stays.
func (b *Backend) unscale(ctx context.Context, s plan.Step) error {
	before, _ := s.Change.Before.(*state.Component)
	after, _ := s.Change.After.(*state.Component)
	if before == nil || after == nil || resource.Autoscaled(resource.Spec(after)) ||
		before.Fields[autoscalerField] == nil && !resource.Autoscaled(resource.Spec(before)) {
		return nil
	}
	of := b.childOf(s)
	ref := kube.Ref{Resource: kube.Autoscalers, Namespace: of.Namespace, Name: setName(s.Addr.Kind(), of.Name)}
	o, err := b.kube.Get(ctx, ref)
	if err == nil && scales(o, of.Resource.Kind, of.Name) {
		err = b.kube.Delete(ctx, ref, kube.Deletion{UID: o.UID()})
	}
	if kube.IsNotFound(err) {
		return nil
	}
	return err
}
