package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// untilGone waits until a deleted component has no resource, no pod and no client left.
func (b *Backend) untilGone(ctx context.Context, s plan.Step, w waiter) error {
	before := s.Change.Before.(*state.Component)
	ref, begin := b.childOf(s), time.Now()
	return until(ctx, w, func() (bool, string, error) {
		child, err := b.look.Get(ctx, ref)
		switch {
		case err != nil && !kube.IsNotFound(err):
			return false, "", err
		case child == nil:
			return b.noClients(ctx, ref, before)
		case !child.Deleting() && time.Since(begin) > patience:
			// An operator that has lost the mesh's status does not know the element any more.
			err := b.kube.Delete(ctx, ref, kube.Deletion{UID: child.UID()})
			if err != nil && !kube.IsNotFound(err) {
				return false, "", err
			}
		}
		return false, stillThere(ref, child), nil
	})
}

// patience is how long the operator may take to delete the child of an element that
// left its FunctionMesh.
const patience = 10 * time.Second

// cleanupFinalizer is what the operator puts on resources whose subscriptions it
// deletes with them (controllers, cleanup.go).
const cleanupFinalizer = "cleanup.subscription.finalizer"

func stillThere(ref kube.Ref, child kube.Object) string {
	text := fmt.Sprintf("%s %s is still there", ref.Resource.Kind, ref.Name)
	switch {
	case !child.Deleting():
		return text + ": the operator has not taken it away"
	case slices.Contains(child.Items("metadata", "finalizers"), any(cleanupFinalizer)):
		return text + ": its finalizer " + cleanupFinalizer + " is for the operator to take away, which has to run for that"
	}
	return text + ", being deleted"
}

// noClients tells whether no pod and no client of a component is left.
func (b *Backend) noClients(ctx context.Context, ref kube.Ref, c *state.Component) (bool, string, error) {
	pods, err := b.pods(ctx, ref)
	if err != nil {
		return false, "", err
	}
	if len(pods) > 0 {
		return false, fmt.Sprintf("%d pods of %s are still there%s", len(pods), ref.Name, troubles(pods)), nil
	}
	if b.opts.Pulsar == nil {
		return true, "", nil
	}
	n, err := b.opts.Pulsar.Attached(ctx, c)
	return n == 0, fmt.Sprintf("clients of the old instances are still connected: %d", n), err
}

// untilQuiet waits until a paused component has no pod and no client left: what it
// has sent is stored then.
func (b *Backend) untilQuiet(ctx context.Context, s plan.Step, w waiter) error {
	before := s.Change.Before.(*state.Component)
	ref := b.childOf(s)
	return until(ctx, w, func() (bool, string, error) { return b.noClients(ctx, ref, before) })
}

// awaitKept waits until a component will leave its subscriptions behind when it is
// deleted: until the operator has taken its finalizer away.
func (b *Backend) awaitKept(ctx context.Context, s plan.Step, w waiter) error {
	ref := b.childOf(s)
	return until(ctx, w, func() (bool, string, error) {
		child, err := b.look.Get(ctx, ref)
		switch {
		case kube.IsNotFound(err):
			return false, "", moved("%s %s is gone", ref.Resource.Kind, ref.Name)
		case err != nil:
			return false, "", err
		case child.Int("status", "observedGeneration") < child.Generation():
			return false, "the operator has not looked at " + ref.Name + " since it was written", nil
		case slices.Contains(child.Items("metadata", "finalizers"), any(cleanupFinalizer)):
			return false, fmt.Sprintf("%s %s still has the finalizer %s, with which the operator deletes its subscriptions", ref.Resource.Kind, ref.Name, cleanupFinalizer), nil
		}
		return true, "", nil
	})
}
