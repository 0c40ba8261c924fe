package record

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
)

// Store keeps the records of many meshes. It is safe for concurrent use, also with
// other stores on the same place, in other processes.
type Store interface {
	// Heads returns the newest head of every mesh, by name: also those that are not
	// readable, and of meshes that are gone.
	Heads(ctx context.Context) ([]Head, error)
	// Head returns the newest head of a mesh as it is now. Errors: ErrNone.
	Head(ctx context.Context, id mesh.ID) (Head, error)
	// History returns heads of a mesh, the newest first: those with a revision below
	// before (0 is no bound), at most limit. A run is one head, with its end. It ends
	// early where the store has given up what is older; then the last head's Before is
	// not empty, and Version above 1.
	History(ctx context.Context, id mesh.ID, before int64, limit int) ([]Head, error)
	// Body returns what a head of History or Heads was made of. Errors: ErrGone.
	Body(ctx context.Context, h Head) (*Body, error)
	// Write writes next as the newest head of its mesh, if its Revision is one above that
	// of the newest one (1 for a mesh without any), and returns it as it is stored. body
	// nil keeps the place of the body that next already has. After a nil error the
	// record is stored for good. Errors: a *ConflictError, one that wraps ErrForbidden,
	// ErrTooLarge or ErrNewer; any other error leaves open whether it was written.
	Write(ctx context.Context, next Head, body *Body) (Head, error)
	// Close lets go of connections.
	Close() error
}

// Watcher is the ability to be told of writes, also those of other processes.
type Watcher interface {
	// Watch calls fn with each head that is written after the call, in the order of the
	// writes of each mesh, until ctx ends or the store fails. Between begin and the first
	// call nothing is missed: Heads, called after ready was called, has everything that is not told.
	// A mesh that is forgotten is told by a head with the action Forget; its next one has revision 1.
	Watch(ctx context.Context, ready func(), fn func(Head)) error
}

// Problem is something in the place of records that is no record, or none that counts,
// or that could not be done about the place itself.
type Problem struct {
	// Position is where it is, in the words of the store; "" where it is in no place.
	Position string
	// Key is the mesh that it was stored for, if it was for one.
	Key string
	Err error
}

// UnkeptError tells that records may be lost where they are, though they were written.
type UnkeptError struct {
	Err error
	// Remedy says what an administrator has to do.
	Remedy string
}

// Error implements error.
func (e *UnkeptError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *UnkeptError) Unwrap() error { return e.Err }

// Promiser is the ability of a store to tell whether it can keep records as it should.
type Promiser interface {
	// Unkept tells after a write why what is written may be lost; nil where it is kept, or
	// where that is not known until ctx ends.
	Unkept(ctx context.Context) *UnkeptError
}

// Critic is the ability of a store to tell what it skips: nothing that others leave in
// its place ends it.
type Critic interface {
	// Problems returns how many there were so far, and the newest of them, in order.
	Problems() (all int, newest []Problem)
}

// Keeper is the ability of a backend to keep records.
type Keeper interface {
	// Records opens the store of the cluster; who calls it closes it. Errors: one that
	// wraps ErrForbidden or ErrNoPlace, or why it could not be asked.
	Records(ctx context.Context) (Store, error)
}

// Looker is the ability of a Keeper to tell whether there are records at all, for who
// only looks: opening a store may make a place for them.
type Looker interface {
	// RecordsThere tells whether the cluster has a place for records already. It changes nothing.
	RecordsThere(ctx context.Context) (bool, error)
}

// The errors of stores.
var (
	// ErrNone: nothing is remembered of the mesh.
	ErrNone = errors.New("no record of the mesh")
	// ErrGone: the body is older than what the store keeps.
	ErrGone = errors.New("no longer kept")
	// ErrNoPlace: there is nowhere to keep records, since the backend has none, or the
	// namespace of their topic does not exist.
	ErrNoPlace = errors.New("no place for records")
	// ErrForbidden: the role may not read or write records.
	ErrForbidden = errors.New("no right to the records")
	// ErrTooLarge: a record is larger than MaxBody.
	ErrTooLarge = errors.New("record too large")
	// ErrNewer: the mesh's record is of a newer version of meshc, and is left alone.
	ErrNewer = errors.New("the record was written by a newer version of meshc")
)

// ConflictError tells that another writer came first.
type ConflictError struct {
	// Winner is the newest head.
	Winner Head
	// Want is the revision that was to be written.
	Want int64
}

// Error implements error; it names who came first.
func (e *ConflictError) Error() string {
	if e.Winner.Revision < e.Want {
		return fmt.Sprintf("%s: revision %d cannot follow revision %d", e.Winner.Mesh, e.Want, e.Winner.Revision)
	}
	who := e.Winner.Author
	if who == "" {
		who = "someone who does not say who"
	}
	return fmt.Sprintf("%s was changed by another run meanwhile: %s by %s made it version %d", e.Winner.Mesh, e.Winner.Action, who, e.Winner.Version)
}

// Check compares a write with the newest head of its mesh, the zero Head for none.
// Every store asks it, between having read to the end and writing. Errors:
// *ConflictError, ErrNewer.
func Check(newest, next Head) error {
	switch {
	case !newest.Readable():
		return fmt.Errorf("%s: %w", next.Mesh, ErrNewer)
	case next.Revision != newest.Revision+1:
		if newest.Mesh == "" {
			newest.Mesh = next.Mesh
		}
		return &ConflictError{Winner: newest, Want: next.Revision}
	}
	return nil
}
