package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// newDeleteCmd is PIP-66's word for destroy.
func newDeleteCmd(f *Factory, runF func(context.Context, *destroyOptions) error) *cobra.Command {
	o := &destroyOptions{f: f}
	if runF == nil {
		runF = destroyRun
	}
	var tenant, namespace, name string
	cmd := &cobra.Command{
		Use:     "delete --name NAME",
		Short:   "PIP-66's word for destroy",
		Long:    `The command of PIP-66. It is the same as 'meshc destroy --mesh TENANT/NAMESPACE/NAME'.`,
		Example: "  meshc delete --tenant public --namespace default --name word-count --yes",
		Args:    noArgs("delete takes --name NAME", "meshc delete --tenant public --namespace default --name word-count"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name == "" {
				return usage("meshc delete --tenant public --namespace default --name word-count", "--name is needed")
			}
			o.mesh = tenant + "/" + namespace + "/" + name
			if err := o.carry.check(f); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", "public", "`TENANT` of the mesh")
	cmd.Flags().StringVar(&namespace, "namespace", "default", "`NAMESPACE` of the mesh")
	cmd.Flags().StringVar(&name, "name", "", "`NAME` of the mesh")
	o.bind(cmd)
	return cmd
}
