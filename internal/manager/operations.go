package manager

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/tracing"
	"github.com/meshc/meshc/planner/record"
)

// operations are the runs of this manager, those that have ended lately too.
type operations struct {
	keep int
	mu   sync.Mutex
	all  map[string]*operation
	// ended are the IDs of those that have ended, the oldest first.
	ended []string
	// running counts by mesh.
	running map[string]int
	none    chan struct{}
}

func newOperations(keep int) *operations {
	none := make(chan struct{})
	close(none)
	return &operations{keep: keep, all: map[string]*operation{}, running: map[string]int{}, none: none}
}

// operation is one run.
type operation struct {
	namespace string
	// span ends with the run; nil where nothing is traced.
	span *tracing.Span

	mu     sync.Mutex
	doc    api.Operation
	events ring[api.StepEvent]
	done   chan struct{}
}

// keptEvents bounds what is kept of what happened in a run.
const keptEvents = 10_000

// begin starts an operation; false where there are as many already as may be.
func (o *operations) begin(member, namespace string, most int, doc api.Operation) (*operation, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	total := 0
	for _, n := range o.running {
		total += n
	}
	if total >= most {
		return nil, false
	}
	if total == 0 {
		o.none = make(chan struct{})
	}
	// The name of the member comes first, so that others know whom to ask.
	doc.ID, doc.State = member+"."+rand.Text(), api.Running
	op := &operation{namespace: namespace, doc: doc, events: newRing[api.StepEvent](keptEvents), done: make(chan struct{})}
	o.all[doc.ID] = op
	o.running[doc.Mesh]++
	return op, true
}

// end books the end of an operation. One that never got as far as being accepted is
// forgotten at once.
func (o *operations) end(op *operation, accepted bool, fill func(*api.Operation)) {
	op.mu.Lock()
	fill(&op.doc)
	op.doc.State, op.doc.Ended = api.Done, time.Now().UTC()
	id, mesh := op.doc.ID, op.doc.Mesh
	close(op.done)
	op.mu.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[mesh]--; o.running[mesh] <= 0 {
		delete(o.running, mesh)
	}
	if len(o.running) == 0 {
		close(o.none)
	}
	if !accepted {
		delete(o.all, id)
		return
	}
	if o.ended = append(o.ended, id); len(o.ended) > o.keep {
		delete(o.all, o.ended[0])
		o.ended = o.ended[1:]
	}
}

func (o *operations) get(id string) (*operation, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	op, ok := o.all[id]
	return op, ok
}

// ofVersion finds the run that made a version.
func (o *operations) ofVersion(mesh string, version int64) (api.Operation, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, op := range o.all {
		if doc := op.snapshot(); doc.Mesh == mesh && doc.Version == version {
			return doc, true
		}
	}
	return api.Operation{}, false
}

func (o *operations) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	total := 0
	for _, n := range o.running {
		total += n
	}
	return total
}

// drain waits until nothing runs, or ctx ends.
func (o *operations) drain(ctx context.Context) {
	o.mu.Lock()
	none := o.none
	o.mu.Unlock()
	select {
	case <-none:
	case <-ctx.Done():
	}
}

func (op *operation) event(e api.StepEvent) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.events.add(e)
}

func (op *operation) accepted(h record.Head) {
	op.mu.Lock()
	defer op.mu.Unlock()
	op.doc.Version = h.Version
}

func (op *operation) snapshot() api.Operation {
	op.mu.Lock()
	defer op.mu.Unlock()
	return op.doc
}

// since gives events after a position.
func (op *operation) since(at int64, n int) (events []api.StepEvent, next int64, news <-chan struct{}) {
	op.mu.Lock()
	defer op.mu.Unlock()
	events, next, _, news = op.events.since(max(at, op.events.first), n)
	return events, next, news
}
