package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var failedReturn = lint.Rule{
	Code: diag.FailedReturn,
	Doc:  "Finds dead letters and late data that come back to the node that set them aside: what cannot be processed would go round for ever. Over other nodes, which may mend it, that is a warning.",
	Run: func(p *lint.Pass) {
		for _, c := range p.Graph.Cycles() {
			if len(c) == 1 && c[0].Edge.Role == mesh.LateData {
				tellReturn(p, c)
			}
		}
		for _, c := range deadReturns(p.World)[p.Mesh] {
			tellReturn(p, c)
		}
	},
}

// deadReturns finds the ways by which dead letters come back, by the mesh that
// sets them aside. Those that a pattern takes have a rule of their own.
func deadReturns(w *lint.World) map[*mesh.Mesh][]graph.Cycle {
	type key struct{}
	return lint.Once(w, key{}, func() map[*mesh.Mesh][]graph.Cycle {
		var links []graph.Link
		for end := range w.All() {
			if end.Edge.Role != mesh.DeadLetter {
				continue
			}
			for _, reader := range w.Readers(end.Edge.Topic.Name) {
				if reader.Pattern == nil && len(links) < maxLinks {
					links = append(links, graph.Link{From: end.Node, Edge: end.Edge, To: reader.Node})
				}
			}
		}
		if len(links) == 0 {
			return nil
		}
		return byHome(w, w.Graph().Returns(links))
	})
}

func tellReturn(p *lint.Pass, c graph.Cycle) {
	e, name := c[0].Edge, c[0].Node.NodeName()
	what := "messages that failed"
	if e.Role == mesh.LateData {
		what = "messages that came too late"
	}
	if len(c) == 1 {
		relateInput(p.Report(e.Span, fmt.Sprintf("`%s` sends %s to `%s`, which it also reads.", name, what, p.Short(e.Topic)),
			"Send them to a topic of their own."), c[0].Node, e.Topic)
		return
	}
	d := p.Report(e.Span, fmt.Sprintf("Messages that failed come back: %s.", c.Path(p.Mesh.ID)),
		fmt.Sprintf("If a node on the way mends them, say so: `# meshc:ignore %s` and the reason; else take the topic off the way.", diag.FailedReturn))
	d.Severity = diag.Warning
	relatePath(d, c)
}
