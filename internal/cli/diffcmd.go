package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner"
	statediff "github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

type diffOptions struct {
	f        *Factory
	target   targetFlags
	connect  connectFlags
	args     []string
	from, to int64
	output   string
	detailed bool
}

func newDiffCmd(f *Factory, runF func(context.Context, *diffOptions) error) *cobra.Command {
	o := &diffOptions{f: f}
	if runF == nil {
		runF = diffRun
	}
	cmd := &cobra.Command{
		Use:   "diff [TENANT/NAMESPACE/NAME | FILE] VERSION VERSION",
		Short: "Show what differs between two versions of a mesh",
		Long: `Compares two versions of a mesh as they are on record: what was to run, field by field,
and the texts of the mesh files, overlays and --set. It does not look at what runs now;
'meshc plan' and 'meshc rollback' do.

Exit codes: 0 done, 2 they differ (only with --detailed-exitcode), 1 a failure.`,
		Example: `  meshc diff public/default/word-count 3 5
  meshc diff mesh.yaml 3 5 --detailed-exitcode
  meshc diff public/default/word-count 3 5 -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			const how = "meshc diff public/default/word-count 3 5"
			if len(args) < 2 || len(args) > 3 {
				return usage(how, "diff takes a mesh and two versions")
			}
			n := len(args) - 2
			for i, to := range []*int64{&o.from, &o.to} {
				v, err := strconv.ParseInt(args[n+i], 10, 64)
				if err != nil || v < 1 {
					return usage(how, "%q is no version: they count from 1", args[n+i])
				}
				*to = v
			}
			o.args = args[:n]
			return runF(cmd.Context(), o)
		},
	}
	o.target.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
	cmd.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit 2 if the versions differ")
	return cmd
}

func diffRun(ctx context.Context, o *diffOptions) error { return o.connect.within(ctx, o.run) }

func (o *diffOptions) run(ctx context.Context) error {
	id, b, s, err := o.f.onRecord(ctx, &o.target, &o.connect, o.args, o.output)
	if err != nil {
		return err
	}
	defer s.Close()
	var heads [2]record.Head
	var bodies [2]*record.Body
	for i, version := range []int64{o.from, o.to} {
		if heads[i], err = planner.FindVersion(ctx, s, id, version); err != nil {
			return versionFailure(err)
		}
		if bodies[i], err = s.Body(ctx, heads[i]); err != nil {
			return versionFailure(bodyFailure(heads[i], err))
		}
	}
	traits, err := b.Traits(ctx, id)
	if err != nil {
		return err
	}
	// What keeps a plan from being made, such as the protection of a node, says nothing here.
	changes, _ := statediff.Diff(bodies[0].State(id), bodies[1].State(id), traits.Rules, statediff.Options{})
	doc := view.NewVersionDiff(view.NewRecord(heads[0], false), view.NewRecord(heads[1], false), sourceDiffs(o.from, o.to, bodies[0].Sources, bodies[1].Sources), changes)
	if err := o.f.show(o.output, doc, func(s human.Style) string { return human.VersionDiff(s, doc) }); err != nil {
		return err
	}
	if o.detailed && !doc.Same {
		return errChanges
	}
	return nil
}

// sourceDiffs compares the texts of two versions by their names, in their order.
func sourceDiffs(from, to int64, before, after []plan.Source) []view.SourceDiff {
	var names []string
	texts := [2]map[string]string{{}, {}}
	for i, list := range [][]plan.Source{before, after} {
		for _, source := range list {
			if _, known := texts[0][source.Name]; !known || i == 0 {
				names = append(names, source.Name)
			}
			texts[i][source.Name] = source.Text
		}
	}
	// A mesh file that was called another name is the same one still.
	if len(before) > 0 && len(after) > 0 && before[0].Name != after[0].Name {
		texts[0][after[0].Name] = before[0].Text
		delete(texts[0], before[0].Name)
		delete(texts[1], before[0].Name)
	}
	var out []view.SourceDiff
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] || texts[0][name] == texts[1][name] {
			continue
		}
		seen[name] = true
		label := func(version int64) string {
			return strings.ReplaceAll(name, "\n", " ") + " of version " + strconv.FormatInt(version, 10)
		}
		text := diff.Diff(label(from), []byte(texts[0][name]), label(to), []byte(texts[1][name]))
		out = append(out, view.SourceDiff{Name: name, Diff: string(text)})
	}
	return out
}
