package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

type explainOptions struct {
	f      *Factory
	code   string
	output string
}

func newExplainCmd(f *Factory, runF func(context.Context, *explainOptions) error) *cobra.Command {
	o := &explainOptions{f: f}
	if runF == nil {
		runF = explainRun
	}
	cmd := &cobra.Command{
		Use:     "explain CODE",
		Short:   "Explain a code of findings",
		Long:    "Explains what a code such as MC4001 means and what to do about it, with a mesh file\nthat is wrong and one that is right. 'meshc rules' lists the codes.",
		Example: "  meshc explain MC4001",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, e := range diag.Catalogue() {
				codes = append(codes, string(e.Code))
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.code = args[0]
			return runF(cmd.Context(), o)
		},
	}
	addOutput(cmd, &o.output)
	return cmd
}

func explainRun(_ context.Context, o *explainOptions) error {
	for _, e := range diag.Catalogue() {
		if strings.EqualFold(string(e.Code), o.code) {
			doc := view.NewExplain(e)
			return o.f.show(o.output, doc, func(s human.Style) string { return human.Explain(s, doc) })
		}
	}
	return usage("codes look like "+string(diag.Catalogue()[0].Code)+"; a finding ends with its own", "there is no code %q", o.code)
}
