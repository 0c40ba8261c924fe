package manager

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// Housekeep does what keeps records in order: heads that garbage covers are written again,
// bodies that the log is about to give up are stored anew, meshes that are long gone are
// forgotten, and there are a new snapshot and a compaction where something was written since.
// Nothing depends on it but how long a start takes and how much is stored; and bodies,
// which writes keep as well, but only while there are writes. It is for one process at a time.
func (s *Store) Housekeep(ctx context.Context) error {
	if err := s.sync(ctx); err != nil {
		return err
	}
	failed := []error{s.prepared(ctx), s.healAll(ctx), s.keepBodies(ctx)}
	failed = append(failed, s.forAll(ctx, s.forgettable, s.bury))
	if err := s.sync(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	some := s.read > 0
	s.mu.Unlock()
	// A compaction takes tombstones away; who starts from a snapshot that is older than
	// they would not hear of them. So it comes second.
	if some {
		err := s.save(ctx)
		if err == nil {
			err = s.compact(ctx, 1)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// forgettable tells whether a mesh is gone for long enough.
func (s *Store) forgettable(e entry) bool {
	h := e.head
	return h.Readable() && !h.Live() && h.Hold == nil && time.Since(latestOf(h.Began, h.Ended)) > s.o.ForgetAfter
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ErrLive tells that a mesh is deployed or locked, and so is not forgotten.
var ErrLive = errors.New("the mesh is deployed or locked")

// Forget takes away what is remembered of a mesh that is gone. Its history stays in the log
// for as long as that keeps it, but nothing leads there. A mesh that is deployed later
// begins with version 1. Errors: record.ErrNone, ErrLive, record.ErrNewer, those of Write.
func (s *Store) Forget(ctx context.Context, id mesh.ID) error {
	return s.alone(ctx, func(p *wire.Producer) error {
		e, ok := s.newest(id.String())
		switch {
		case !ok:
			return record.ErrNone
		case !e.head.Readable():
			return fmt.Errorf("%s: %w", id, record.ErrNewer)
		case e.head.Live() || e.head.Hold != nil:
			return fmt.Errorf("%s: %w", id, ErrLive)
		}
		if err := s.bury(ctx, p, id.String()); err != nil {
			return err
		}
		return s.sync(ctx)
	})
}

// bury writes the tombstone of a mesh.
func (s *Store) bury(ctx context.Context, p *wire.Producer, key string) error {
	e, ok := s.newest(key)
	if !ok {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	_, err := p.Send(bounded, wire.Message{Key: key, Properties: map[string]string{writeKey: rand.Text(), revisionKey: fmt.Sprint(e.head.Revision)}})
	return err
}
