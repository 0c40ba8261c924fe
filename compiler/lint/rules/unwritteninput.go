package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var unwrittenInput = lint.Rule{
	Code: diag.UnwrittenInput,
	Doc:  "Finds topics that are read and that no node of the meshes at hand writes. A topic that is fed from outside is declared `external: true`.",
	Run: func(p *lint.Pass) {
		seen := map[*mesh.Topic]bool{}
		for _, n := range p.Mesh.Nodes {
			for _, e := range n.Edges() {
				t := e.Topic
				if e.Role != mesh.Input || seen[t] || t.External || t.Doubt || written(p, t) {
					continue
				}
				seen[t] = true
				name := p.Short(t)
				d := p.Report(e.Span, fmt.Sprintf("No node writes `%s`, so nothing would arrive.", name), advice(p, t, name)...)
				if t.Declared {
					d.Relate(t.Span, "declared here")
				}
			}
		}
	},
}

func written(p *lint.Pass, t *mesh.Topic) bool {
	for _, g := range p.Together {
		if len(g.Writers(t.Name)) > 0 {
			return true
		}
	}
	return false
}

func advice(p *lint.Pass, t *mesh.Topic, name string) []string {
	if t.Declared {
		return []string{"Add `external: true` to its declaration if others write it."}
	}
	return []string{fmt.Sprintf("Declare it under `topics:` if others write it: `- {name: %s, external: true}`.", name)}
}
