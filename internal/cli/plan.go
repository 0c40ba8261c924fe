package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/internal/view/markdown"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

type planOptions struct {
	f            *Factory
	input        fileFlags
	cache        cacheFlag
	connect      connectFlags
	args         []string
	output       string
	out          string
	bundle       string
	destroy      bool
	deleteTopics bool
	detailed     bool
	only         onlyFlag
	record       recordFlags
	severities   diag.Severities
	pulsar       string
	allow        []plan.RiskKind
}

func newPlanCmd(f *Factory, runF func(context.Context, *planOptions) error) *cobra.Command {
	o := &planOptions{f: f}
	if runF == nil {
		runF = planRun
	}
	cmd := &cobra.Command{
		Use:   "plan [FILE...]",
		Short: "Show what apply would do",
		Long: `Compiles mesh files, reads what runs in the cluster and shows the difference: what
would be created (+), updated (~), replaced (-/+) and deleted (-), why, and at which
risk. It changes nothing. A risk marked with ! has to be allowed when the plan is
carried out.

--out writes the plan to a file, for 'meshc apply FILE' to carry out exactly this
plan: it is refused on another cluster, or when something has changed since. It
needs the code files where they are now; --bundle packs them with the plan. Neither
holds the values of ${env:} and ${file:}: apply looks them up again, and refuses
others than the planned ones.

A plan that changes nothing and only waits for nodes of which not all instances run
counts as one without changes.

Exit codes: 0 done, 2 there are changes (only with --detailed-exitcode), 3 findings
with an error, 1 a failure.`,
		Example: `  meshc plan
  meshc plan mesh.yaml --out mesh.plan.json
  meshc plan mesh.yaml --overlay prod.yaml --set variables.instances=8
  meshc plan mesh.yaml --admin-url https://pulsar.example.org:8443 --detailed-exitcode
  meshc plan mesh.yaml --bundle mesh.bundle
  meshc plan mesh.yaml -o markdown > comment.md
  meshc plan mesh.yaml --only split --only sink/store
  meshc plan mesh.yaml --destroy`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if o.deleteTopics && !o.destroy {
				return usage("add --destroy, or leave --delete-topics out", "--delete-topics is only for --destroy")
			}
			if o.destroy && len(o.only.names) > 0 {
				return usage("take the nodes out of the mesh file, and plan that", "--only cannot narrow --destroy")
			}
			return runF(cmd.Context(), o)
		},
	}
	o.input.bind(cmd)
	o.cache.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	o.connect.bindMove(cmd)
	o.output = "human"
	addChoice(cmd, false, &o.output, "output", "o", "form of the result; markdown is for the comment of a pull request, github, sarif and junit hold the findings only",
		append([]string{"human", "json", "markdown"}, reports...)...)
	addAllow(cmd, &o.allow)
	addSeverity(cmd, &o.severities)
	addPulsarVersion(cmd, &o.pulsar)
	o.only.bind(cmd)
	o.record.bindMode(cmd, "look at the records of the meshes: who holds them, and which packages a rollback needs; auto: where there are any and the role may read them")
	cmd.Flags().StringVar(&o.out, "out", "", "also write the plan to this `FILE`, for apply")
	cmd.Flags().StringVar(&o.bundle, "bundle", "", "also write the plan and the code that it sends to this `FILE`, for apply on another machine")
	cmd.Flags().BoolVar(&o.destroy, "destroy", false, "plan to take the meshes down")
	cmd.Flags().BoolVar(&o.deleteTopics, "delete-topics", false, "with --destroy: also delete the topics that the meshes made, with their messages")
	cmd.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit 2 if there are changes")
	return cmd
}

func planRun(ctx context.Context, o *planOptions) error { return o.connect.within(ctx, o.run) }

func (o *planOptions) run(ctx context.Context) error {
	manager, err := o.connect.viaManager(o.f)
	if err != nil {
		return err
	}
	files, stdin := o.input.all(o.args), o.f.In
	if manager != nil && slices.Contains(files, "-") {
		if stdin, err = again(stdin); err != nil {
			return err
		}
	}
	compiling := o.connect.compiling(compiler.Options{NeedCode: !o.destroy, PulsarVersion: o.pulsar, Severities: o.severities, Cache: o.f.cache(o.cache.unlessOff(trustTimes))})
	result := o.f.compile(&o.input, files, stdin, compiling)
	if o.destroy {
		result.Findings = withoutCode(result.Findings)
	}
	if result.Findings.HasErrors() {
		return o.refuse(findings(result, nil))
	}
	if err := o.only.fits(result); err != nil {
		return err
	}
	if manager != nil {
		plans, found, err := o.plansBy(ctx, manager, files, rewound(stdin), result, compiling)
		if err != nil {
			return err
		}
		return o.showPlans(result, unique(append(result.Findings, found...))[len(result.Findings):], plans)
	}
	b, err := o.connect.open(o.f, o.connect.backend)
	if err != nil {
		return err
	}
	opts := planner.Options{Destroy: o.destroy, DeleteTopics: o.deleteTopics, Allow: o.allow, Only: o.only.names}
	known, err := o.f.remembered(ctx, o.record.mode, o.connect.backend, b, idsOf(result.Units))
	if err != nil {
		return err
	}
	opts.Keep = known.keep
	plans, found, err := makePlans(ctx, b, o.connect.backend, &o.input, result, opts)
	found = o.severities.Apply(found)
	if err != nil {
		return err
	}
	known.tell(o.f, plans)
	return o.showPlans(result, found, plans)
}

// showPlans shows plans with what was found while they were made, and saves them.
func (o *planOptions) showPlans(result compiler.Result, found diag.List, plans []*plan.Plan) error {
	if found.HasErrors() {
		return o.refuse(findings(result, found))
	}
	if slices.Contains(reports, o.output) {
		if err := o.f.showFindings(o.output, findings(result, found), false); err != nil {
			return err
		}
		return o.finish(plans, view.NewPlans(plans, nil, nil, o.allow))
	}
	doc := view.NewPlans(plans, append(result.Findings, found...), result.Sources, o.allow)
	if o.output == "markdown" {
		if err := o.f.result(markdown.Plans(doc)); err != nil {
			return err
		}
		return o.finish(plans, doc)
	}
	if err := o.f.show(o.output, doc, func(s human.Style) string { return human.Plans(s, doc) }); err != nil {
		return err
	}
	return o.finish(plans, doc)
}

// finish saves the plans where that was asked for, and tells changes by the exit code.
func (o *planOptions) finish(plans []*plan.Plan, doc view.Plans) error {
	if o.out != "" {
		if err := o.save(plans); err != nil {
			return err
		}
	}
	if o.bundle != "" {
		if err := writeBundle(o.bundle, plans); err != nil {
			return fmt.Errorf("writing the bundle %s: %w", o.bundle, err)
		}
		o.f.say("Plan and code written to %s. To carry it out: meshc apply %s", view.Clean(o.bundle), quoted(view.Clean(o.bundle)))
	}
	if o.detailed && doc.Summary.Changes() {
		return errChanges
	}
	return nil
}

// refuse shows findings of which one is an error.
func (o *planOptions) refuse(doc view.Findings) error {
	if o.output == "markdown" {
		if err := o.f.result(markdown.Findings(doc)); err != nil {
			return err
		}
		return errFindings
	}
	if err := o.f.showFindings(o.output, doc, false); err != nil {
		return err
	}
	return errFindings
}

func (o *planOptions) save(plans []*plan.Plan) error {
	if err := writePlanFile(o.out, plans); err != nil {
		return fmt.Errorf("writing the plan to %s: %w", o.out, err)
	}
	o.f.say("Plan written to %s. To carry it out: meshc apply %s", view.Clean(o.out), quoted(view.Clean(o.out)))
	return nil
}

// makePlans plans each mesh. Findings of one do not keep those of the others back.
func makePlans(ctx context.Context, b backend.Backend, name string, input *fileFlags, r compiler.Result, opts planner.Options) ([]*plan.Plan, diag.List, error) {
	var plans []*plan.Plan
	var found diag.List
	for _, u := range r.Units {
		opts.After = plans
		p, list, err := planner.Make(ctx, b, name, u, opts)
		if only := (*planner.OnlyError)(nil); errors.As(err, &only) {
			return nil, nil, usage("it takes a node's name, or what a plan shows in front of its changes, such as function/split or topic/words", "--only: %s", err)
		}
		if err != nil {
			return nil, nil, err
		}
		found = append(found, list...)
		if p != nil {
			p.Sources = input.sourcesOf(r, u)
			plans = append(plans, p)
		}
	}
	return plans, found, nil
}
