package kubernetes

import (
	"context"
	"errors"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// writeSingle carries out a step of a component that is a resource of its own.
func (b *Backend) writeSingle(ctx context.Context, s plan.Step) (err error) {
	for try := 1; try <= tries; try++ {
		if err = b.writeSingleOnce(ctx, s); !kube.IsMoved(err) {
			return err
		}
		time.Sleep(time.Duration(try) * again)
	}
	return err
}

func (b *Backend) writeSingleOnce(ctx context.Context, s plan.Step) error {
	ref := b.refOf(s)
	if s.Op == plan.Create && !b.wasThere(s.Addr) {
		// No look is needed at what was not there a moment ago: of fields that someone
		// has set meanwhile the server tells a conflict, and then it is looked at. Those
		// are not what --force-conflicts is for.
		v := verdict{write: true, to: s.Change.After.(*state.Component)}
		o, err := b.singleObject(s, ref, v, nil)
		if err != nil {
			return err
		}
		_, err = b.kube.Apply(ctx, ref.Resource, o, kube.Options{})
		if !errors.As(err, new(*kube.Conflict)) {
			return err
		}
	}
	var live *placed
	object, err := b.kube.Get(ctx, ref)
	if err != nil && !kube.IsNotFound(err) {
		return err
	}
	if object != nil {
		p := single(s.Addr.Kind(), object)
		live = &p
	}
	v, err := decide(s, live)
	if err == nil && v.to != nil && v.write {
		err = stays(object, s)
	}
	if err != nil || !v.write {
		return err
	}
	if v.to == nil {
		err := b.kube.Delete(ctx, ref, kube.Deletion{UID: object.UID(), Version: object.Version()})
		if kube.IsNotFound(err) {
			return nil
		}
		return err
	}
	o, err := b.singleObject(s, ref, v, object)
	if err != nil {
		return err
	}
	err = b.apply(ctx, ref.Resource, o, s.Change.Action == diff.Adopt)
	if live != nil && onlyScaled(live.component, v.to, err) {
		err = b.apply(ctx, ref.Resource, o, true)
	}
	return err
}

// singleObject is a resource of its own as it is to be.
func (b *Backend) singleObject(s plan.Step, ref kube.Ref, v verdict, was kube.Object) (kube.Object, error) {
	spec, err := open(v.to)
	if err != nil {
		return nil, err
	}
	o := ref.Resource.New(ref.Namespace, ref.Name)
	marker := v.mark(resource.Marker{})
	dress(o, ownerOf(s), marked(v.to, marksFields[0]), marked(v.to, marksFields[1]), marker, "")
	if was != nil {
		o.Map("metadata")["resourceVersion"] = was.Version()
		o.Map("metadata")["uid"] = was.UID()
	}
	o["spec"] = v.scaled(spec, was)
	return o, nil
}

// wasThere tells whether the last Read saw a component.
func (b *Backend) wasThere(addr state.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, seen := b.seen[addr]
	return seen
}

// refOf is the resource of its own that a step's component is.
func (b *Backend) refOf(s plan.Step) kube.Ref {
	name, _ := home(subject(s))
	return kube.Ref{Resource: kinds[s.Addr.Kind()], Namespace: b.layoutOf(ownerOf(s)).namespace, Name: name}
}
