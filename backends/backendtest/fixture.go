package backendtest

import (
	"testing"
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Fixture is what the suite has to know of a kind of backend.
type Fixture struct {
	// Name is what --backend calls it.
	Name string
	// Open makes an empty place, which goes when the test ends.
	Open func(t testing.TB) Place
	// Header are lines that each mesh file has beside the suite's; "" for none.
	Header string
	// Code is what the meshes of the suite run.
	Code Code
	// Patience is how long a component that is all right takes until it runs, at most.
	Patience time.Duration
	// Soon is how long a run may go on after its context was cancelled, at most.
	Soon time.Duration
	// Rounds is how many random meshes are applied in a row, and how often an apply is
	// killed.
	Rounds int
}

// Code is the code of nodes, as fields of a YAML mapping in flow style without its
// braces, such as `className: org.example.F, jar: code.jar`. Files are those in the
// folder of [Place.Dir]. The suite adds the other fields; a function's userConfig is
// its own.
type Code struct {
	Function, Source, Sink string
	// Stuck are those of a source that never runs.
	Stuck string
}

// Place is somewhere to run meshes: a Pulsar namespace that exists and is empty, and
// all that the backend needs beside it. A method that fails ends the test.
type Place interface {
	// Backend gives the backend under test as another process would open it.
	Backend() backend.Backend
	// Namespace is the Pulsar namespace.
	Namespace() (tenant, namespace string)
	// Dir is a folder with the files that Code names. Nothing else is in it.
	Dir() string
	// Renew gives the files of the code other content, of the same use.
	Renew()
	// Writes counts what has changed in the place so far; a request that changed
	// nothing does not count.
	Writes() int64
	// Edit changes the parallelism of a component as someone without meshc would.
	Edit(kind state.Kind, name string, parallelism int)
	// Foreign makes a function as someone without meshc would, which reads one topic
	// and writes another, given by their full names, and waits until it is there.
	Foreign(name, in, out string)
}

// Adopter is the ability of a place that meshes can take over what Foreign makes
// (`lifecycle: {adopt: true}`).
type Adopter interface {
	Place
	// Adoptable is called by nobody; it tells of the ability.
	Adoptable()
}
