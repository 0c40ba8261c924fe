package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/format"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

type fmtOptions struct {
	f     *Factory
	input fileFlags
	args  []string
	check bool
	diff  bool
}

func newFmtCmd(f *Factory, runF func(context.Context, *fmtOptions) error) *cobra.Command {
	o := &fmtOptions{f: f}
	if runF == nil {
		runF = fmtRun
	}
	cmd := &cobra.Command{
		Use:   "fmt [FILE...]",
		Short: "Bring mesh files into their canonical form",
		Long: `Rewrites mesh files in their canonical form and names those that changed. Without
arguments it takes mesh.yaml here; a folder means the mesh files in it. With - it
reads standard input and writes the form to standard output.

The form: keys in the order of the reference, under Pulsar's own names where PIP-66
has others; keys that meshc does not know come after those that it does, in their
order. Two columns of indentation, one space behind a dash or colon, one blank line
at most in a row, no space at the end of lines. Keys of your own, as in userConfig,
stay in their order. Comments and blank lines, quotes, how texts are folded and how
lines end stay. A comment directly above a key goes where the key goes; one above
the first key of the file stays at the top.

The form never means something else: the result is read again and compared before
a file is touched. A file that is not YAML is left as it is, with findings that say
where. Files are replaced as a whole, with their permissions.

--check names the files that would change and writes nothing; --diff shows what
would change and writes nothing.

Exit codes: 0 done, 3 a file cannot be read as YAML, or with --check would change.`,
		Example: `  meshc fmt
  meshc fmt meshes/ --check
  meshc fmt meshes/ --diff
  meshc fmt - < mesh.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.input.bindFiles(cmd)
	cmd.Flags().BoolVar(&o.check, "check", false, "name the files that would change, write nothing, and exit 3 if there is one")
	cmd.Flags().BoolVar(&o.diff, "diff", false, "show what would change, as a unified diff, and write nothing")
	return cmd
}

func fmtRun(ctx context.Context, o *fmtOptions) error {
	files := o.input.all(o.args)
	writes := !o.check && !o.diff
	if writes && len(files) > 1 && slices.Contains(files, "-") {
		return usage("format it alone, or use --check or --diff", "the form of standard input cannot be told from the names of other files")
	}
	inputs, found := compiler.Read(files, o.f.In)
	sources := diag.Sources{}
	var failures []error
	changed := false
	for _, in := range inputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		sources[in.Name] = in.Data
		out, list, err := compiler.Format(in)
		found = append(found, list...)
		if err != nil {
			failures = append(failures, leftAlone(err))
			continue
		}
		if list.HasErrors() {
			continue
		}
		differs := !bytes.Equal(out, in.Original())
		changed = changed || differs
		if err := o.take(in, out, differs); err != nil {
			failures = append(failures, err)
		}
	}
	if len(found) > 0 {
		doc := view.NewFindings(found.Sorted(), sources, nil)
		o.f.say("%s", strings.TrimRight(human.Findings(o.f.errStyle(), doc), "\n"))
	}
	switch {
	case len(failures) > 0:
		return errors.Join(failures...)
	case found.HasErrors(), o.check && changed:
		return errFindings
	}
	return nil
}

// leftAlone makes a bug of the formatter one of the program.
func leftAlone(err error) error {
	if errors.As(err, new(*format.Bug)) {
		return &bugError{value: err.Error() + "; the file was left as it was"}
	}
	return err
}

// take does with the form of a file what was asked for.
func (o *fmtOptions) take(in compiler.Input, out []byte, differs bool) error {
	name := in.Name
	if name == "-" {
		name = "<stdin>"
	}
	if o.diff {
		return o.f.result(string(diff.Diff(view.Clean(name)+".orig", in.Original(), view.Clean(name), out)))
	}
	switch {
	case in.Name == "-" && !o.check:
		return o.f.result(string(out))
	case !differs:
		return nil
	case !o.check:
		if err := rewriteFile(in.Name, out); err != nil {
			return fmt.Errorf("%s was not formatted: %w", view.Clean(name), err)
		}
	}
	return o.f.result(view.Clean(name) + "\n")
}
