package kubernetes

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Components implements backend.Importer: the components of a namespace of Pulsar that
// are in the backend's namespace of Kubernetes.
func (b *Backend) Components(ctx context.Context, namespace string) (out []backend.Found, unseen []state.Kind, err error) {
	all, err := b.find(ctx, b.opts.Namespace)
	if err != nil {
		return nil, nil, b.failure(err)
	}
	for _, p := range all.components {
		c := p.component
		if c.Tenant+"/"+c.Namespace != namespace {
			continue
		}
		spec, err := open(c)
		if err != nil {
			return nil, nil, err
		}
		f := backend.Found{
			Kind: c.Kind, Name: c.Name, Tenant: c.Tenant, Namespace: c.Namespace, Owner: c.Owner, Protect: c.Protect,
			Spec: spec, Sensitive: secretPaths(c), Topics: slices.Concat(c.Inputs(), c.Writes()),
		}
		f.Labels, f.Annotations = marked(c, marksFields[0]), marked(c, marksFields[1])
		if !p.own {
			f.FunctionMesh = p.object.Name()
		}
		if id, err := mesh.ParseID(c.Owner); p.own && (err != nil || p.name != id.Name+"-"+c.Name) {
			f.Resource = p.name
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b backend.Found) int {
		return strings.Compare(string(a.Kind)+"/"+a.Name, string(b.Kind)+"/"+b.Name)
	})
	return out, nil, nil
}

// Code implements backend.Importer. A resource says where its code is; it is not
// fetched from there.
func (b *Backend) Code(context.Context, backend.Found, io.Writer) (string, error) {
	return "", backend.ErrNoCode
}

var _ backend.Importer = (*Backend)(nil)
