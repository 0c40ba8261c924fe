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
			if gone, err := b.takeAway(ctx, s, ref, child); gone || err != nil {
				return gone, "", err
			}
		}
		return false, stillThere(ref, child), nil
	})
}

// patience is how long the operator may take to delete the child of an element that
// left its FunctionMesh.
const patience = 10 * time.Second

// takeAway deletes the child of an element that the operator leaves behind: one that
// has lost the mesh's status does not know the element any more. What someone else has
// made by the name meanwhile is an error that wraps backend.ErrMoved; gone tells that
// it is what takes the component's place.
func (b *Backend) takeAway(ctx context.Context, s plan.Step, ref kube.Ref, child kube.Object) (gone bool, err error) {
	now, err := b.now(ctx, s)
	after, _ := s.Change.After.(*state.Component)
	switch {
	case err != nil:
		return false, err
	case now != nil && after != nil && same(now, after):
		return true, nil
	}
	name, own := home(subject(s))
	if own || now != nil || parent(child) != name {
		return false, moved("%s %s is there, which is not of this mesh", ref.Resource.Kind, ref.Name)
	}
	mesh, err := b.kube.Get(ctx, kube.Ref{Resource: kube.FunctionMeshes, Namespace: ref.Namespace, Name: name})
	switch {
	case err != nil && !kube.IsNotFound(err):
		return false, err
	case mesh != nil && ownerIn(mesh) != ownerOf(s).String():
		return false, moved("%s %s is of a FunctionMesh %s which is not of this mesh", ref.Resource.Kind, ref.Name, name)
	}
	err = b.kube.Delete(ctx, ref, kube.Deletion{UID: child.UID()})
	if kube.IsNotFound(err) {
		err = nil
	}
	return false, err
}

// ownerIn is the mesh that a resource is marked as, "" for none.
func ownerIn(o kube.Object) string {
	if m := markerOf(o); m != nil {
		return m.Mesh
	}
	return ""
}

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
