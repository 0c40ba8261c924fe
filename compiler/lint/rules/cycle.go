package rules

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

// A node that feeds itself, and a cycle through a log topic, have rules of their own.
var cycle = lint.Rule{
	Code: diag.Cycle,
	Doc:  "Finds nodes whose messages come back to them over other nodes. Each cycle is drawn as a path, the shortest first.",
	Run: func(p *lint.Pass) {
		for _, c := range cycles(p) {
			if len(c) < 2 || c.Uses(mesh.Log) {
				continue
			}
			relatePath(p.Report(c[0].Edge.Span, "Messages go round: "+c.Path(p.Mesh.ID)+".",
				"Take one of these outputs away, or write to another topic."), c)
		}
	},
}
