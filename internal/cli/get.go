package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
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
		Long: `Shows the functions of a mesh with the settings that the cluster has, and the topics
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
	targets, err := o.f.targets(&o.target, o.args, o.output)
	if err != nil {
		return err
	}
	b, err := o.connect.open(o.f, o.connect.backend)
	if err != nil {
		return err
	}
	var meshes []view.Mesh
	var unknown []mesh.ID
	for _, t := range targets {
		traits, err := b.Traits(ctx, t.id)
		if err != nil {
			return err
		}
		l, err := readLive(ctx, b, t)
		if err != nil {
			return err
		}
		if t.functions == nil && !l.there() {
			unknown = append(unknown, t.id)
		}
		meshes = append(meshes, view.NewMesh(l.state, traits.Cluster, l.missing))
	}
	doc := view.NewMeshes(meshes)
	if err := o.f.show(o.output, doc, func(s human.Style) string { return human.Meshes(s, doc) }); err != nil {
		return err
	}
	return absent(unknown)
}
