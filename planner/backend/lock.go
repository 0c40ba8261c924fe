package backend

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
)

// Locker is the ability to keep other runs away from a mesh while one changes it.
type Locker interface {
	// Lock takes the mesh for one run; it does not wait for another. It writes
	// nothing that stays. Errors: a *HeldError, one that wraps ErrNoNamespace,
	// a *LockError, or why the cluster could not be asked.
	Lock(ctx context.Context, id mesh.ID, who Holder) (Lease, error)
}

// Unlocker is the ability to see who has a mesh's lock, and to take it away.
type Unlocker interface {
	// LockHolder tells who has the lock, without taking it; false for nobody.
	LockHolder(ctx context.Context, id mesh.ID) (Holder, bool, error)
	// Evict takes the lock away from whoever has it, for nobody. That run starts nothing
	// more as soon as it sees it, and ends as one whose lock is lost. Nobody having it is
	// no error.
	Evict(ctx context.Context, id mesh.ID, by Holder) error
}

// Lease is a lock that was taken. It is safe for use by several goroutines.
type Lease interface {
	// Ready returns nil when the lock is certainly held, which a write has to wait
	// for. It blocks while that is not known. Errors are Err's and ctx's.
	Ready(ctx context.Context) error
	// Lost is closed when the lock is lost for good; Err then tells why.
	Lost() <-chan struct{}
	// Err is a *LockError or *HeldError after Lost, else nil.
	Err() error
	// Release gives the lock back.
	Release()
}

// Holder is who has a lock; empty fields are not known.
type Holder struct {
	User, Host string
	// Process is the number of the process on the host.
	Process int
	// Command is what it does, such as "apply".
	Command string
	// Since is when it took the lock, by the clock of its host.
	Since time.Time
}

// String is such as "alice@ci-7 (process 4711, apply)".
func (h Holder) String() string {
	who := h.User
	if h.Host != "" {
		who += "@" + h.Host
	}
	if who == "" {
		return "someone who does not say who"
	}
	if h.Process > 0 {
		who += fmt.Sprintf(" (process %d, %s)", h.Process, h.Command)
	}
	return who
}

// The words by which a holder is told to others.
const (
	holderUser    = "user"
	holderHost    = "host"
	holderProcess = "process"
	holderCommand = "command"
	holderSince   = "since"
)

// Words gives the holder as words that a lock can carry; see HolderOf.
func (h Holder) Words() map[string]string {
	return map[string]string{
		holderUser: h.User, holderHost: h.Host, holderProcess: strconv.Itoa(h.Process),
		holderCommand: h.Command, holderSince: h.Since.UTC().Format(time.RFC3339),
	}
}

// HolderOf gives the holder of Words; what is missing or broken is not known.
func HolderOf(words map[string]string) Holder {
	process, _ := strconv.Atoi(words[holderProcess])
	since, _ := time.Parse(time.RFC3339, words[holderSince])
	return Holder{User: words[holderUser], Host: words[holderHost], Process: process, Command: words[holderCommand], Since: since}
}

// HeldError tells that another run has the mesh's lock.
type HeldError struct {
	Mesh   mesh.ID
	Holder Holder
}

// Error implements error. Times are in UTC, since runs meet from many places.
func (e *HeldError) Error() string {
	text := fmt.Sprintf("%s is being changed by another run, of %s", e.Mesh, e.Holder)
	if !e.Holder.Since.IsZero() {
		text += ", since " + e.Holder.Since.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return text
}

// LockError tells that the mesh's lock could not be had, or not be kept, for
// another reason than that someone has it.
type LockError struct {
	Mesh mesh.ID
	Err  error
	// Remedy says what to do where the lock is not held at a broker.
	Remedy string
}

// Error implements error.
func (e *LockError) Error() string { return fmt.Sprintf("lock of %s: %v", e.Mesh, e.Err) }

// Unwrap gives the cause.
func (e *LockError) Unwrap() error { return e.Err }

// ErrNoNamespace tells that a mesh cannot be locked yet, since its namespace,
// where the lock is, does not exist.
var ErrNoNamespace = errors.New("the mesh's namespace does not exist")
