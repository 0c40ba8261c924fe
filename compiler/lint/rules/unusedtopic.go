package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
)

var unusedTopic = lint.Rule{
	Code: diag.UnusedTopic,
	Doc:  "Finds topics that are declared and that no node of the meshes at hand names.",
	Run: func(p *lint.Pass) {
		if len(p.Mesh.Nodes) == 0 || readersHide(p.World) {
			return
		}
		for _, t := range p.Mesh.Topics {
			if !t.Declared || t.Doubt || len(p.World.Readers(t.Name))+len(p.World.Writers(t.Name)) > 0 || explained(p, t) {
				continue
			}
			p.Report(t.Span, fmt.Sprintf("No node reads or writes `%s`.", p.Short(t)), "Remove the declaration, or name the topic in a node.")
		}
	},
}
