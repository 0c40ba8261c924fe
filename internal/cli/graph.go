package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/dot"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/internal/view/mermaid"
	"github.com/meshc/meshc/internal/view/svg"
)

type graphOptions struct {
	f          *Factory
	input      fileFlags
	args       []string
	output     string
	severities diag.Severities
	pulsar     string
}

func newGraphCmd(f *Factory, runF func(context.Context, *graphOptions) error) *cobra.Command {
	o := &graphOptions{f: f}
	if runF == nil {
		runF = graphRun
	}
	cmd := &cobra.Command{
		Use:   "graph [FILE...]",
		Short: "Draw the nodes and topics of meshes, with what is wrong with them",
		Long: `Draws meshes as a graph: nodes as boxes, topics with round corners, arrows the way
that messages go. It never connects. Without arguments it reads mesh.yaml here; a
folder means the mesh files in it, - means standard input. Several meshes are drawn
in a frame each, and a topic at which they meet stands once.

Findings are drawn where they belong, errors and cycles red, warnings yellow. A mesh
with errors is drawn as far as it could be read.

-o ascii, the default, is a drawing for terminals, from top to bottom; what is too
wide for the terminal becomes a list by level. -o dot is for Graphviz, -o mermaid for
Markdown on GitHub and GitLab, -o svg an image that suits light and dark pages, and
-o json holds what all of them are drawn from. The same files give the same bytes.

Exit codes: 0 no errors, 3 an error in a mesh; the drawing is printed all the same.`,
		Example: `  meshc graph
  meshc graph meshes/ -o svg > meshes.svg
  meshc graph mesh.yaml -o dot | dot -Tpng -o mesh.png
  meshc graph mesh.yaml -o mermaid`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.input.bind(cmd)
	o.output = "ascii"
	addChoice(cmd, false, &o.output, "output", "o", "form of the drawing", "ascii", "dot", "mermaid", "svg", "json")
	addSeverity(cmd, &o.severities)
	addPulsarVersion(cmd, &o.pulsar)
	return cmd
}

func graphRun(_ context.Context, o *graphOptions) error {
	result := o.f.compile(&o.input, o.input.all(o.args), o.f.In, compiler.Options{PulsarVersion: o.pulsar, Severities: o.severities})
	var meshes []view.Wiring
	for _, u := range result.Units {
		meshes = append(meshes, view.Wiring{Mesh: u.Mesh, Graph: u.Graph})
	}
	doc := view.NewDrawing(meshes, result.Findings, result.Sources)
	if err := o.show(doc); err != nil {
		return err
	}
	if doc.Errors == 0 {
		return nil
	}
	if o.output != "ascii" && o.output != "json" {
		// Drawings name codes only, and the reader of a pipe may not look at them.
		o.f.say("%s", strings.TrimRight(human.Findings(o.f.errStyle(), findings(result, nil)), "\n"))
	}
	return errFindings
}

// show writes the drawing in the form that was asked for.
func (o *graphOptions) show(doc view.Drawing) error {
	switch o.output {
	case "dot":
		return o.f.result(dot.Drawing(doc))
	case "mermaid":
		return o.f.result(mermaid.Drawing(doc))
	case "svg":
		return o.f.result(svg.Drawing(doc))
	}
	return o.f.show(o.output, doc, func(s human.Style) string { return human.Drawing(s, doc) })
}
