package backendtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var failureCases = []oneCase{
	{name: "one that never runs", run: partialFailure},
	{name: "cancelled while it waits", run: cancelledWait},
	{name: "killed at a step", run: killed},
}

const stuck = `
sources:
  - {name: never, STUCK, output: in}
functions:
  - {name: f, FUNCTION, inputs: [in], output: mid}
sinks:
  - {name: store, SINK, inputs: [mid]}
`

const mended = `
sources:
  - {name: never, SOURCE, output: in}
functions:
  - {name: f, FUNCTION, inputs: [in], output: mid}
sinks:
  - {name: store, SINK, inputs: [mid]}
`

// needing are the IDs of steps that need one, directly or through others, with its own.
func needing(p *plan.Plan, id string) map[string]bool {
	out := map[string]bool{id: true}
	for _, s := range p.Steps {
		if slices.ContainsFunc(s.Needs, func(n string) bool { return out[n] }) {
			out[s.ID] = true
		}
	}
	return out
}

// mend plans and applies the mesh with a source that runs.
func (b *bench) mend() {
	b.Helper()
	never := b.addr(state.KindSource, "never")
	if h := b.health(never); h.Wanted != 1 || h.Running != 0 {
		b.Errorf("of what never runs, %d of %d instances run", h.Running, h.Wanted)
	}
	again := b.plan(b.mesh("m", stuck), planner.Options{})
	if !slices.ContainsFunc(again.Steps, func(s plan.Step) bool { return s.Addr == never }) {
		b.Errorf("the next plan does not wait for it:\n%s", said(again))
	}
	b.deploy("m", mended)
	for kind, name := range map[state.Kind]string{state.KindSource: "never", state.KindFunction: "f", state.KindSink: "store"} {
		b.runs(b.addr(kind, name), 1)
	}
}

// A component that does not come up is told; all that does not need it is done.
func partialFailure(b *bench) {
	p := b.plan(b.mesh("m", stuck), planner.Options{})
	await := string(plan.AwaitRunning) + " " + string(b.addr(state.KindSource, "never"))
	options := b.options()
	options.WaitLimit = b.fixture.Patience
	report, err := planner.Apply(b.Context(), b.backend, p, options)
	if err != nil {
		b.Fatal(err)
	}
	if len(report.Failed) != 1 || report.Failed[0].Step.ID != await || report.Interrupted || report.Unlocked != nil {
		b.Fatalf("failed: %+v, interrupted %v", report.Failed, report.Interrupted)
	}
	down := needing(p, await)
	for _, s := range report.Skipped {
		if !down[s.ID] {
			b.Errorf("%s was skipped, which needs nothing that failed", s.ID)
		}
	}
	if n := len(report.Done); n != len(p.Steps)-len(down) {
		b.Errorf("%d steps are done, want %d", n, len(p.Steps)-len(down))
	}
	b.runs(b.addr(state.KindFunction, "f"), 1)
	b.runs(b.addr(state.KindSink, "store"), 1)
	b.mend()
}

// A run that is cancelled while it waits ends, and the next one goes on from there.
func cancelledWait(b *bench) {
	p := b.plan(b.mesh("m", stuck), planner.Options{})
	await := string(plan.AwaitRunning) + " " + string(b.addr(state.KindSource, "never"))
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	rest := map[string]bool{}
	for _, s := range p.Steps {
		rest[s.ID] = true
	}
	for id := range needing(p, await) {
		delete(rest, id)
	}
	var at time.Time
	options, waits := b.options(), false
	options.WaitLimit = 0
	options.Events = func(e backend.Event) {
		b.tell(e)
		switch e := e.(type) {
		case backend.Started:
			waits = waits || e.Step.ID == await
		case backend.Done:
			delete(rest, e.Step.ID)
		case backend.Failed:
			b.Errorf("%s: %v", e.Step.ID, e.Err)
			cancel()
		}
		if waits && len(rest) == 0 && at.IsZero() {
			// Nothing is left but to wait for what does not come.
			at = time.Now()
			time.AfterFunc(300*time.Millisecond, cancel)
		}
	}
	report, err := planner.Apply(ctx, b.backend, p, options)
	if err != nil {
		b.Fatal(err)
	}
	if took := time.Since(at); at.IsZero() || took > b.fixture.Soon {
		b.Errorf("the run ended %v after its context", took)
	}
	if !report.Interrupted || len(report.Failed) != 0 {
		b.Errorf("interrupted: %v, failed %+v", report.Interrupted, report.Failed)
	}
	b.mend()
}

var errKilled = errors.New("killed")

// mortal is a backend that dies: it does a number of steps, and nothing after them.
// The last one either takes effect or does not; nobody is told.
type mortal struct {
	backend.Backend
	left   atomic.Int64
	effect bool
	once   sync.Mutex
}

func (m *mortal) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	m.once.Lock()
	defer m.once.Unlock()
	switch n := m.left.Add(-1); {
	case n < 0 || n == 0 && !m.effect:
		return errKilled
	case n == 0:
		if err := m.Backend.Do(ctx, s, events); err != nil {
			return err
		}
		return errKilled
	}
	return m.Backend.Do(ctx, s, events)
}

// Wherever a run ends, the next one gets to the same end.
func killed(b *bench) {
	random := b.seeded()
	shapes := []string{chain, `
topics: [{name: in}, {name: in2}, {name: mid, partitions: 2}]
functions:
  - {name: begin, FUNCTION, inputs: [in], output: mid, retainOrdering: true, lifecycle: {movedFrom: first}}
  - {name: more, FUNCTION, inputs: [mid], output: end}
sinks:
  - {name: store, SINK, inputs: [end]}
`}
	for i := range b.fixture.Rounds {
		u := b.mesh("m", shapes[i%2])
		effect := random.IntN(2) == 0
		for try := 1; ; try++ {
			p := b.plan(u, planner.Options{})
			on := &mortal{Backend: b.backend, effect: effect}
			on.left.Store(1 + random.Int64N(int64(len(p.Steps))))
			at := on.left.Load()
			_, err := run(b.Context(), on, p, b.options())
			if errors.Is(err, errKilled) {
				break
			}
			// What a killed run had in the air can still come; commands plan again then, too.
			if stale := new(apply.StaleError); !errors.As(err, &stale) || try == 3 {
				b.Fatalf("killed at step %d of %d: %v", at, len(p.Steps), err)
			}
		}
		b.backend = b.Backend()
		b.apply(b.plan(u, planner.Options{}))
		b.settled(u)
	}
	down := b.plan(b.mesh("m", shapes[0]), planner.Options{Destroy: true, DeleteTopics: true})
	on := &mortal{Backend: b.backend, effect: true}
	on.left.Store(1 + random.Int64N(int64(len(down.Steps))))
	if _, err := run(b.Context(), on, down, b.options()); !errors.Is(err, errKilled) {
		b.Fatal(err)
	}
	b.destroy(b.mesh("m", shapes[0]))
	b.wantNames("m")
}
