package manager

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

const (
	// lookEvery is how often the leader looks for runs that nobody carries out any more.
	lookEvery = 2 * time.Second
	// placeless is how old the beginning of a run has to be where no lock tells of it,
	// since its namespace is not there: to make one takes a moment.
	placeless = 2 * time.Minute
	// abandonedText is what history says of them.
	abandonedText = "whoever ran it has gone before its end"
)

// endAbandoned ends on record the runs that nobody carries out any more: those whose
// manager or command was killed. A run has the lock of its mesh until its end is written,
// so where the lock can be had it is over.
func (m *Manager) endAbandoned(ctx context.Context) {
	if m.opts.Own == nil {
		return
	}
	for _, h := range m.index.heads() {
		if !h.Readable() || h.Outcome != record.Running || ctx.Err() != nil {
			continue
		}
		if op, here := m.ops.ofVersion(h.Mesh, h.Version); here && op.State == api.Running {
			continue
		}
		short, cancel := context.WithTimeout(ctx, 10*time.Second)
		ended, err := m.endIfAbandoned(short, h)
		cancel()
		switch {
		case err != nil && ctx.Err() == nil:
			m.log.Debug("whether a run is still carried out is not known", "mesh", h.Mesh, "version", h.Version, "err", err)
		case ended:
			m.log.Warn("a run that nobody carries out any more is ended on record", "mesh", h.Mesh, "version", h.Version, "action", h.Action, "author", h.Author)
		}
	}
}

// endIfAbandoned takes the mesh's lock to see whether anyone is at work.
func (m *Manager) endIfAbandoned(ctx context.Context, h record.Head) (bool, error) {
	b, err := m.opts.Own(ctx, h)
	if err != nil {
		return false, err
	}
	locker, ok := b.(backend.Locker)
	if !ok {
		return false, nil
	}
	if u, ok := b.(backend.Unlocker); ok {
		// Long runs are the rule, and to ask costs less than to try.
		if _, held, err := u.LockHolder(ctx, h.ID()); err == nil && held {
			return false, nil
		}
	}
	lease, err := locker.Lock(ctx, h.ID(), backend.Holder{User: m.opts.Leadership.Name(), Host: m.opts.Host, Process: os.Getpid(), Command: "history", Since: time.Now()})
	switch {
	case errors.As(err, new(*backend.HeldError)):
		return false, nil
	case errors.Is(err, backend.ErrNoNamespace):
		if time.Since(h.Began) < placeless {
			return false, nil
		}
	case err != nil:
		return false, err
	default:
		defer lease.Release()
	}
	if err := m.leads(ctx); err != nil {
		return false, err
	}
	newest, err := m.opts.Records.Head(ctx, h.ID())
	if err != nil || newest.Revision != h.Revision {
		return false, err
	}
	err = m.abandon(ctx, &newest)
	return newest.Revision != h.Revision, err
}

// abandon ends a run on record whose mesh is locked here.
func (m *Manager) abandon(ctx context.Context, h *record.Head) error {
	ended, err := planner.EndInterrupted(ctx, m.writes(), *h, abandonedText)
	if err == nil {
		m.index.put(ended, false, false)
		*h = ended
	}
	return err
}

// abandoned tells of a request that was accepted before, under the lock of its mesh: where
// its run has no end, it is over all the same.
func (m *Manager) abandoned(ctx context.Context, err error) error {
	var again *repeatedError
	if !errors.As(err, &again) || again.head.Outcome != record.Running {
		return err
	}
	newest, readErr := m.opts.Records.Head(ctx, again.head.ID())
	if readErr == nil && newest.Version == again.head.Version {
		readErr = m.abandon(ctx, &newest)
		again.head = newest
	}
	if readErr != nil {
		return readErr
	}
	return again
}
