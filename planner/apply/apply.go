// Package apply carries a plan out: in parallel along what the steps need,
// never more than the cluster takes, and never anything that the plan does not say.
package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Options steer a run.
type Options struct {
	// Parallelism is how many writes may be in flight; 0 takes the backend's number.
	Parallelism int
	// Allow are the risks that the user allows.
	Allow []plan.RiskKind
	// Events is told what happens; calls never overlap. nil is fine.
	Events func(backend.Event)
	// Stop, when closed, lets what is in the air finish and starts nothing more.
	Stop <-chan struct{}
	// WaitLimit replaces the limits of steps that wait; 0 keeps them.
	WaitLimit time.Duration
	// OnFailure says what to do after steps have failed for good. A run that is
	// stopped from outside never goes back.
	OnFailure OnFailure
	// Resolve gives the value that the references of a text of a mesh file have now,
	// such as that of ${env:TOKEN}; plan files do not hold it. nil refuses them.
	Resolve func(from string) (string, error)
	// Lock takes the mesh's lock, which Run holds on to and does not release; nil is
	// for none. It is asked before the base is read, and, when it gives an error that
	// wraps backend.ErrNoNamespace, again when the plan has made the namespace.
	Lock func(context.Context) (backend.Lease, error)
	// Begin is called when nothing stands against the run any more, before its first
	// write; its error ends the run, and is Run's. nil is fine.
	Begin func(context.Context) error
}

// Report says how a run ended.
type Report struct {
	Done    []plan.Step
	Failed  []Failure
	Skipped []plan.Step
	// Interrupted tells that the run was stopped before its end.
	Interrupted bool
	// Unlocked tells why the run ended before its end without a signal: its lock was
	// lost, or could not be had when the namespace was made; nil is neither.
	Unlocked error
	Took     time.Duration
	// Rollback says how the run went back after a failure; nil if it did not.
	Rollback *Rollback
}

// Failure is a step that failed for good.
type Failure struct {
	Step plan.Step
	Err  error
}

// OK tells that every step was done.
func (r Report) OK() bool {
	return len(r.Failed) == 0 && len(r.Skipped) == 0 && !r.Interrupted && r.Unlocked == nil
}

// StaleError refuses a plan whose base is not the live state any more.
type StaleError struct{ Moved []state.Addr }

// Error implements error.
func (e *StaleError) Error() string {
	return "the cluster has changed since the plan was made; nothing was written"
}

// SensitiveError refuses a plan with a value that is another one now.
type SensitiveError struct{ Err error }

// Error implements error.
func (e *SensitiveError) Error() string { return e.Err.Error() + "; nothing was written" }

// Unwrap gives the cause.
func (e *SensitiveError) Unwrap() error { return e.Err }

// ClusterError refuses a plan that was made for another cluster.
type ClusterError struct{ Want, Have plan.Cluster }

// Error implements error.
func (e *ClusterError) Error() string {
	return fmt.Sprintf("the plan was made for cluster %s (%s), this is %s (%s); nothing was written",
		e.Want.Name, e.Want.URL, e.Have.Name, e.Have.URL)
}

// RiskError refuses a plan with risks that were not allowed, by step.
type RiskError struct{ Refused map[string][]plan.Risk }

// Error implements error.
func (e *RiskError) Error() string {
	return "the plan has risks that were not allowed; nothing was written"
}

// Run carries the plan out. Before the first write it checks that the cluster is
// the plan's, that every risk that needs it is allowed, and that live is still
// the plan's base; the errors are *ClusterError, *RiskError, *SensitiveError
// and *StaleError, and those of Options.Lock and Options.Begin.
// Failed steps are in the report, not in the error. Cancelling ctx stops at once;
// closing Stop finishes what is in the air.
func Run(ctx context.Context, b backend.Backend, p *plan.Plan, opts Options) (Report, error) {
	start := time.Now()
	id, err := mesh.ParseID(p.Mesh)
	if err != nil {
		return Report{}, err
	}
	if e, ok := b.(backend.Expecter); ok {
		e.ExpectPlan(p)
	}
	traits, err := b.Traits(ctx, id)
	if err != nil {
		return Report{}, err
	}
	if traits.Cluster != p.Cluster {
		return Report{}, &ClusterError{Want: p.Cluster, Have: traits.Cluster}
	}
	if refused := p.Refused(opts.Allow); len(refused) > 0 {
		return Report{}, &RiskError{Refused: refused}
	}
	if err := checkFiles(p); err != nil {
		return Report{}, err
	}
	if err := resolve(p, opts.Resolve); err != nil {
		return Report{}, err
	}
	lease, err := opts.lock(ctx)
	later := errors.Is(err, backend.ErrNoNamespace)
	if err != nil && !later {
		return Report{}, err
	}
	before, err := checkBase(ctx, b, id, p, "")
	if err != nil {
		return Report{}, err
	}
	if opts.Begin != nil {
		if err := opts.Begin(ctx); err != nil {
			return Report{}, err
		}
	}
	if opts.Parallelism <= 0 {
		opts.Parallelism = max(1, traits.WritesInFlight)
	} else if w, ok := b.(backend.Widener); ok {
		w.Widen(opts.Parallelism)
	}
	r := newRunner(b, p, opts)
	r.lease = lease
	if later {
		r.makePlace(ctx, id)
	}
	report := r.run(ctx)
	if opts.OnFailure == GoBack && len(report.Failed) > 0 && !report.Interrupted && report.Unlocked == nil {
		report.Rollback = goBack(ctx, b, traits.Rules, before, p, opts, r.lease)
	}
	report.Took = time.Since(start)
	return report, nil
}

// checkBase reads live again, compares it with what the plan starts from, and
// returns it. made is what the run has made already, "" for nothing.
func checkBase(ctx context.Context, b backend.Backend, id mesh.ID, p *plan.Plan, made state.Addr) (*state.State, error) {
	live, err := b.Read(ctx, backend.Scope{Mesh: id, Addrs: p.Scope})
	if err != nil {
		return nil, err
	}
	live.Mask(p.Sensitive)
	delete(live.Resources, made)
	on := deduplicated(live, p)
	if len(on) == 0 && live.Fingerprint() == p.Base {
		return live, nil
	}
	out := append(moved(live, p), on...)
	slices.Sort(out)
	return nil, &StaleError{Moved: slices.Compact(out)}
}

// deduplicated names the topics on which the plan takes broker deduplication for off
// and where it is not any more: no setting of a resource that the plan knows tells it.
func deduplicated(live *state.State, p *plan.Plan) []state.Addr {
	return slices.DeleteFunc(slices.Clone(p.Undeduplicated), func(a state.Addr) bool { return live.Facts[a].Deduplication == state.Off })
}

// moved names the resources that are not as the plan saw them, in order.
func moved(live *state.State, p *plan.Plan) []state.Addr {
	var out []state.Addr
	for _, addr := range live.Addrs() {
		if state.Digest(live.Resources[addr]) != p.Seen[addr] {
			out = append(out, addr)
		}
	}
	for addr := range p.Seen {
		if _, there := live.Resources[addr]; !there {
			out = append(out, addr)
		}
	}
	slices.Sort(out)
	return out
}
