// Package records keeps what is remembered of meshes in ConfigMaps beside their
// resources: one for the heads of each mesh, and one for the body of each version, or
// several for a large one.
//
// All heads of a mesh that are kept are in one object, so that each write is one
// object's, and the first writer wins by its resourceVersion. Bodies are written
// before the head that names them, under names that no other writer takes; those that
// no head names any more are deleted by the next version.
package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// Options say where records are.
type Options struct {
	// Namespace gives the namespace of Kubernetes that a mesh is in.
	Namespace func(mesh.ID) string
	// Namespaces are those in which Heads looks.
	Namespaces func() []string
	// Failure tells the planner what an error of the client means for it.
	Failure func(error) error
}

// Store is a record.Store on an API server. It keeps nothing in memory.
type Store struct {
	kube *kube.Client
	opts Options
}

// New gives the store; it connects to nothing yet.
func New(client *kube.Client, o Options) *Store { return &Store{kube: client, opts: o} }

// Close implements record.Store. There is nothing to let go of.
func (s *Store) Close() error { return nil }

// Heads implements record.Store.
func (s *Store) Heads(ctx context.Context) ([]record.Head, error) {
	var out []record.Head
	for _, namespace := range s.opts.Namespaces() {
		l, err := s.kube.List(ctx, kube.ConfigMaps, namespace, kube.Selector{Labels: recordLabel + "=" + ofHead})
		if err != nil {
			return nil, s.told(err)
		}
		for _, o := range l.Items {
			kept, err := headsOf(o)
			if err != nil {
				return nil, err
			}
			out = append(out, kept[0])
		}
	}
	slices.SortStableFunc(out, func(a, b record.Head) int { return strings.Compare(a.Mesh, b.Mesh) })
	return out, nil
}

// Head implements record.Store.
func (s *Store) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	_, kept, err := s.read(ctx, id)
	switch {
	case err != nil:
		return record.Head{}, err
	case len(kept) == 0:
		return record.Head{}, record.ErrNone
	}
	return kept[0], nil
}

// History implements record.Store.
func (s *Store) History(ctx context.Context, id mesh.ID, before int64, limit int) ([]record.Head, error) {
	_, kept, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	if before > 0 {
		kept = slices.DeleteFunc(kept, func(h record.Head) bool { return h.Revision >= before })
	}
	return kept[:min(len(kept), max(0, limit))], nil
}

// read gives the object with a mesh's heads and what is in it, the newest first;
// nothing for a mesh of which nothing is remembered.
func (s *Store) read(ctx context.Context, id mesh.ID) (kube.Object, []record.Head, error) {
	o, err := s.kube.Get(ctx, kube.Ref{Resource: kube.ConfigMaps, Namespace: s.opts.Namespace(id), Name: headName(id)})
	if kube.IsNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, s.told(err)
	}
	kept, err := headsOf(o)
	if err == nil && kept[0].Mesh != id.String() {
		err = fmt.Errorf("the ConfigMap %s/%s has the records of %q, not of %s", o.Namespace(), o.Name(), kept[0].Mesh, id)
	}
	return o, kept, err
}

// bodiesAtOnce bounds the parts of a body that are read or written at once.
const bodiesAtOnce = 4

// Body implements record.Store.
func (s *Store) Body(ctx context.Context, h record.Head) (*record.Body, error) {
	base, n, ok := bodyPlace(h.Body)
	if !ok {
		return nil, fmt.Errorf("version %d of %s: %w", h.Version, h.Mesh, record.ErrGone)
	}
	parts := make([][]byte, n)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(bodiesAtOnce)
	for i := range parts {
		g.Go(func() error {
			o, err := s.kube.Get(ctx, kube.Ref{Resource: kube.ConfigMaps, Namespace: s.opts.Namespace(h.ID()), Name: partName(base, i)})
			if kube.IsNotFound(err) {
				return fmt.Errorf("version %d of %s: %w", h.Version, h.Mesh, record.ErrGone)
			}
			if err == nil {
				parts[i], err = binary(o, bodyKey)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, s.told(err)
	}
	return record.DecodeBody(slices.Concat(parts...))
}

// told is an error as the contract has it.
func (s *Store) told(err error) error {
	if errors.Is(err, record.ErrGone) {
		return err
	}
	if kube.IsForbidden(err) {
		return fmt.Errorf("%w: %w", record.ErrForbidden, s.opts.Failure(err))
	}
	return s.opts.Failure(err)
}

var _ record.Store = (*Store)(nil)
