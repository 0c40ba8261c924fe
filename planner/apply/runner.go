package apply

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
)

// errStopped ends waiting steps when the run is stopped.
var errStopped = errors.New("stopped before its end")

// runner walks the steps. One goroutine owns all of its state; steps run in
// goroutines of their own and report over a channel.
type runner struct {
	backend backend.Backend
	plan    *plan.Plan
	opts    Options
	gate    *gate
	// light is the gate of writes that are not of components.
	light    *gate
	finished chan outcome

	// lease is that of the mesh's lock; nil for none. lost is closed when it is lost,
	// and nil from then on.
	lease    backend.Lease
	lost     <-chan struct{}
	endWaits context.CancelCauseFunc

	eventLock sync.Mutex

	// places are those of the steps in the plan.
	places map[string]int
	// dependents are the places of the steps that need a step; woken are those of
	// steps that needed one which has ended since the last start.
	dependents map[string][]int
	woken      []int

	waiting map[string]plan.Step
	running int
	done    map[string]bool
	// ended are the steps that are over: done, failed or skipped. begun are those
	// that may have had an effect.
	ended, begun map[string]bool
	// because names, by failed or skipped step, the failed one at its root.
	because map[string]string
	steps   map[string]plan.Step
	report  Report
}

// outcome is how one step ended.
type outcome struct {
	step plan.Step
	err  error
	took time.Duration
}

func newRunner(b backend.Backend, p *plan.Plan, opts Options) *runner {
	r := &runner{
		dependents: map[string][]int{},
		backend:    b, plan: p, opts: opts, gate: newGate(opts.Parallelism), light: newGate(max(lightWrites, opts.Parallelism)),
		finished: make(chan outcome), places: map[string]int{}, waiting: map[string]plan.Step{}, done: map[string]bool{},
		ended: map[string]bool{}, begun: map[string]bool{}, because: map[string]string{}, steps: map[string]plan.Step{},
	}
	for i, s := range p.Steps {
		r.waiting[s.ID], r.steps[s.ID], r.places[s.ID] = s, s, i
		for _, n := range slices.Concat(s.Needs, s.After) {
			r.dependents[n] = append(r.dependents[n], i)
		}
	}
	return r
}

func (r *runner) run(ctx context.Context) Report {
	// waits end when the run is stopped; writes do not, they finish.
	waits, endWaits := context.WithCancelCause(ctx)
	defer endWaits(nil)
	r.lost = r.lostLock()
	r.endWaits = endWaits
	stop := r.opts.Stop
	interrupt := func() <-chan struct{} {
		r.report.Interrupted = true
		endWaits(errStopped)
		return nil
	}
	select {
	case <-stop:
		// It came while the base was checked.
		stop = interrupt()
	case <-r.lost:
		r.unlock()
	default:
		r.startReady(ctx, waits)
	}
	stop = r.settleAll(ctx, waits, stop, interrupt)
	if ctx.Err() != nil && len(r.report.Skipped)+len(r.waiting) > 0 {
		// The last step may have told of it before the context itself was looked at.
		r.report.Interrupted = true
	}
	if r.report.Interrupted && ctx.Err() == nil {
		r.skipRest(func(s plan.Step) bool { return !r.possible(s) })
		r.startReady(ctx, waits)
		r.settleAll(ctx, waits, stop, interrupt)
	}
	r.skipRest(func(plan.Step) bool { return true })
	return r.report
}

// settleAll goes on until nothing runs and nothing is left that could start.
func (r *runner) settleAll(ctx, waits context.Context, stop <-chan struct{}, interrupt func() <-chan struct{}) <-chan struct{} {
	for r.running > 0 {
		select {
		case o := <-r.finished:
			r.running--
			r.settle(o)
			// A stop that came together with the outcome counts first.
			select {
			case <-stop:
				stop = interrupt()
			case <-r.lost:
				r.unlock()
			default:
			}
			r.startReady(ctx, waits)
		case <-stop:
			stop = interrupt()
		case <-r.lost:
			r.unlock()
		case <-ctx.Done():
			// Steps see the cancelled context themselves; only starting ends here.
			r.report.Interrupted = true
			r.settle(r.await())
		}
	}
	return stop
}

// await takes the next outcome after ctx has ended.
func (r *runner) await() outcome {
	o := <-r.finished
	r.running--
	return o
}

// startReady starts every step that has what it needs, in the order of the plan.
// After a stop that is only what completes a replacement, since a function whose old
// form is gone must not stay away, and what lets paused components go on.
func (r *runner) startReady(ctx, waits context.Context) {
	for _, s := range r.candidates() {
		if _, ok := r.waiting[s.ID]; !ok || !r.ready(s) || r.report.Interrupted && !completes(s) && s.Op != plan.Resume || r.report.Unlocked != nil {
			continue
		}
		if because, held := r.held(s); held {
			r.skip(s, because)
			continue
		}
		delete(r.waiting, s.ID)
		r.begun[s.ID] = true
		r.running++
		stepCtx := waits
		if s.Op.Writes() {
			stepCtx = ctx
		}
		go func() {
			begin := time.Now()
			err := r.guarded(stepCtx, r.patience(ctx, waits, s), s)
			r.finished <- outcome{step: s, err: err, took: time.Since(begin)}
		}()
	}
}

// patience is the context that ends the pauses of a step: a stop ends them, but
// not those of the second half of a replacement.
func (r *runner) patience(ctx, waits context.Context, s plan.Step) context.Context {
	if completes(s) || s.Op == plan.Resume {
		return ctx
	}
	return waits
}

// guarded turns a panic into the step's failure: other steps may be in the air,
// and the user has to hear how they ended.
func (r *runner) guarded(ctx, waits context.Context, s plan.Step) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("this is a bug in meshc, please report it: %v\n%s", v, debug.Stack())
		}
	}()
	return r.do(ctx, waits, s)
}

// completes tells whether the step is the second half of a replacement, or of a
// move to another name, whose first half is done when the step is ready.
func completes(s plan.Step) bool {
	return s.Op == plan.Create && (s.Change.Action == diff.Replace || s.ComesAfterOld())
}

// candidates are the steps that may be ready, in the order of the plan: those that
// needed what has just ended, or all where nothing is running. Looking at all of ten
// thousand steps after each of them would take longer than many a step.
func (r *runner) candidates() []plan.Step {
	if r.running == 0 {
		r.woken = nil
		return r.plan.Steps
	}
	slices.Sort(r.woken)
	out := make([]plan.Step, len(r.woken))
	for i, place := range r.woken {
		out[i] = r.plan.Steps[place]
	}
	r.woken = r.woken[:0]
	return out
}

func (r *runner) ready(s plan.Step) bool {
	for _, n := range s.Needs {
		if !r.done[n] {
			return false
		}
	}
	for _, n := range s.After {
		if !r.ended[n] {
			return false
		}
	}
	return true
}

// settle books the end of a step; a failure silences all that needs it.
func (r *runner) settle(o outcome) {
	r.ended[o.step.ID] = true
	r.woken = append(r.woken, r.dependents[o.step.ID]...)
	switch {
	case o.err == nil:
		r.done[o.step.ID] = true
		r.report.Done = append(r.report.Done, o.step)
		r.emit(backend.Done{Step: o.step, Took: o.took})
	case errors.Is(o.err, errStopped) || r.report.Interrupted && errors.Is(o.err, context.Canceled):
		r.report.Skipped = append(r.report.Skipped, o.step)
		r.emit(backend.Skipped{Step: o.step})
	default:
		r.report.Failed = append(r.report.Failed, Failure{Step: o.step, Err: o.err})
		if refused(o) {
			delete(r.begun, o.step.ID)
		}
		r.because[o.step.ID] = o.step.ID
		r.emit(backend.Failed{Step: o.step, Err: o.err})
		r.skipAfter(o.step.ID, o.step.ID)
	}
}

// skipAfter skips all steps that need the given one, directly or through others.
func (r *runner) skipAfter(id, because string) {
	for _, s := range r.plan.Steps {
		if _, ok := r.waiting[s.ID]; !ok {
			continue
		}
		for _, n := range s.Needs {
			if n == id {
				r.skip(s, because)
				r.skipAfter(s.ID, because)
				break
			}
		}
	}
}

// skipRest skips what an interruption kept from starting, of the steps that which takes.
func (r *runner) skipRest(which func(plan.Step) bool) {
	for _, s := range r.plan.Steps {
		if _, ok := r.waiting[s.ID]; ok && which(s) {
			r.skip(s, "")
		}
	}
}

// skip books a step that is not started.
func (r *runner) skip(s plan.Step, because string) {
	delete(r.waiting, s.ID)
	r.ended[s.ID], r.because[s.ID] = true, because
	r.woken = append(r.woken, r.dependents[s.ID]...)
	r.report.Skipped = append(r.report.Skipped, s)
	r.emit(backend.Skipped{Step: s, Because: because})
}

func (r *runner) emit(e backend.Event) {
	if r.opts.Events == nil {
		return
	}
	r.eventLock.Lock()
	defer r.eventLock.Unlock()
	r.opts.Events(e)
}
