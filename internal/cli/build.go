package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
)

type buildOptions struct {
	f      *Factory
	input  fileFlags
	args   []string
	to     string
	out    string
	strict bool
	// operator are the fields that the operator has.
	operator operator.Features
}

func newBuildCmd(f *Factory, runF func(context.Context, *buildOptions) error) *cobra.Command {
	o := &buildOptions{f: f}
	if runF == nil {
		runF = buildRun
	}
	cmd := &cobra.Command{
		Use:   "build [FILE...] --to TARGET",
		Short: "Write meshes as Function Mesh resources or pulsar-admin files",
		Long: `Compiles mesh files and writes them for another tool, offline. The targets:

- functionmesh: a FunctionMesh resource of compute.functionmesh.io/v1alpha1 each;
- components: a Function, Source or Sink resource for each node;
- pulsar-admin: a config file for each node, with the command that takes it.

The resources say what the operator would take otherwise than Pulsar does, such as
where a subscription begins. What only they hold comes from 'kubernetes:', of the
mesh or of a node, whose fields win one by one.

What a target cannot hold is a warning with its place; what it needs and does not
get is an error. Secret values are not written: their references stand in their
place. The same mesh always gives the same bytes.

Files of pulsar-admin name code files from the working folder.

Exit codes: 0 done, 3 an error (with --strict also a warning); nothing is written then.`,
		Example: `  meshc build --to functionmesh | kubectl apply --server-side -f -
  meshc build --to components mesh.yaml --out resources/
  meshc build --to pulsar-admin mesh.yaml --out configs/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.input.bind(cmd)
	addChoice(cmd, false, &o.to, "to", "", "what to write", compiler.Targets()...)
	cmd.Flags().StringVar(&o.out, "out", "", "write each resource or config to a file of its own in this `DIR`, instead of all to standard output")
	addOperatorVersion(cmd, &o.operator)
	cmd.Flags().BoolVar(&o.strict, "strict", false, "let a warning count like an error")
	return cmd
}

func buildRun(_ context.Context, o *buildOptions) error {
	if o.to == "" {
		return usage("add --to "+orList(compiler.Targets()), "it is not said what to build")
	}
	result := o.f.compile(&o.input, o.input.all(o.args), o.f.In, compiler.Options{})
	if result.Findings.HasErrors() {
		return o.f.deliver(result.Findings, result.Sources, o.strict, nil, "")
	}
	var meshes []*mesh.Mesh
	for _, u := range result.Units {
		meshes = append(meshes, u.Mesh)
	}
	files, found, err := compiler.Build(meshes, o.to, compiler.BuildOptions{Operator: o.operator})
	if err != nil {
		return &bugError{value: err.Error()}
	}
	return o.f.deliver(found, result.Sources, o.strict, files, o.out)
}

// writeFiles writes files into a folder, which is made where it is not there, and
// gives their names, a line each.
func writeFiles(dir string, files []compiler.File) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	var names strings.Builder
	for _, file := range files {
		path := filepath.Join(dir, file.Name)
		err := replaceFile(path, 0o644, func(w io.Writer) error {
			_, err := w.Write(file.Text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("%s was not written: %w", view.Clean(path), err)
		}
		names.WriteString(view.Clean(path) + "\n")
	}
	return names.String(), nil
}
