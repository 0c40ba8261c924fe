package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var outputIsInput = lint.Rule{
	Code: diag.OutputIsInput,
	Doc:  "Finds functions that write to a topic that they read. Function workers compare the spelling only, so that a short and a full name get past them.",
	Run: func(p *lint.Pass) {
		for _, c := range p.Graph.Cycles() {
			if len(c) != 1 || c[0].Edge.Role != mesh.Output {
				continue
			}
			topic := c[0].Edge.Topic
			d := p.Report(c[0].Edge.Span, fmt.Sprintf("`%s` writes to `%s`, which it also reads.", c[0].Node.NodeName(), p.Short(topic)),
				"Write to another topic.")
			relateInput(d, c[0].Node, topic)
		}
	},
}

// relateInput marks where a node reads a topic.
func relateInput(d *diag.Diagnostic, n mesh.Node, t *mesh.Topic) {
	for _, e := range n.Edges() {
		if e.Role == mesh.Input && e.Topic == t {
			d.Relate(e.Span, "read here")
		}
	}
}
