// Package backend is the contract between the planner and the places where a
// mesh can run. Backends depend on it, not it on them.
package backend

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Backend is a place where meshes run.
type Backend interface {
	// Traits tells what the planner has to know of the cluster, as it is for one
	// mesh: rights can differ by namespace. It changes nothing.
	Traits(ctx context.Context, id mesh.ID) (Traits, error)
	// Read returns what exists of the scope. It changes nothing and may be repeated.
	Read(ctx context.Context, scope Scope) (*state.State, error)
	// Do carries one step out. Its effect can be read back when it returns; that of
	// a function's write at the latest with its Verify. It may
	// be repeated: a step that is done already succeeds without a write. A resource
	// that is neither as the step's change found it nor as it would leave it gives
	// an error that wraps ErrMoved, and is not written.
	Do(ctx context.Context, step plan.Step, events func(Event)) error
	// Health tells how a function is doing. It changes nothing.
	Health(ctx context.Context, addr state.Addr) (Health, error)
}

// Lister is the ability to find meshes without their files.
type Lister interface {
	// List returns the meshes whose functions are in the namespace, given as
	// tenant/namespace, by name.
	List(ctx context.Context, namespace string) ([]Summary, error)
}

// Asker is the ability to ask the cluster beforehand whether it would take what
// is wanted, where only the cluster can tell.
type Asker interface {
	// Ask adds to the facts of live what the cluster says against resources of want
	// that differ (state.Facts.Refusal). It changes nothing in the cluster, and asks
	// nothing where nothing differs.
	Ask(ctx context.Context, live, want *state.State) error
}

// Widener is the ability to be told that the user wants more writes in flight
// than Traits says: a backend that bounds its requests itself has to know.
type Widener interface {
	Widen(writes int)
}

// TopicLister is the ability to list topics: inputs by pattern need to know which
// there are.
type TopicLister interface {
	// Topics returns the full names of the persistent topics of a namespace, given as
	// tenant/namespace; none for one that does not exist.
	Topics(ctx context.Context, namespace string) ([]string, error)
}

// Traits are facts about a cluster.
type Traits struct {
	Cluster plan.Cluster
	// Version is the broker's version, such as 4.0.8; empty where it is not told.
	Version string
	// Packages tells that code is deployed by package URL.
	Packages bool
	// WritesInFlight is how many creates and updates of components the cluster takes at once.
	WritesInFlight int
	Rules          diff.RuleSet
}

// Scope says what to read: these addresses, and all that carries the mesh's mark
// in its namespace.
type Scope struct {
	Mesh  mesh.ID
	Addrs []state.Addr
}

// Summary is a mesh as the cluster shows it.
type Summary struct {
	Mesh  string   `json:"mesh"`
	Nodes []string `json:"nodes"`
	// Generation is the highest count of writes among the functions.
	Generation int `json:"generation"`
}

// Health is how a function is doing.
type Health struct {
	Addr state.Addr `json:"addr"`
	// Wanted and Running count instances.
	Wanted    int        `json:"wanted"`
	Running   int        `json:"running"`
	Instances []Instance `json:"instances,omitempty"`
	// Backlog is what waits on the function's subscriptions, in messages.
	Backlog int64 `json:"backlog"`
	Unacked int64 `json:"unacked"`
	// RateIn and RateOut are the messages a second that it gets from its inputs and
	// writes to its output, as the cluster averages them.
	RateIn  float64 `json:"rateIn"`
	RateOut float64 `json:"rateOut"`
}

// Instance is one instance of a function. Counters start at 0 with each start.
type Instance struct {
	ID      int    `json:"id"`
	Running bool   `json:"running"`
	Error   string `json:"error,omitempty"`
	// Unstarted tells that the cluster could not start it, for a reason that is over
	// by now, and does not try again.
	Unstarted bool  `json:"unstarted,omitempty"`
	Restarts  int64 `json:"restarts"`
	Received  int64 `json:"received"`
	Processed int64 `json:"processed"`
	// UserErrors and SystemErrors count exceptions, those of connectors among the
	// latter; LastError is the newest text.
	UserErrors   int64  `json:"userErrors"`
	SystemErrors int64  `json:"systemErrors"`
	LastError    string `json:"lastError,omitempty"`
	Worker       string `json:"worker,omitempty"`
}

// ErrMoved tells that the cluster changed after the plan was made.
var ErrMoved = errors.New("changed in the cluster since the plan was made")

// Temporary is an error that goes away by itself: the step is done again later.
type Temporary struct {
	Err error
	// Overload tells that the cluster has too many writes in flight.
	Overload bool
	// After is how long to wait at least; 0 leaves it to the caller.
	After time.Duration
}

// Error implements error.
func (t *Temporary) Error() string { return t.Err.Error() }

// Unwrap gives the cause.
func (t *Temporary) Unwrap() error { return t.Err }

// NotReached is an error where no request reached the cluster at all.
type NotReached struct {
	// URL is the service's, without credentials.
	URL string
	Err error
	// Remedy says how another one is named, where that is not as for Pulsar.
	Remedy string
}

// Error implements error.
func (n *NotReached) Error() string { return fmt.Sprintf("cannot reach %s: %v", n.URL, n.Err) }

// Unwrap gives the cause.
func (n *NotReached) Unwrap() error { return n.Err }
