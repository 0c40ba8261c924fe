package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// carryFlags steer how plans are carried out: by apply, destroy and PIP-66's words for them.
type carryFlags struct {
	output      string
	yes         bool
	allow       []plan.RiskKind
	parallelism int
	// onFailure is an apply.OnFailure; "" where the command has no such flag.
	onFailure string
	lock      lockFlags
	record    recordFlags
}

// waitTimeout is the help of --timeout where a plan is carried out.
const waitTimeout = "how long planning, and then any one step that waits (instances to run, a backlog to drain), may take, such as 90s; 0 keeps the limits of the plan's steps"

func (x *carryFlags) bind(cmd *cobra.Command) {
	x.bindRun(cmd)
	x.record.bind(cmd)
}

// bindRun is bind for commands that always record.
func (x *carryFlags) bindRun(cmd *cobra.Command) {
	addOutput(cmd, &x.output)
	addAllow(cmd, &x.allow)
	cmd.Flags().BoolVarP(&x.yes, "yes", "y", false, "do not ask; needed where standard input is no terminal")
	x.lock.bind(cmd)
	cmd.Flags().IntVar(&x.parallelism, "parallelism", 0, "writes in flight at most; 0 is what the cluster is known to take")
}

// check refuses what could only fail later.
func (x *carryFlags) check(f *Factory) error {
	if x.parallelism < 0 {
		return usage("leave --parallelism out for what the cluster takes", "--parallelism is %d, and counts from 1", x.parallelism)
	}
	if err := x.lock.check(); err != nil {
		return err
	}
	if err := x.record.check(); err != nil {
		return err
	}
	if x.yes {
		return nil
	}
	if x.output == "json" {
		return usage("look at the plan with 'meshc plan', then add --yes", "-o json cannot ask, so it needs --yes")
	}
	if !f.InTerminal() {
		return usage("look at the plan with 'meshc plan', then add --yes", "standard input is no terminal to ask on, so --yes is needed")
	}
	return nil
}

// carrier carries plans out, one mesh after the other.
type carrier struct {
	f     *Factory
	flags carryFlags
	// severities judge what is found while planning.
	severities diag.Severities
	// waitLimit replaces the limits of waiting steps, 0 keeps them.
	waitLimit time.Duration
	// open gives the backend of a plan.
	open func(name string) (backend.Backend, error)
	view applyView
	// fromFile tells that the plans were saved: to go on needs a new one.
	fromFile bool
	// replans is how many more times the plan is made again when the cluster moved
	// between the plan and the first write.
	replans int
	locks   locks
	records *records
	// seen are the heads that the plans were made on, by backend and mesh.
	seen map[string]*record.Head
	// as says what the run is to be recorded as; the zero value is apply or destroy.
	as planner.Run
	// remote carries out in place of this command; nil where no manager does.
	remote *remote
}

// newCarrier makes the carrier of a command; done ends it.
func newCarrier(f *Factory, flags carryFlags, connect *connectFlags, v applyView) *carrier {
	return &carrier{f: f, flags: flags, waitLimit: connect.timeout, view: v, open: opener(f, connect), records: newRecords(f, flags.record.mode, flags.lock.on)}
}

// done gives back what the carrier holds.
func (c *carrier) done() {
	c.locks.release()
	c.records.warnUnkept()
	c.records.close()
}

// run shows the plans, refuses what was not allowed, asks, and carries them out
// in order. It stops at the first mesh that does not end well: a mesh that comes
// later may read what an earlier one writes.
func (c *carrier) run(ctx context.Context, doc view.Plans, plans []*plan.Plan) ([]view.MeshReport, error) {
	if err := c.view.plan(doc); err != nil {
		return nil, err
	}
	if err := c.refuse(plans); err != nil {
		return nil, err
	}
	if doc.Summary.Changes() && !c.flags.yes {
		if err := c.f.ask(ctx); err != nil {
			return nil, err
		}
	}
	var reports []view.MeshReport
	var failed error
	for _, p := range plans {
		if failed == nil && !p.Empty() {
			// A signal may have come when everything of the mesh before was in the air.
			failed = c.unbegun(p, len(plans) > 1, c.f.interrupts.signalled())
		}
		if failed != nil {
			reports = append(reports, view.WithoutRun(p, view.NotStarted, nil))
			c.view.meshDone(reports[len(reports)-1])
			continue
		}
		report, err := c.one(ctx, p, len(plans) > 1)
		if c.replans > 0 && moved(err) {
			// A new plan for this mesh and those after it tells about them.
			return reports, err
		}
		reports = append(reports, report)
		c.view.meshDone(report)
		failed = err
	}
	return reports, failed
}

// moved tells that nothing was written since the cluster changed after planning.
func moved(err error) bool { return errors.As(err, new(*apply.StaleError)) }

// one carries one plan out. The first signal lets what is in the air finish.
func (c *carrier) one(ctx context.Context, p *plan.Plan, titled bool) (view.MeshReport, error) {
	if p.Empty() && c.records.mode == recordOff {
		return view.NewMeshReport(p, apply.Report{}), nil
	}
	b, err := c.open(p.Backend)
	if err != nil {
		return view.WithoutRun(p, view.Failed, err), err
	}
	if p.Empty() {
		_, version, err := c.carryOut(ctx, b, p, apply.Options{Lock: c.lockOf(b, p.Mesh)})
		if err != nil {
			err = cause(ctx, err)
			return view.WithoutRun(p, outcomeOf(err), err), c.unbegun(p, titled, err)
		}
		return view.NewMeshReport(p, apply.Report{}).Recorded(version), nil
	}
	title := ""
	if titled {
		title = p.Mesh
	}
	stop := make(chan struct{})
	undo := c.f.interrupts.softly(func() {
		close(stop)
		if c.remote != nil {
			return // the run is the manager's
		}
		c.view.note("finishing what is in the air; press Ctrl-C again to stop at once")
	})
	defer undo()
	c.warnOfNoWayBack(p)
	end := c.view.begin(title, len(p.Steps))
	report, version, err := c.carryOut(ctx, b, p, apply.Options{
		OnFailure: apply.OnFailure(c.flags.onFailure), Parallelism: c.flags.parallelism, Allow: c.flags.allow, Stop: stop, WaitLimit: c.waitLimit, Resolve: c.f.resolve,
		Events: func(e backend.Event) { c.view.event(view.NewEvent(p.Mesh, e)) },
		Lock:   c.lockOf(b, p.Mesh),
	})
	end()
	if err != nil {
		err = cause(ctx, err)
		return view.WithoutRun(p, outcomeOf(err), err), c.unbegun(p, titled, err)
	}
	m := view.NewMeshReport(p, report).Recorded(version)
	if report.Unlocked != nil {
		goOn := c.goOn()
		return m, &RemedyError{Err: fmt.Errorf("%s is not done, %d steps not started: %w", p.Mesh, len(report.Skipped), report.Unlocked), Remedy: goOn}
	}
	err = c.verdict(m)
	if err != nil && slices.ContainsFunc(report.Failed, func(f apply.Failure) bool { return errors.Is(f.Err, backend.ErrMoved) }) {
		again := "the cluster was changed by others meanwhile, so plan again"
		if remedy := remedyOf(err); remedy != "" {
			again += "; " + remedy
		}
		err = &RemedyError{Err: err, Remedy: again}
	}
	return m, err
}

// unbegun says that an error came before the first write, and what goes on then.
// A refusal says both itself.
func (c *carrier) unbegun(p *plan.Plan, several bool, err error) error {
	if err == nil {
		return nil
	}
	named := fmt.Errorf("%s: %w", p.Mesh, err)
	switch outcomeOf(err) {
	case view.Failed, view.Interrupted:
	default:
		return named
	}
	goOn := "to go on: " + c.f.again()
	if first := remedyOf(err); first != "" {
		goOn = first + "\n" + goOn
	}
	what := "nothing was written"
	if several {
		what = "nothing of this mesh was written"
	}
	return &RemedyError{Err: fmt.Errorf("%w; %s", named, what), Remedy: goOn}
}

// goOn says how to go on after some of the plan was carried out.
func (c *carrier) goOn() string {
	if c.fromFile {
		return "to go on, make a new plan: this one starts from what was there before"
	}
	return "to go on: " + c.f.again()
}

// verdict gives the error for a plan that was started and did not end well.
func (c *carrier) verdict(m view.MeshReport) error {
	goOn := c.goOn()
	switch m.Outcome {
	case view.Interrupted:
		signal := c.f.interrupts.signalled()
		if signal == nil {
			signal = errors.New("stopped")
		}
		return &RemedyError{Err: fmt.Errorf("%w before %s was done", signal, m.Mesh), Remedy: goOn}
	case view.Failed:
		failed := fmt.Sprintf("%d steps failed", len(m.Failed))
		if len(m.Failed) == 1 {
			failed = "1 step failed"
		}
		return &RemedyError{Err: fmt.Errorf("%s is not done: %s, %d not started%s", m.Mesh, failed, len(m.Skipped), rolledBack(m.Rollback)), Remedy: goOn}
	}
	return nil
}

// refuse gives the error for risks that have to be allowed and are not, with the
// flag that allows them.
func (c *carrier) refuse(plans []*plan.Plan) error {
	var lines []string
	var kinds []plan.RiskKind
	for _, p := range plans {
		refused := p.Refused(c.flags.allow)
		for _, s := range p.Steps {
			for _, r := range refused[s.ID] {
				lines = append(lines, fmt.Sprintf("  %s: %s: %s", r.Kind, view.Name(s.Addr), r.Detail))
				if !slices.Contains(kinds, r.Kind) {
					kinds = append(kinds, r.Kind)
				}
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	count := fmt.Sprintf("%d risks of the plan are", len(lines))
	if len(lines) == 1 {
		count = "1 risk of the plan is"
	}
	return &RefusedError{
		Message: count + " not allowed; nothing was written\n" + strings.Join(lines, "\n"),
		Remedy:  "to accept: " + c.f.again("--allow", strings.Join(riskNames(kinds), ",")),
	}
}

// outcomeOf gives the word for an error before or instead of a run.
func outcomeOf(err error) view.Outcome {
	switch exitCode(err) {
	case exitOK:
		return view.Applied
	case exitFindings:
		return view.HasFindings
	case exitRisk:
		return view.Refused
	case exitStale:
		return view.Stale
	case exitInterrupt, exitTerminate:
		return view.Interrupted
	}
	if errors.Is(err, errNotAgreed) {
		return view.Refused
	}
	return view.Failed
}
