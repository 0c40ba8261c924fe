package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

type applyOptions struct {
	f       *Factory
	input   fileFlags
	cache   cacheFlag
	connect connectFlags
	carry   carryFlags
	args    []string
	// backendGiven tells that --backend was typed.
	backendGiven bool
	severities   diag.Severities
	pulsar       string
	only         onlyFlag
}

func newApplyCmd(f *Factory, runF func(context.Context, *applyOptions) error) *cobra.Command {
	o := &applyOptions{f: f}
	if runF == nil {
		runF = applyRun
	}
	cmd := &cobra.Command{
		Use:   "apply [FILE...]",
		Short: "Bring the cluster to what the mesh files say",
		Long: `Makes the plan, shows it, asks, and carries it out; then it waits until everything
runs. The argument may also be a plan file that 'meshc plan --out' or '-o json' wrote:
then exactly that plan is carried out, or refused when it does not fit any more. A
bundle of 'meshc plan --bundle' brings the plan's code along.

Several meshes are checked and planned first, all of them; then they are applied
one after the other in the order given. The first that does not end well ends the
run; the rest is reported as not started.

Only one run at a time changes a mesh: it holds the mesh's lock from before it plans
until it ends. Another is told who has it and since when, and ends with exit code 1,
or waits for it with --lock-timeout. On function workers the lock is an exclusive
producer, which needs the broker's binary service, and a run that was killed leaves
none behind; on Kubernetes it is a Lease, which is free 15 s after its holder was killed.

Each run is recorded as a version of the mesh, where the cluster has a place for that:
who, when, why, the mesh files, the plan and the result; see 'meshc history --help'. A
mesh that someone holds with 'meshc lock' is refused.

When the cluster changes between the plan and the first write, --yes plans again,
shows the new plan and carries it out, up to three times; a risk that was not allowed
still refuses it. Without --yes, and for a plan file, that is exit code 5.

When a step fails, what does not need it goes on, and the run stops there. With
--on-failure rollback the functions, sources and sinks that it has updated, replaced
or deleted are then brought back to what they were, and those that it has created are
deleted, in a plan of its own that the report tells of step by step. Topics,
subscriptions and packages that it has made stay: they may hold messages. What cannot
be restored is named before the first write. A run that Ctrl-C ends never goes back.

Ctrl-C finishes what is in the air, lets what is paused go on where no message can be
lost by it, and starts nothing more; a second one stops at once. Either way the same
command goes on where this one ended.

With -o json (which needs --yes) each line of the output is a JSON object whose key
"type" is findings, plan, started, waiting, progress, retrying, done, failed,
skipped, rollback (its steps follow) or report. The report is always the last; a new
plan is one more plan.

Exit codes: 0 done, 1 a failure or another answer than yes, 3 findings with an
error, 4 a risk that was not allowed, 5 a plan that does not fit the cluster any
more, 130 and 143 ended by a signal before everything was done.`,
		Example: `  meshc apply
  meshc apply mesh.yaml --yes
  meshc apply mesh.plan.json --yes
  meshc apply mesh.bundle --yes
  meshc apply mesh.yaml --yes --allow message-loss
  meshc apply mesh.yaml --yes --on-failure rollback
  meshc apply mesh.yaml --yes --only split
  meshc plan mesh.yaml -o json | meshc apply --yes -
  meshc apply meshes/ --yes -o json
  meshc apply mesh.yaml --yes --backend kubernetes --admin-url http://pulsar:8080
  meshc apply mesh.yaml --yes --backend kubernetes --move-from native --admin-url http://pulsar:8080`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args, o.backendGiven = args, cmd.Flags().Changed("backend")
			if err := o.carry.check(f); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	return cmd
}

func (o *applyOptions) bind(cmd *cobra.Command) {
	o.input.bind(cmd)
	o.cache.bind(cmd)
	o.connect.bind(cmd, waitTimeout)
	o.connect.bindVerifyCode(cmd)
	o.connect.bindForce(cmd)
	o.connect.bindMove(cmd)
	o.carry.bind(cmd)
	o.carry.bindOnFailure(cmd)
	addSeverity(cmd, &o.severities)
	addPulsarVersion(cmd, &o.pulsar)
	o.only.bind(cmd)
}

func applyRun(ctx context.Context, o *applyOptions) error {
	v := newApplyView(o.f, o.carry.output)
	reports, err := o.run(ctx, v)
	return v.end(reports, cause(ctx, err))
}

func (o *applyOptions) run(ctx context.Context, v applyView) ([]view.MeshReport, error) {
	files := o.input.all(o.args)
	saved, stdin, err := planFile(files, o.f.In)
	if err != nil {
		return nil, err
	}
	c := newCarrier(o.f, o.carry, &o.connect, v)
	defer c.done()
	c.severities, c.fromFile = o.severities, saved != nil
	if c.remote, err = o.connect.viaManager(o.f); err != nil {
		return nil, err
	}
	if saved != nil {
		defer saved.done()
		if o.input.changes() {
			return nil, usage("make a plan with them: meshc plan FILE --out PLAN", "--overlay and --set change mesh files, and a plan file is finished")
		}
		if len(o.only.names) > 0 {
			return nil, usage("make a plan with it: meshc plan FILE --only NODE --out PLAN", "--only narrows the making of a plan, and a plan file is finished")
		}
		if err := o.fits(saved.plans); err != nil {
			return nil, err
		}
		if c.remote != nil {
			return c.savedBy(ctx, saved.plans)
		}
		if err := c.lookSaved(ctx, saved.plans); err != nil {
			return nil, err
		}
		return c.run(ctx, view.NewPlans(saved.plans, nil, nil, o.carry.allow), saved.plans)
	}
	if c.remote != nil && slices.Contains(files, "-") {
		// It is read twice: to check the mesh here, and to send it.
		if stdin, err = again(stdin); err != nil {
			return nil, err
		}
	}
	opts := o.connect.compiling(compiler.Options{NeedCode: true, PulsarVersion: o.pulsar, Severities: o.severities, Cache: o.f.cache(o.cache.unlessOff(trustHash))})
	result := o.f.compile(&o.input, files, stdin, opts)
	if err := o.only.fits(result); err != nil {
		return nil, err
	}
	if c.remote != nil {
		j := c.job()
		j.Only = o.only.names
		jobs, err := c.remote.bundles(o.f, &o.input, files, rewound(stdin), result, opts, j)
		if err != nil {
			return nil, err
		}
		return c.planAndRunBy(ctx, &o.connect, result, jobs)
	}
	return c.planAndRun(ctx, &o.connect, &o.input, result, planner.Options{Allow: o.carry.allow, Only: o.only.names})
}

// fits refuses a saved plan of another backend than the one that was typed.
func (o *applyOptions) fits(plans []*plan.Plan) error {
	for _, p := range plans {
		if o.backendGiven && p.Backend != o.connect.backend {
			return usage("leave --backend out: a plan file knows its own", "the plan of %s is for backend %s, not %s", p.Mesh, p.Backend, o.connect.backend)
		}
	}
	return nil
}

// planAndRun plans compiled meshes and carries the plans out. Nothing is written
// while any of them has a finding that is an error.
func (c *carrier) planAndRun(ctx context.Context, connect *connectFlags, input *fileFlags, r compiler.Result, opts planner.Options) ([]view.MeshReport, error) {
	if r.Findings.HasErrors() {
		if err := c.view.findings(findings(r, nil)); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	b, err := c.open(connect.backend)
	if err != nil {
		return nil, err
	}
	if c.flags.yes {
		c.replans = mostReplans
	}
	return c.replanned(ctx, func(done []view.MeshReport) ([]view.MeshReport, error) {
		// The meshes that are done stay as they were reported.
		left := r
		left.Units = r.Units[len(done):]
		return c.planned(ctx, b, connect, input, left, opts)
	})
}

// replanned plans and carries out, again where the cluster moved after planning and
// nothing was written. once is told what is done already.
func (c *carrier) replanned(ctx context.Context, once func(done []view.MeshReport) ([]view.MeshReport, error)) ([]view.MeshReport, error) {
	var reports []view.MeshReport
	for pause := c.f.Pause; ; pause *= 2 {
		got, err := once(reports)
		reports = append(reports, got...)
		if !moved(err) || c.replans == 0 || c.f.interrupts.signalled() != nil {
			return reports, err
		}
		c.replans--
		c.view.note(view.CleanText(err.Error()) + movedSince(err) + "; planning again")
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return reports, context.Cause(ctx)
		}
	}
}

// mostReplans is how many times a plan is made again since the cluster moved. What
// a killed run had in the air ends within seconds; what moves on is someone else.
const mostReplans = 3

// movedSince names what a stale plan found changed.
func movedSince(err error) string {
	var stale *apply.StaleError
	if !errors.As(err, &stale) || len(stale.Moved) == 0 {
		return ""
	}
	names := make([]string, len(stale.Moved))
	for i, a := range stale.Moved {
		names[i] = view.Clean(view.Name(a))
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// planned plans the meshes of a result and carries the plans out.
func (c *carrier) planned(ctx context.Context, b backend.Backend, connect *connectFlags, input *fileFlags, r compiler.Result, opts planner.Options) ([]view.MeshReport, error) {
	c.records.begin(ctx, connect.backend, b)
	expect(b, r.Units)
	ids := idsOf(r.Units)
	if err := c.lockAll(ctx, b, ids); err != nil {
		return nil, err
	}
	keep, err := c.look(ctx, connect.backend, b, ids)
	if err != nil {
		return nil, err
	}
	opts.Keep = keep
	var plans []*plan.Plan
	var found diag.List
	err = connect.within(ctx, func(ctx context.Context) (err error) {
		plans, found, err = makePlans(ctx, b, connect.backend, input, r, opts)
		found = c.severities.Apply(found)
		return err
	})
	if err != nil {
		return nil, err
	}
	if found.HasErrors() {
		if err := c.view.findings(findings(r, found)); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	return c.run(ctx, view.NewPlans(plans, append(r.Findings, found...), r.Sources, opts.Allow), plans)
}

// opener opens each backend once.
func opener(f *Factory, connect *connectFlags) func(string) (backend.Backend, error) {
	open := map[string]backend.Backend{}
	return func(name string) (backend.Backend, error) {
		if b, ok := open[name]; ok {
			return b, nil
		}
		b, err := connect.open(f, name)
		if err == nil {
			open[name] = b
		}
		return b, err
	}
}
