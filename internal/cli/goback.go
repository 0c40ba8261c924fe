package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/client"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

type rollbackOptions struct {
	f       *Factory
	target  targetFlags
	connect connectFlags
	carry   carryFlags
	args    []string
	to      int64
}

func newRollbackCmd(f *Factory, runF func(context.Context, *rollbackOptions) error) *cobra.Command {
	o := &rollbackOptions{f: f}
	if runF == nil {
		runF = rollbackRun
	}
	cmd := &cobra.Command{
		Use:   "rollback [TENANT/NAMESPACE/NAME | FILE]",
		Short: "Bring a mesh back to a version that was deployed before",
		Long: `Plans the way from what runs now to what a version wanted, shows the plan, asks, and
carries it out, as 'meshc apply' does; it becomes a version of its own. Without --to it
goes to the newest version that was deployed to its end before what the last one has
deployed, and that differs from it; versions that repaired another one, or went back to
one, count as that one.

The code comes from the packages that the cluster keeps: those of the last 20 versions.
Where code is gone, or was sent along without the package service, that is told by
name, and nothing is written; then the mesh file of that version, with its code, can be
applied again: meshc get MESH --version N -o yaml.

What a rollback cannot bring back are messages: subscriptions stay where they are.
Values of ${env:} and ${file:} are not on record; they are looked up again, and others
than those of that version are refused.

See 'meshc apply --help' for the lock, risks, Ctrl-C, -o json and exit codes.`,
		Example: `  meshc rollback public/default/word-count
  meshc rollback public/default/word-count --to 3 --yes
  meshc rollback mesh.yaml --to 3 --yes --reason 'the new split drops words'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if o.to < 0 || o.to == 0 && cmd.Flags().Changed("to") {
				return usage("meshc history shows which there are", "--to is %d, and versions count from 1", o.to)
			}
			if err := o.carry.check(f); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	o.target.bind(cmd)
	o.connect.bind(cmd, waitTimeout)
	o.connect.bindVerifyCode(cmd)
	o.connect.bindForce(cmd)
	o.carry.bindRun(cmd)
	o.carry.bindOnFailure(cmd)
	// Without records there is nothing to go back to.
	o.carry.record.mode = recordOn
	o.carry.record.bindReason(cmd)
	cmd.Flags().Int64Var(&o.to, "to", 0, "the `VERSION` to go back to; default: the newest one before the last that was deployed to its end, and differs from it")
	return cmd
}

func rollbackRun(ctx context.Context, o *rollbackOptions) error {
	v := newApplyView(o.f, o.carry.output)
	reports, err := o.run(ctx, v)
	return v.end(reports, cause(ctx, err))
}

func (o *rollbackOptions) run(ctx context.Context, v applyView) ([]view.MeshReport, error) {
	id, err := o.f.oneTarget(&o.target, o.args, "human")
	if err != nil {
		return nil, err
	}
	c := newCarrier(o.f, o.carry, &o.connect, v)
	defer c.done()
	if c.remote, err = o.connect.viaManager(o.f); err != nil {
		return nil, err
	}
	b, err := c.open(o.connect.backend)
	if err != nil {
		return nil, err
	}
	o.target.expect(b)
	var h record.Head
	var body *record.Body
	err = o.connect.within(ctx, func(ctx context.Context) (err error) {
		h, body, err = o.find(ctx, c, b, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if h.Outcome != record.Applied {
		v.note("meshc: note: the run of version " + ordinal(h) + " did not end well; what it wanted is what is planned")
	}
	if c.remote != nil {
		j := c.job()
		j.Mesh, j.Version = id, h.Version
		reports, err := c.planAndRunBy(ctx, &o.connect, compiler.Result{}, []*client.Job{&j})
		return reports, remedied(err, h)
	}
	c.as = planner.Run{Action: record.Rollback, Of: h.Version}
	if e, ok := b.(backend.Expecter); ok && body.Plan != nil {
		e.ExpectPlan(body.Plan)
	}
	if o.carry.yes {
		c.replans = mostReplans
	}
	return c.replanned(ctx, func([]view.MeshReport) ([]view.MeshReport, error) { return o.once(ctx, c, b, id, h, body) })
}

// find gives the version that is meant, with what it was made of.
func (o *rollbackOptions) find(ctx context.Context, c *carrier, b backend.Backend, id mesh.ID) (record.Head, *record.Body, error) {
	s, err := c.records.open(ctx, o.connect.backend, b)
	if err != nil {
		return record.Head{}, nil, err
	}
	h, err := planner.FindVersion(ctx, s, id, o.to)
	if err != nil {
		return h, nil, versionFailure(err)
	}
	if h.Backend != "" && h.Backend != o.connect.backend {
		return h, nil, usage("add --backend "+quoted(h.Backend), "version %d of %s ran on backend %s, not %s", h.Version, id, h.Backend, o.connect.backend)
	}
	body, err := s.Body(ctx, h)
	if err != nil {
		return h, nil, versionFailure(bodyFailure(h, err))
	}
	return h, body, nil
}

// once plans the way back and carries the plan out.
func (o *rollbackOptions) once(ctx context.Context, c *carrier, b backend.Backend, id mesh.ID, h record.Head, body *record.Body) ([]view.MeshReport, error) {
	if err := c.lockFirst(ctx, b, id); err != nil {
		return nil, err
	}
	keep, err := c.look(ctx, o.connect.backend, b, []mesh.ID{id})
	if err != nil {
		return nil, err
	}
	if o.to == 0 {
		// Others may have come before the lock was held.
		err = o.connect.within(ctx, func(ctx context.Context) (err error) {
			h, body, err = o.find(ctx, c, b, id)
			return err
		})
		if err != nil {
			return nil, err
		}
		c.as.Of = h.Version
	}
	var p *plan.Plan
	var found diag.List
	err = o.connect.within(ctx, func(ctx context.Context) (err error) {
		p, found, err = planner.MakeVersion(ctx, b, o.connect.backend, h, body, planner.Options{Allow: o.carry.allow, Keep: keep})
		return err
	})
	if err != nil {
		return nil, remedied(err, h)
	}
	if found.HasErrors() {
		if err := c.view.findings(view.NewFindings(found, nil, nil)); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	reports, err := c.run(ctx, view.NewPlans([]*plan.Plan{p}, found, nil, o.carry.allow), []*plan.Plan{p})
	if other := (*apply.SensitiveError)(nil); errors.As(err, &other) {
		return reports, &RemedyError{Err: err, Remedy: "set it to the value of version " + ordinal(h) + "; or apply the mesh file of that version, with the values of today"}
	}
	return reports, err
}

// remedied says what to do where the code of a version is gone; other errors stay.
func remedied(err error, h record.Head) error {
	var gone *planner.CodeGoneError
	if !errors.As(err, &gone) {
		return err
	}
	if len(gone.Secrets) > 0 {
		return unwritten(&RemedyError{Err: err, Remedy: "take the mesh file of that version, put the secrets in that are missing there, and apply it with its code: meshc get " + quoted(h.Mesh) + " --version " + ordinal(h) + " -o yaml > mesh.yaml"})
	}
	return unwritten(&RemedyError{Err: err, Remedy: "apply the mesh file of that version together with its code: meshc get " + quoted(h.Mesh) + " --version " + ordinal(h) + " -o yaml"})
}
