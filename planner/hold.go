package planner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// ErrNotHeld tells that nobody holds the mesh.
var ErrNotHeld = errors.New("nobody has locked it")

// NoVersionError tells that a version of a mesh is not on record.
type NoVersionError struct {
	Mesh    string
	Version int64
	// Newest is the newest version, 0 for none; Gone tells that there may have been the
	// version, and that the store has given up what is so old.
	Newest int64
	Gone   bool
}

// Error implements error.
func (e *NoVersionError) Error() string {
	switch {
	case e.Newest == 0:
		return fmt.Sprintf("nothing is on record of %s", e.Mesh)
	case e.Gone:
		return fmt.Sprintf("version %d of %s is not on record any more", e.Version, e.Mesh)
	case e.Version == 0:
		return fmt.Sprintf("no version of %s before %d ended well, so there is none to go back to", e.Mesh, e.Newest)
	}
	return fmt.Sprintf("%s has no version %d; the newest is %d", e.Mesh, e.Version, e.Newest)
}

// holdTries is how often a hold is written again, where a run began or ended meanwhile.
const holdTries = 10

// Hold keeps everyone but the author away from a mesh until Unhold, also one that is
// not deployed yet. The head is the newest one then. Errors: a *HeldBackError, and
// those of the store.
func Hold(ctx context.Context, s record.Store, id mesh.ID, author, reason string) (record.Head, error) {
	return rehold(ctx, s, id, author, func(h *record.Head) error {
		if err := HeldBack(*h, author); err != nil {
			return err
		}
		h.Action, h.Hold = record.Hold, &record.HoldInfo{By: author, Since: h.Began, Reason: reason}
		return nil
	})
}

// Unhold lets others in again. What someone else holds is let go of by force alone; so
// is a run that has not ended, which counts as interrupted until it tells its end itself.
// Errors: ErrNotHeld, a *HeldBackError, and those of the store.
func Unhold(ctx context.Context, s record.Store, id mesh.ID, author string, force bool) (record.Head, error) {
	return rehold(ctx, s, id, author, func(h *record.Head) error {
		underway := force && h.Outcome == record.Running
		if h.Hold == nil && !underway {
			return fmt.Errorf("%s: %w", id, ErrNotHeld)
		}
		if err := HeldBack(*h, author); err != nil && !force {
			return err
		}
		h.Action, h.Hold = record.Unhold, nil
		if underway {
			h.Outcome = record.Interrupted
		}
		return nil
	})
}

// rehold writes a lock or its end on top of what is there: it is no version, and has
// the version's outcome, its state and its body.
func rehold(ctx context.Context, s record.Store, id mesh.ID, author string, change func(*record.Head) error) (record.Head, error) {
	for try := 1; ; try++ {
		h, err := s.Head(ctx, id)
		switch {
		case errors.Is(err, record.ErrNone):
			h = record.Head{Mesh: id.String(), Outcome: record.Applied}
		case err != nil:
			return h, err
		case !h.Readable():
			return h, fmt.Errorf("%s: %w", id, record.ErrNewer)
		}
		now := time.Now().UTC()
		h.Revision, h.Author, h.Began, h.Ended = h.Revision+1, author, now, now
		h.Reason, h.Of, h.Changes, h.Error = record.Reason{}, 0, record.Changes{}, ""
		if err := change(&h); err != nil {
			return h, err
		}
		stored, err := s.Write(ctx, h, nil)
		if !errors.As(err, new(*record.ConflictError)) || try == holdTries {
			return stored, err
		}
	}
}
