package native

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/lock"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
)

// LockTopic is the topic that a run holds while it changes the mesh. The name of
// the mesh stands in the middle, since the end of a topic's name can mean
// something to brokers (-partition-0). It is no system topic and no persistent
// one, so that neither brokers nor plans take it for something else.
func LockTopic(id mesh.ID) string {
	return fmt.Sprintf("non-persistent://%s/%s/__meshc-%s-lock", id.Tenant, id.Namespace, id.Name)
}

// Lock implements backend.Locker by an exclusive producer on LockTopic.
func (b *Backend) Lock(ctx context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	topic := LockTopic(id)
	taken, err := lock.Take(ctx, lock.Options{
		Topic: topic, Settings: b.settings,
		Holder: who.Words(),
		Locate: func(ctx context.Context) (string, string, error) { return b.locate(ctx, id) },
		Make:   func(ctx context.Context) error { return b.makeTopic(ctx, id) },
		Look:   func(ctx context.Context) (map[string]string, error) { return b.holder(ctx, topic) },
	})
	if err != nil {
		return nil, b.lockFailure(ctx, id, err)
	}
	return &lease{Lease: taken, mesh: id}, nil
}

// LockHolder implements backend.Unlocker by the statistics of the lock's topic.
func (b *Backend) LockHolder(ctx context.Context, id mesh.ID) (backend.Holder, bool, error) {
	said, err := b.holder(ctx, LockTopic(id))
	if err != nil {
		return backend.Holder{}, false, b.firstFailure(err)
	}
	return backend.HolderOf(said), said != nil, nil
}

// Evict implements backend.Unlocker: a producer that fences the holder off, and goes.
func (b *Backend) Evict(ctx context.Context, id mesh.ID, by backend.Holder) error {
	topic := LockTopic(id)
	if said, err := b.holder(ctx, topic); err == nil && said == nil {
		return nil
	}
	err := lock.Evict(ctx, lock.Options{
		Topic: topic, Settings: b.settings, Holder: by.Words(),
		Locate: func(ctx context.Context) (string, string, error) { return b.locate(ctx, id) },
	})
	if err != nil {
		return b.lockFailure(ctx, id, err)
	}
	return nil
}

// locate asks the web service which broker serves the lock's topic.
func (b *Backend) locate(ctx context.Context, id mesh.ID) (url, urlTLS string, err error) {
	at, err := b.client.Lookup(ctx, LockTopic(id))
	if errors.Is(err, admin.ErrNotFound) {
		if err = b.makeTopic(ctx, id); err == nil {
			at, err = b.client.Lookup(ctx, LockTopic(id))
		}
	}
	return at.BrokerURL, at.BrokerURLTLS, err
}

// makeTopic makes the lock's topic where topics are not made on first use; or it
// tells that not even the namespace is there.
func (b *Backend) makeTopic(ctx context.Context, id mesh.ID) error {
	if there, err := b.client.NamespaceExists(ctx, id.Tenant, id.Namespace); err != nil {
		return err
	} else if !there {
		return backend.ErrNoNamespace
	}
	err := b.client.CreateTopic(ctx, LockTopic(id), 0, nil)
	if err == nil || errors.Is(err, admin.ErrExists) {
		return nil
	}
	return fmt.Errorf("this cluster makes no topics on first use, and the lock's own could not be made: %w", err)
}

// holder returns what the lock's holder says of itself, nil when nobody has it.
func (b *Backend) holder(ctx context.Context, topic string) (map[string]string, error) {
	stats, err := b.client.TopicStats(ctx, topic)
	if errors.Is(err, admin.ErrNotFound) || err == nil && len(stats.Publishers) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if said := stats.Publishers[0].Metadata; said != nil {
		return said, nil
	}
	return map[string]string{}, nil
}

// lockFailure tells the planner what an error of the lock means.
func (b *Backend) lockFailure(ctx context.Context, id mesh.ID, err error) error {
	var held *lock.HeldError
	var answer *admin.Error
	switch {
	case errors.As(err, &held):
		return &backend.HeldError{Mesh: id, Holder: backend.HolderOf(held.Holder)}
	case errors.Is(err, backend.ErrNoNamespace):
		return fmt.Errorf("lock of %s: %w", id, err)
	case errors.As(err, &answer) && admin.Classify(err) != admin.NotFound && admin.Classify(err) != admin.Refused:
		return b.firstFailure(err)
	case ctx.Err() != nil:
		return err
	}
	if lock.Unauthorized(err) {
		return fmt.Errorf("lock of %s: %w; the role needs the permission %q on namespace %s/%s, or to be an administrator of the tenant %[4]s", id, err, "produce", id.Tenant, id.Namespace)
	}
	return &backend.LockError{Mesh: id, Err: err}
}

// lease tells the planner in its own words how a lock was lost.
type lease struct {
	*lock.Lease
	mesh mesh.ID
}

// Ready implements backend.Lease.
func (l *lease) Ready(ctx context.Context) error {
	err := l.Lease.Ready(ctx)
	if err != nil && ctx.Err() == nil {
		return l.told(err)
	}
	return err
}

// Err implements backend.Lease.
func (l *lease) Err() error { return l.told(l.Lease.Err()) }

func (l *lease) told(err error) error {
	var held *lock.HeldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &held):
		return &backend.HeldError{Mesh: l.mesh, Holder: backend.HolderOf(held.Holder)}
	}
	return &backend.LockError{Mesh: l.mesh, Err: err}
}

var (
	_ backend.Locker   = (*Backend)(nil)
	_ backend.Unlocker = (*Backend)(nil)
)
