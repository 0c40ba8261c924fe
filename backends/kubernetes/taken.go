package kubernetes

import (
	"context"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// neighbours are the resources beside a FunctionMesh, read once a kind when an element
// is new: the operator writes the child of an element over a resource that someone has
// made by its name, and asks nobody.
type neighbours struct {
	c    *commitment
	read map[state.Kind]kube.Listed
}

// taken is an error that wraps backend.ErrMoved where someone else has made a
// component by the name, or a resource by the name of the child, since the plan was made.
func (n *neighbours) taken(ctx context.Context, s plan.Step) error {
	kind := s.Addr.Kind()
	l, known := n.read[kind]
	if !known {
		var err error
		if l, err = n.c.b.kube.List(ctx, kinds[kind], n.c.layout.namespace, kube.Selector{}); err != nil {
			return err
		}
		if n.read == nil {
			n.read = map[state.Kind]kube.Listed{}
		}
		n.read[kind] = l
	}
	for _, o := range l.Items {
		of := parent(o)
		if of == n.c.name {
			continue
		}
		if o.Name() == n.c.name+"-"+lastPart(s.Addr.Name()) || of == "" && single(kind, o).component.Addr() == s.Addr {
			return moved("%s %s is there, which is not of this mesh", kinds[kind].Kind, o.Name())
		}
	}
	return nil
}
