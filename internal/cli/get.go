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
	version int64
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
and is not there gives exit code 1.

With --version it shows one version as it is on record: who deployed it, why, with what
result, and what was wanted. -o yaml prints the mesh file as it was, -o json all: the
texts of overlays and --set, the desired state and the plan.`,
		Example: `  meshc get public/default/word-count
  meshc get mesh.yaml -o json
  meshc get public/default/word-count --version 3
  meshc get public/default/word-count --version 3 -o yaml > mesh.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if o.version < 0 || o.version == 0 && cmd.Flags().Changed("version") {
				return usage("meshc history shows which there are", "--version is %d, and versions count from 1", o.version)
			}
			if o.output == "yaml" && o.version == 0 {
				return usage("name the version; for what runs now: meshc import", "-o yaml is for --version")
			}
			return runF(cmd.Context(), o)
		},
	}
	o.target.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	o.output = "human"
	addChoice(cmd, false, &o.output, "output", "o", "form of the result; yaml is the mesh file of a --version", "human", "json", "yaml")
	cmd.Flags().Int64Var(&o.version, "version", 0, "show this `VERSION` as it is on record, in place of what runs now")
	return cmd
}

func getRun(ctx context.Context, o *getOptions) error { return o.connect.within(ctx, o.run) }

func (o *getOptions) run(ctx context.Context) error {
	if o.version > 0 {
		return o.runVersion(ctx)
	}
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
