package planner

import (
	"context"
	"fmt"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// EndInterrupted ends a run on record that nobody carries out any more, and says why. h
// is the newest head of its mesh, the caller has the mesh's lock, and so nobody else is at
// work: runs keep their lock until their end is written. A run that held no lock may go on
// for longestRun. The head is the run's, with its
// end; where h is not about a run that has no end it is h, and nothing is written. Errors
// are the store's.
func EndInterrupted(ctx context.Context, s record.Store, h record.Head, why string) (record.Head, error) {
	if !h.Readable() || h.Outcome != record.Running {
		return h, nil
	}
	run, err := runOf(ctx, s, h)
	if err != nil {
		return h, err
	}
	if run.Unlocked && time.Since(run.Began) < longestRun {
		return h, nil
	}
	next := run
	// A lock that came in the middle of it stays.
	next.Revision, next.Hold = h.Revision+1, h.Hold
	next.Outcome, next.Ended, next.Error = record.Interrupted, time.Now().UTC(), why
	return s.Write(ctx, next, nil)
}

// runOf finds the run that a head is about: itself, or what was under way when the mesh
// was locked or let go of.
func runOf(ctx context.Context, s record.Store, h record.Head) (record.Head, error) {
	if h.Action != record.Hold && h.Action != record.Unhold {
		return h, nil
	}
	id, err := mesh.ParseID(h.Mesh)
	if err != nil {
		return h, err
	}
	for before := h.Revision; ; {
		past, err := s.History(ctx, id, before, 20)
		if err != nil {
			return h, err
		}
		if len(past) == 0 {
			return h, fmt.Errorf("version %d of %s: %w", h.Version, h.Mesh, record.ErrGone)
		}
		for _, p := range past {
			if before = p.Revision; p.Action != record.Hold && p.Action != record.Unhold {
				return p, nil
			}
		}
	}
}
