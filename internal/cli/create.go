package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// newCreateCmd is PIP-66's word for apply.
func newCreateCmd(f *Factory, runF func(context.Context, *applyOptions) error) *cobra.Command {
	o := &applyOptions{f: f}
	if runF == nil {
		runF = applyRun
	}
	cmd := &cobra.Command{
		Use:   "create -f FILE",
		Short: "PIP-66's word for apply",
		Long: `The command of PIP-66. It is the same as 'meshc apply FILE': what exists already
is brought up to date, what is equal is left alone.`,
		Example: "  meshc create -f mesh.yaml --yes",
		Args:    noArgs("create takes -f FILE", "meshc create -f mesh.yaml"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.backendGiven = cmd.Flags().Changed("backend")
			if len(o.input.files) == 0 {
				return usage("meshc create -f mesh.yaml", "-f FILE is needed")
			}
			if err := o.carry.check(f); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	return cmd
}
