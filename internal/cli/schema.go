package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/schema"
)

type schemaOptions struct{ f *Factory }

func newSchemaCmd(f *Factory, runF func(context.Context, *schemaOptions) error) *cobra.Command {
	o := &schemaOptions{f: f}
	if runF == nil {
		runF = schemaRun
	}
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of mesh files",
		Long: `Prints the JSON Schema (draft-07) of mesh files, for editors: they complete keys,
show what each means and mark what is wrong while it is typed. An editor with the
YAML language server takes it from a comment in the file:

  # yaml-language-server: $schema=mesh.schema.json

Values may be references to variables, as ${name}. The schema knows the shape of a
file alone; names, classes and what several places together mean are for validate.`,
		Example: "  meshc schema > mesh.schema.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
}

func schemaRun(_ context.Context, o *schemaOptions) error { return o.f.result(string(schema.Editor())) }
