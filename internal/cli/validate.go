package cli

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/internal/view/json"
)

type validateOptions struct {
	f      *Factory
	input  fileFlags
	cache  cacheFlag
	args   []string
	output string
	strict bool
	fix    bool
	// severities take the place of the catalogue's.
	severities diag.Severities
	pulsar     string
	target     string
	operator   operator.Features
	components bool
}

func newValidateCmd(f *Factory, runF func(context.Context, *validateOptions) error) *cobra.Command {
	o := &validateOptions{f: f}
	if runF == nil {
		runF = validateRun
	}
	cmd := &cobra.Command{
		Use:   "validate [FILE...]",
		Short: "Check mesh files without connecting to anything",
		Long: `Reads mesh files, checks them and prints what is wrong with them. It never
connects. Without arguments it reads mesh.yaml here; a folder means the mesh files
in it, - means standard input.

A file with code that does not exist yet is only a warning here, since the build
may come later; plan and apply need the file.

A comment "# meshc:ignore CODE reason" beside a line, or on a line of its own above
it, silences a warning or a finding of a rule (MC4xxx) there; --severity does so
everywhere, or lets a warning be an error.

With --target kubernetes meshes are also checked for what Kubernetes and the Function
Mesh operator ask for and tell nobody but a log; --operator-version says which fields
the operator has. Mistakes under 'kubernetes:' are told of for any target.

--fix mends what has exactly one safe fix, such as a misspelt key, in the files
themselves, and shows what is left.

-o github writes workflow commands, which GitHub shows beside the lines of a pull
request, -o sarif a SARIF 2.1.0 log for code scanning, and -o junit a report that
build servers show. They name files from the working folder.

Exit codes: 0 no errors, 3 an error (with --strict also a warning).`,
		Example: `  meshc validate
  meshc validate meshes/ --strict
  meshc validate --fix
  meshc validate mesh.yaml --overlay prod.yaml --set variables.instances=8
  meshc validate --target kubernetes --operator-version 0.26
  meshc validate -o json mesh.yaml
  meshc validate -o sarif meshes/ > findings.sarif
  meshc validate --severity MC4002=error,MC4004=off
  cat mesh.yaml | meshc validate -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.input.bind(cmd)
	o.cache.bind(cmd)
	addFindingsOutput(cmd, &o.output, "form of the result; github writes annotations of a pull request")
	addSeverity(cmd, &o.severities)
	cmd.Flags().BoolVar(&o.fix, "fix", false, "first mend in the files what has exactly one safe fix")
	addPulsarVersion(cmd, &o.pulsar)
	o.target = string(compiler.Native)
	addChoice(cmd, false, &o.target, "target", "", "where the meshes are to run", string(compiler.Native), string(compiler.Kubernetes))
	addOperatorVersion(cmd, &o.operator, "the newest that meshc knows")
	cmd.Flags().BoolVar(&o.components, "components", false, "with --target kubernetes: each node becomes a resource of its own, and not an element of a FunctionMesh")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "let a warning count like an error for the exit code")
	return cmd
}

func validateRun(_ context.Context, o *validateOptions) error {
	if o.fix {
		if err := o.mend(); err != nil {
			return err
		}
	}
	doc := findings(o.compile(), nil)
	if err := o.f.showFindings(o.output, doc, o.strict); err != nil {
		return err
	}
	if doc.Errors > 0 || o.strict && doc.Warnings > 0 {
		return errFindings
	}
	return nil
}

// show writes a document to standard output in the form that was asked for.
func (f *Factory) show(output string, doc any, draw func(human.Style) string) error {
	if output != "json" {
		return f.result(draw(f.outStyle()))
	}
	var buf bytes.Buffer
	if err := json.Write(&buf, doc); err != nil {
		return err
	}
	return f.result(buf.String())
}
