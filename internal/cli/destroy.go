package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
)

type destroyOptions struct {
	f            *Factory
	input        fileFlags
	connect      connectFlags
	carry        carryFlags
	args         []string
	mesh         string
	deleteTopics bool
	severities   diag.Severities
}

func newDestroyCmd(f *Factory, runF func(context.Context, *destroyOptions) error) *cobra.Command {
	o := &destroyOptions{f: f}
	if runF == nil {
		runF = destroyRun
	}
	cmd := &cobra.Command{
		Use:   "destroy [FILE...]",
		Short: "Take meshes down without losing messages",
		Long: `Deletes what a mesh made: its nodes from the source on, each after the backlog
before it is drained, then subscriptions and packages. Topics are kept unless
--delete-topics is given. The mesh is named by its file, or without a file by
--mesh tenant/namespace/name. What others made is never touched.

It shows the plan and asks first; see 'meshc apply --help' for the lock, Ctrl-C, -o json
and exit codes.`,
		Example: `  meshc destroy mesh.yaml
  meshc destroy --mesh public/default/word-count --yes
  meshc destroy mesh.yaml --delete-topics --allow topic-data --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if o.mesh != "" && len(o.input.all(args)) > 0 {
				return usage("name the mesh by --mesh or by its file", "--mesh and a file are both given")
			}
			if o.mesh != "" && o.input.changes() {
				return usage("leave them out, or name the mesh by its file", "--overlay and --set change mesh files, and --mesh needs none")
			}
			if err := o.carry.check(f); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	o.input.bind(cmd)
	cmd.Flags().StringVar(&o.mesh, "mesh", "", "the mesh, as `TENANT/NAMESPACE/NAME`, in place of its file")
	addSeverity(cmd, &o.severities)
	o.bind(cmd)
	return cmd
}

// bind adds the flags that destroy and delete share.
func (o *destroyOptions) bind(cmd *cobra.Command) {
	o.connect.bind(cmd, waitTimeout)
	o.carry.bind(cmd)
	cmd.Flags().BoolVar(&o.deleteTopics, "delete-topics", false, "also delete the topics that the mesh made, with their messages (risk topic-data)")
}

func destroyRun(ctx context.Context, o *destroyOptions) error {
	v := newApplyView(o.f, o.carry.output)
	reports, err := o.run(ctx, v)
	return v.end(reports, cause(ctx, err))
}

func (o *destroyOptions) run(ctx context.Context, v applyView) ([]view.MeshReport, error) {
	c := newCarrier(o.f, o.carry, &o.connect, v)
	defer c.done()
	c.severities = o.severities
	var err error
	if c.remote, err = o.connect.viaManager(o.f); err != nil {
		return nil, err
	}
	opts := planner.Options{Destroy: true, DeleteTopics: o.deleteTopics, Allow: o.carry.allow}
	if o.mesh == "" {
		// Code files need not exist any more to take down what they became.
		result := o.f.compile(&o.input, o.input.all(o.args), o.f.In, compiler.Options{Severities: o.severities, Cache: o.f.cache(trustTimes)})
		result.Findings = withoutCode(result.Findings)
		if c.remote != nil && !result.Findings.HasErrors() {
			return c.destroyBy(ctx, &o.connect, idsOf(result.Units), o.deleteTopics)
		}
		return c.planAndRun(ctx, &o.connect, &o.input, result, opts)
	}
	id, err := mesh.ParseID(o.mesh)
	if err != nil {
		return nil, usage("such as public/default/word-count", "--mesh %q: %s", o.mesh, err)
	}
	if c.remote != nil {
		return c.destroyBy(ctx, &o.connect, []mesh.ID{id}, o.deleteTopics)
	}
	b, err := c.open(o.connect.backend)
	if err != nil {
		return nil, err
	}
	c.records.begin(ctx, o.connect.backend, b)
	if err := c.lockFirst(ctx, b, id); err != nil {
		return nil, err
	}
	if _, err := c.look(ctx, o.connect.backend, b, []mesh.ID{id}); err != nil {
		return nil, err
	}
	var p *plan.Plan
	var found diag.List
	err = o.connect.within(ctx, func(ctx context.Context) (err error) {
		p, found, err = planner.MakeDestroy(ctx, b, o.connect.backend, id, opts)
		return err
	})
	if err != nil {
		return nil, err
	}
	if found.HasErrors() {
		if err := v.findings(view.NewFindings(found, nil, nil)); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	if p.Empty() && len(p.Retained) == 0 {
		v.note(noSuchMesh(id) + ", so there is nothing to take down")
	}
	return c.run(ctx, view.NewPlans([]*plan.Plan{p}, found, nil, opts.Allow), []*plan.Plan{p})
}
