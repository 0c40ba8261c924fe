package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	operator   operator.Features
	components bool
}

func newBuildCmd(f *Factory, runF func(context.Context, *buildOptions) error) *cobra.Command {
	o := &buildOptions{f: f}
	if runF == nil {
		runF = buildRun
	}
	cmd := &cobra.Command{
		Use:   "build [FILE...] --to TARGET",
		Short: "Write meshes as Function Mesh resources, kustomize folders or pulsar-admin files",
		Long: `Compiles mesh files and writes them for another tool, offline. The targets:

- functionmesh: a FunctionMesh resource of compute.functionmesh.io/v1alpha1 each;
- components: a Function, Source or Sink resource for each node;
- pulsar-admin: a config file for each node, with the command that takes it;
- kustomize: a base, and a folder with patches for each --overlay, which are not laid
  on each other here: 'kubectl kustomize DIR/overlays/prod' gives what building with
  '--overlay prod.yaml' gives;
- rbac: the least rights that meshc needs to deploy the meshes, with a reason for each.

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
  meshc build --to pulsar-admin mesh.yaml --out configs/
  meshc build --to kustomize --overlay prod.yaml --overlay test.yaml --out deploy/
  meshc build --to rbac | kubectl apply -f -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.input.bind(cmd)
	addChoice(cmd, false, &o.to, "to", "", "what to write", buildTargets()...)
	cmd.Flags().StringVar(&o.out, "out", "", "write each resource or config to a file of its own in this `DIR`, instead of all to standard output")
	addOperatorVersion(cmd, &o.operator, "the newest that meshc knows")
	cmd.Flags().BoolVar(&o.components, "components", false, "with --to kustomize or rbac: each node is a resource of its own, and not an element of a FunctionMesh")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "let a warning count like an error")
	return cmd
}

// kustomization is the target that has folders, and takes each overlay by itself.
const kustomization = "kustomize"

// buildTargets are what can be written.
func buildTargets() []string { return append(compiler.Targets(), kustomization) }

func buildRun(_ context.Context, o *buildOptions) error {
	if o.to == "" {
		return usage("add --to "+orList(buildTargets()), "it is not said what to build")
	}
	opts := compiler.BuildOptions{Operator: o.operator, Components: o.components}
	if o.to == kustomization {
		return o.kustomize(opts)
	}
	result := o.f.compile(&o.input, o.input.all(o.args), o.f.In, compiler.Options{})
	if result.Findings.HasErrors() {
		return o.f.deliver(result.Findings, result.Sources, o.strict, nil, "")
	}
	files, found, err := compiler.Build(meshesOf(result), o.to, opts)
	if err != nil {
		return &bugError{value: err.Error()}
	}
	return o.f.deliver(found, result.Sources, o.strict, files, o.out)
}

// kustomize builds the meshes as they are, and once more under each overlay.
func (o *buildOptions) kustomize(opts compiler.BuildOptions) error {
	if o.out == "" {
		return usage("add --out DIR", "kustomize takes a folder of files")
	}
	overlays := o.input.overlays
	plain := o.input
	plain.overlays = nil
	files := o.input.all(o.args)
	if slices.Contains(files, "-") && len(overlays) > 0 {
		return usage("save it to a file first", "standard input cannot be read again for each overlay")
	}
	base := o.f.compile(&plain, files, o.f.In, compiler.Options{})
	found, sources := base.Findings, base.Sources
	var all []compiler.Overlaid
	names := map[string]string{}
	for _, overlay := range overlays {
		name := strings.TrimSuffix(filepath.Base(overlay), filepath.Ext(overlay))
		if before, taken := names[name]; taken {
			return usage("give one of them another name", "the overlays %s and %s would be one folder, %s", before, overlay, name)
		}
		names[name] = overlay
		one := o.input
		one.overlays = []string{overlay}
		result := o.f.compile(&one, files, nil, compiler.Options{})
		found = append(found, result.Findings...)
		maps.Copy(sources, result.Sources)
		all = append(all, compiler.Overlaid{Name: name, Meshes: meshesOf(result)})
	}
	if found.HasErrors() {
		return o.f.deliver(found, sources, o.strict, nil, "")
	}
	written, found, err := compiler.Kustomize(meshesOf(base), all, opts)
	if err != nil {
		return &bugError{value: err.Error()}
	}
	return o.f.deliver(found, sources, o.strict, written, o.out)
}

func meshesOf(r compiler.Result) (out []*mesh.Mesh) {
	for _, u := range r.Units {
		out = append(out, u.Mesh)
	}
	return out
}

// writeFiles writes files into a folder, which is made where it is not there, and
// gives their names, a line each.
func writeFiles(dir string, files []compiler.File) (string, error) {
	var names strings.Builder
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
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
