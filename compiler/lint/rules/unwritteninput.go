package rules

import (
	"fmt"
	"slices"

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
				near := similar(p, n, t)
				d := p.Report(e.Span, fmt.Sprintf("No node writes `%s`, so nothing would arrive.", name), advice(p, t, near, name)...)
				if t.Declared {
					d.Relate(t.Span, "declared here")
				}
				if near != nil {
					d.Relate(near.Span, "`"+p.Short(near)+"` is named here")
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

// similar finds a topic with messages that the name may be a slip for; never one
// that the reader writes itself.
func similar(p *lint.Pass, n mesh.Node, t *mesh.Topic) *mesh.Topic {
	var names []string
	byName := map[string]*mesh.Topic{}
	for _, other := range p.Mesh.Topics {
		if other != t && (other.External || written(p, other)) && !slices.Contains(p.Graph.Writers(other.Name), n) {
			names = append(names, p.Short(other))
			byName[p.Short(other)] = other
		}
	}
	// Topics of one mesh have names alike, so that only small slips are likely.
	near, _ := diag.Within(p.Short(t), names, max(1, len(p.Short(t))/8))
	return byName[near]
}

func advice(p *lint.Pass, t, near *mesh.Topic, name string) []string {
	var hints []string
	if near != nil {
		hints = append(hints, fmt.Sprintf("Did you mean `%s`?", p.Short(near)))
	}
	if t.Declared {
		return append(hints, "Add `external: true` to its declaration if others write it.")
	}
	return append(hints, fmt.Sprintf("Declare it under `topics:` if others write it: `- {name: %s, external: true}`.", name))
}
