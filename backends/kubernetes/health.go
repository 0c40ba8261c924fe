package kubernetes

import (
	"context"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Health implements backend.Backend: what StatefulSet and pods say, and with a
// connection to Pulsar what waits and what flows.
func (b *Backend) Health(ctx context.Context, addr state.Addr) (backend.Health, error) {
	h := backend.Health{Addr: addr}
	if !addr.Kind().IsComponent() {
		return h, nil
	}
	b.mu.Lock()
	p, seen := b.seen[addr]
	b.mu.Unlock()
	if !seen {
		all, err := b.find(ctx, b.opts.Namespace)
		if err != nil {
			return h, b.failure(err)
		}
		for _, one := range all.components {
			if one.component.Addr() == addr {
				p, seen = one, true
			}
		}
	}
	if !seen || p.object == nil {
		return h, nil
	}
	h.Wanted = p.component.Parallelism()
	ref := kube.Ref{Resource: kinds[addr.Kind()], Namespace: p.object.Namespace(), Name: p.name}
	pods, err := b.pods(ctx, ref)
	if err != nil {
		return h, b.failure(err)
	}
	for i, pod := range pods {
		one := backend.Instance{ID: i, Running: ready(pod), Error: trouble(pod), Worker: pod.Text("spec", "nodeName")}
		for _, item := range pod.Items("status", "containerStatuses") {
			m, _ := item.(map[string]any)
			one.Restarts += kube.Object(m).Int("restartCount")
		}
		if one.Running {
			h.Running++
		}
		h.Instances = append(h.Instances, one)
	}
	if b.opts.Pulsar != nil {
		err = b.opts.Pulsar.Flow(ctx, p.component, &h)
	}
	return h, err
}

// List implements backend.Lister: meshes are found by their markers in the backend's
// namespace of Kubernetes.
func (b *Backend) List(ctx context.Context, namespace string) ([]backend.Summary, error) {
	all, err := b.find(ctx, b.opts.Namespace)
	if err != nil {
		return nil, b.failure(err)
	}
	var components []*state.Component
	for _, p := range all.components {
		if p.component.Tenant+"/"+p.component.Namespace == namespace {
			components = append(components, p.component)
		}
	}
	return backend.Summarize(components), nil
}

var _ backend.Lister = (*Backend)(nil)
