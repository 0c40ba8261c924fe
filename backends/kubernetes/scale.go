package kubernetes

import (
	"errors"
	"slices"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/state"
)

// started is a spec that is to be written, with the instances that an autoscaled
// component had when it was stopped.
func (v verdict) started(spec map[string]any) map[string]any {
	if v.instances > 0 && resource.Autoscaled(spec) {
		return resource.WithReplicas(spec, v.instances)
	}
	return spec
}

// scaled is the spec of a resource of its own that is to be written: where an
// autoscaler is to decide how many instances there are and has not done so yet, they
// stay as many as there are. To leave meshc's own number out would delete it, and the
// operator begin anew with minReplicas, or end its process where its webhook is off.
func (v verdict) scaled(spec map[string]any, was kube.Object) map[string]any {
	if !resource.Autoscaled(spec) || was != nil && !slices.ContainsFunc(kube.Owners(was)[".spec.replicas"], func(o kube.FieldOwner) bool { return o.Manager == kube.Manager }) {
		return spec
	}
	n := int(was.Int("spec", "replicas"))
	if n == 0 {
		n = v.instances
	}
	return resource.WithReplicas(spec, max(n, int(number(spec, "minReplicas")), 1))
}

// onlyScaled tells of an error that nothing but the number of instances is in the way,
// which an autoscaler has set that is to have no say any more. It is no one's who would
// have to be asked.
func onlyScaled(before, after *state.Component, err error) bool {
	var conflict *kube.Conflict
	return resource.Autoscaled(resource.Spec(before)) && !resource.Autoscaled(resource.Spec(after)) && errors.As(err, &conflict) &&
		!slices.ContainsFunc(conflict.Causes, func(c kube.Cause) bool { return c.Field != ".spec.replicas" || c.Subresource != "scale" })
}
