package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
)

type listOptions struct {
	f         *Factory
	connect   connectFlags
	output    string
	tenant    string
	namespace string
}

func newListCmd(f *Factory, runF func(context.Context, *listOptions) error) *cobra.Command {
	o := &listOptions{f: f}
	if runF == nil {
		runF = listRun
	}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the meshes of a namespace",
		Long: `Lists the meshes whose nodes are in a Pulsar namespace, by the marks that meshc
leaves on what it deploys. WRITES counts how often a mesh was created or updated.`,
		Example: `  meshc list
  meshc list --tenant acme --namespace orders -o json`,
		Args: noArgs("list takes --tenant and --namespace", "meshc list --tenant public --namespace default"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
	cmd.Flags().StringVar(&o.tenant, "tenant", "public", "`TENANT` of the namespace")
	cmd.Flags().StringVar(&o.namespace, "namespace", "default", "`NAMESPACE`, without the tenant")
	return cmd
}

func listRun(ctx context.Context, o *listOptions) error { return o.connect.within(ctx, o.run) }

func (o *listOptions) run(ctx context.Context) error {
	b, err := o.connect.open(o.f, o.connect.backend)
	if err != nil {
		return err
	}
	lister, ok := b.(backend.Lister)
	if !ok {
		return fmt.Errorf("backend %s cannot list meshes", o.connect.backend)
	}
	namespace := o.tenant + "/" + o.namespace
	meshes, err := lister.List(ctx, namespace)
	if err != nil {
		return fmt.Errorf("listing the meshes of %s: %w", namespace, err)
	}
	doc := view.NewList(namespace, meshes)
	return o.f.show(o.output, doc, func(s human.Style) string { return human.List(s, doc) })
}
