package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
)

// Lock implements backend.Locker by a Lease in the mesh's namespace of Kubernetes.
func (b *Backend) Lock(ctx context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	l := b.layoutOf(id)
	taken, err := b.kube.Lock(ctx, kube.LockOptions{
		Namespace: l.namespace, Name: lockName(id), Labels: map[string]string{resource.MeshLabel: labelValue(id.Name)},
		Holder: who.Words(),
	})
	var missing *kube.NotFound
	switch {
	case err == nil:
		return &lease{Lease: taken, id: id}, nil
	case errors.As(err, &missing) && missing.NoNamespace:
		return nil, fmt.Errorf("the namespace %s of Kubernetes does not exist: %w; kubectl create namespace %[1]s makes it, --kube-namespace names another", l.namespace, err)
	case errors.As(err, new(*kube.HeldError)), errors.As(err, new(*kube.Forbidden)):
		return nil, told(id, err)
	}
	return nil, b.failure(err)
}

// lockName is the Lease's name: it tells meshes of other Pulsar namespaces apart.
func lockName(id mesh.ID) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id.String()))
	return fmt.Sprintf("meshc-lock-%08x", sum.Sum32())
}

// lease tells the planner in its own words how a lock was lost.
type lease struct {
	*kube.Lease
	id mesh.ID
}

// Ready implements backend.Lease.
func (l *lease) Ready(ctx context.Context) error {
	err := l.Lease.Ready(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return told(l.id, err)
}

// Err implements backend.Lease.
func (l *lease) Err() error {
	if err := l.Lease.Err(); err != nil {
		return told(l.id, err)
	}
	return nil
}

func told(id mesh.ID, err error) error {
	var held *kube.HeldError
	if !errors.As(err, &held) {
		return &backend.LockError{Mesh: id, Err: remedied(err),
			Remedy: "the lock is a Lease in the mesh's namespace of Kubernetes; --lock=false goes without, if you see to it that no other run changes the mesh meanwhile"}
	}
	holder := backend.HolderOf(held.Holder)
	if holder.Since.IsZero() {
		holder.Since = held.Since
	}
	return &backend.HeldError{Mesh: id, Holder: holder}
}

var _ backend.Locker = (*Backend)(nil)
