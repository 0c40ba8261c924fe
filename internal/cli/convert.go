package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

type convertOptions struct {
	f      *Factory
	input  fileFlags
	args   []string
	name   string
	out    string
	strict bool
}

func newConvertCmd(f *Factory, runF func(context.Context, *convertOptions) error) *cobra.Command {
	o := &convertOptions{f: f}
	if runF == nil {
		runF = convertRun
	}
	cmd := &cobra.Command{
		Use:   "convert FILE...",
		Short: "Make mesh files of Function Mesh resources and pulsar-admin files",
		Long: `Reads other tools' files and prints what they say as mesh files, offline:

- resources of compute.functionmesh.io/v1alpha1 of the kinds FunctionMesh, Function,
  Source and Sink;
- YAML or JSON files of pulsar-admin functions, sources and sinks create, as
  --function-config-file, --source-config-file and --sink-config-file take them.

A FunctionMesh is a mesh; of one with elements in several of Pulsar's namespaces
each namespace gives a mesh. Single components that say no mesh are joined, those of
one tenant and namespace into one mesh, which --name names; without it the mesh has
the name of the first. Names of topics without a namespace mean public/default in
these files. Topics that are read and that no component writes are declared
external. Paths of code files stay as they are written: pulsar-admin takes them from
the working folder, and a mesh file from its own, so keep the mesh file where you
run pulsar-admin.

What a mesh cannot hold is a warning with its place. The other commands read these
files as well, each component as a mesh of its own: 'meshc validate' says more.

Exit codes: 0 done, 3 an error (with --strict also a warning); nothing is written then.`,
		Example: `  meshc convert functionmesh.yaml > mesh.yaml
  meshc convert --name word-count split.json count.json > mesh.yaml
  kubectl get functionmeshes -o yaml | meshc convert - --out meshes/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.input.bindFiles(cmd)
	cmd.Flags().StringVar(&o.name, "name", "", "`NAME` of the mesh that single components are joined into")
	cmd.Flags().StringVar(&o.out, "out", "", "write each mesh to a file of its name in this `DIR`, instead of all to standard output")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "let a warning count like an error")
	return cmd
}

func convertRun(_ context.Context, o *convertOptions) error {
	files := o.input.all(o.args)
	if len(files) == 0 {
		return usage("name the files, or `-` for standard input", "there is nothing to convert")
	}
	inputs, found := compiler.Read(files, o.f.In)
	result, err := compiler.Convert(inputs, o.name)
	if err != nil {
		return &bugError{value: err.Error()}
	}
	return o.f.deliver(append(found, result.Findings...), result.Sources, o.strict, result.Files, o.out)
}

// deliver shows findings on standard error, and writes files: into a folder, or
// all of them as one text to standard output. With errors nothing is written.
func (f *Factory) deliver(found diag.List, sources diag.Sources, strict bool, files []compiler.File, dir string) error {
	if len(found) > 0 {
		doc := view.NewFindings(found.Sorted(), sources, nil)
		f.say("%s", strings.TrimRight(human.Findings(f.errStyle(), doc), "\n"))
	}
	if found.HasErrors() || strict && len(found) > 0 {
		return errFindings
	}
	if dir == "" {
		return f.result(string(compiler.Join(files)))
	}
	names, err := writeFiles(dir, files)
	if err != nil {
		return err
	}
	return f.result(names)
}
