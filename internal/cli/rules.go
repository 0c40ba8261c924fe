package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

type rulesOptions struct {
	f      *Factory
	output string
}

func newRulesCmd(f *Factory, runF func(context.Context, *rulesOptions) error) *cobra.Command {
	o := &rulesOptions{f: f}
	if runF == nil {
		runF = rulesRun
	}
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the codes of findings",
		Long: `Lists all codes of findings with the severity that they have by default. MC1xxx are
about YAML, MC2xxx about the shape of the file, MC3xxx about names and code files,
MC4xxx about the whole mesh, MC5xxx come from plans,
and MC6xxx are about Kubernetes.`,
		Example: "  meshc rules\n  meshc rules -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	addOutput(cmd, &o.output)
	return cmd
}

func rulesRun(_ context.Context, o *rulesOptions) error {
	doc := view.NewRules(diag.Catalogue())
	return o.f.show(o.output, doc, func(s human.Style) string { return human.Rules(s, doc) })
}
