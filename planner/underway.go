package planner

import (
	"fmt"
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// longestRun is for how long a run that has begun, and whose lock tells nothing, counts
// as one that goes on: it may have been killed.
const longestRun = time.Hour

// UnderwayError refuses a run, since another one has begun, has not ended, and may go
// on without that a lock would tell.
type UnderwayError struct{ Head record.Head }

// Error implements error.
func (e *UnderwayError) Error() string {
	return fmt.Sprintf("a run of %s by %s has begun at %s and has not ended, version %d; no lock tells whether it goes on",
		e.Head.Mesh, writer(e.Head), e.Head.Began.UTC().Format("2006-01-02 15:04:05 UTC"), e.Head.Version)
}

// Unwrap gives a *backend.HeldError: to callers it is a mesh that another run changes.
func (e *UnderwayError) Unwrap() error {
	return &backend.HeldError{Mesh: e.Head.ID(), Holder: backend.Holder{User: writer(e.Head), Since: e.Head.Began}}
}

func writer(h record.Head) string {
	if h.Author == "" {
		return "someone who does not say who"
	}
	return h.Author
}

// Underway returns an *UnderwayError where the newest head of a mesh is the beginning of
// a run of someone else than author that may still go on: within the last hour, where the
// one of the two runs that would be told by the lock holds none. locked tells whether the
// asking run holds the mesh's lock.
func Underway(h record.Head, author string, locked bool) error {
	if locked && !h.Unlocked || h.Author == author || !MayGoOn(h) {
		return nil
	}
	return &UnderwayError{Head: h}
}

// MayGoOn tells whether the run of a head may still go on where no lock tells: it has
// begun within the last hour, and no end of it is known.
func MayGoOn(h record.Head) bool {
	return h.Outcome == record.Running && time.Since(h.Began) <= longestRun
}

// follows returns a *record.ConflictError where something came after the head that a
// plan was made on: a run. Locks that were taken or given back change nothing.
func (w *recorder) follows(newest record.Head) error {
	seen := w.run.Seen
	if seen == nil || newest.Revision == seen.Revision {
		return nil
	}
	lock := newest.Action == record.Hold || newest.Action == record.Unhold
	if lock && newest.Revision > seen.Revision && newest.Version == seen.Version && newest.Outcome == seen.Outcome {
		return nil
	}
	if newest.Mesh == "" {
		newest.Mesh = w.id.String()
	}
	return &record.ConflictError{Winner: newest, Want: seen.Revision + 1}
}

// first returns an error where the run would not be the first one after its plan.
func (w *recorder) first(newest record.Head) error {
	if err := w.follows(newest); err != nil {
		return err
	}
	return Underway(newest, w.run.Author, w.locked)
}
