package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var unreadOutput = lint.Rule{
	Code: diag.UnreadOutput,
	Doc:  "Finds outputs that no node of the meshes at hand reads and that are not declared `external: true`. Where a reader may hide behind a mistake or a pattern, nothing is said.",
	Run: func(p *lint.Pass) {
		if readersHide(p.World) {
			return
		}
		told := map[*mesh.Topic]bool{}
		for _, end := range p.World.Ends(p.Mesh) {
			t := end.Edge.Topic
			if end.Edge.Role != mesh.Output || told[t] || t.External || t.Doubt || len(p.World.Readers(t.Name)) > 0 || explained(p, t) {
				continue
			}
			told[t] = true
			d := p.Report(end.Edge.Span, fmt.Sprintf("No node reads `%s`.", p.Short(t)),
				fmt.Sprintf("If others read it and the topic is theirs, declare it: `- {name: %s, external: true}`.", p.Short(t)),
				fmt.Sprintf("If the topic is the mesh's own, say who reads it: `# meshc:ignore %s read by ...` beside this line.", diag.UnreadOutput))
			if t.Declared {
				d.Relate(t.Span, "declared here")
			}
		}
	},
}

// readersHide tells that some reader of the run may not be known.
func readersHide(w *lint.World) bool {
	type key struct{}
	return w.Blind() || lint.Once(w, key{}, func() bool {
		for _, m := range w.Meshes() {
			for _, n := range m.Nodes {
				if mayReadMore(n) {
					return true
				}
			}
		}
		return false
	})
}

// mayReadMore tells that not all inputs of a node could be read.
func mayReadMore(n mesh.Node) bool {
	r := n.Reads()
	if r == nil {
		return false
	}
	listed := n.Base().Fields.Get("inputs")
	return n.Base().Doubt || len(r.Inputs)+len(r.Patterns) == 0 || listed != nil && len(listed.Items) > len(r.Inputs)
}
