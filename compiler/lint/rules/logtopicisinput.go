package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var logTopicIsInput = lint.Rule{
	Code: diag.LogTopicIsInput,
	Doc:  "Finds functions whose log lines come back to them, at once or over other nodes: each line then causes the next.",
	Run: func(p *lint.Pass) {
		for _, c := range cycles(p) {
			if !c.Uses(mesh.Log) {
				continue
			}
			at := 0
			for c[at].Edge.Role != mesh.Log {
				at++
			}
			step := c[at]
			if len(c) == 1 {
				relateInput(p.Report(step.Edge.Span, fmt.Sprintf("`%s` logs to `%s`, which it also reads.", step.Node.NodeName(), p.Short(step.Edge.Topic)),
					"Log to another topic."), step.Node, step.Edge.Topic)
				continue
			}
			relatePath(p.Report(step.Edge.Span, "Log lines go round: "+c.Path(p.Mesh.ID)+".", "Log to a topic that does not lead back."), c)
		}
	},
}
