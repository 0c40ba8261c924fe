package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
)

type getOptions struct {
	f       *Factory
	target  targetFlags
	connect connectFlags
	args    []string
	output  string
}

func newGetCmd(f *Factory, runF func(context.Context, *getOptions) error) *cobra.Command {
	o := &getOptions{f: f}
	if runF == nil {
		runF = getRun
	}
	cmd := &cobra.Command{
		Use:   "get [TENANT/NAMESPACE/NAME | FILE...]",
		Short: "Show a mesh as the cluster has it",
		Long: `Shows the nodes of a mesh with the settings that the cluster has, and the topics
and subscriptions that the mesh made. The mesh is named directly or by its file. An
argument that is a file or folder here is taken as such. A mesh that is named directly
and is not there gives exit code 1.`,
		Example: `  meshc get public/default/word-count
  meshc get mesh.yaml -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.target.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
	return cmd
}

func getRun(ctx context.Context, o *getOptions) error { return o.connect.within(ctx, o.run) }

func (o *getOptions) run(ctx context.Context) error {
	var meshes []view.Mesh
	unknown, err := o.f.lookAt(ctx, &o.target, &o.connect, o.args, o.output, func(b backend.Backend, l live) error {
		traits, err := b.Traits(ctx, l.state.Mesh)
		if err != nil {
			return err
		}
		meshes = append(meshes, view.NewMesh(l.state, traits.Cluster, l.missing))
		return nil
	})
	if err != nil {
		return err
	}
	doc := view.NewMeshes(meshes)
	if err := o.f.show(o.output, doc, func(s human.Style) string { return human.Meshes(s, doc) }); err != nil {
		return err
	}
	return absent(unknown)
}
