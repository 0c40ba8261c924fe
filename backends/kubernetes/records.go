package kubernetes

import (
	"context"
	"slices"

	"github.com/meshc/meshc/backends/kubernetes/records"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// Records implements record.Keeper: records are in the namespace of Kubernetes that
// their mesh is in, or where Options.RecordsOnPulsar says so on topics.
func (b *Backend) Records(ctx context.Context) (record.Store, error) {
	if b.opts.RecordsOnPulsar && b.opts.Pulsar != nil {
		return b.opts.Pulsar.Records(ctx)
	}
	return records.New(b.kube, records.Options{
		Namespace:  func(id mesh.ID) string { return b.layoutOf(id).namespace },
		Namespaces: b.namespaces,
		Failure:    b.failure,
	}), nil
}

// RecordsThere implements record.Looker; objects of Kubernetes need no place that is made.
func (b *Backend) RecordsThere(ctx context.Context) (bool, error) {
	if b.opts.RecordsOnPulsar && b.opts.Pulsar != nil {
		return b.opts.Pulsar.RecordsThere(ctx)
	}
	return true, nil
}

// namespaces are those that meshes of this run are in, and the one for all others.
func (b *Backend) namespaces() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []string{b.opts.Namespace}
	for _, l := range b.layouts {
		if !slices.Contains(out, l.namespace) {
			out = append(out, l.namespace)
		}
	}
	slices.Sort(out[1:])
	return out
}

var _ record.Keeper = (*Backend)(nil)
