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
		for _, u := range unwritten(p) {
			t := u.end.Edge.Topic
			name := p.Short(t)
			d := p.Report(u.end.Edge.Span, fmt.Sprintf("No node writes `%s`, so nothing would arrive.", name), advice(p, t, u.near, name)...)
			if t.Declared {
				d.Relate(t.Span, "declared here")
			}
			if u.near != nil {
				d.Relate(u.near.Span, "`"+p.Short(u.near)+"` is named here")
			}
		}
	},
}

// gap is the first place where a topic is read that nothing writes, and the topic
// that its name may be a slip for, or nil.
type gap struct {
	end  *lint.End
	near *mesh.Topic
}

// unwritten finds the topics of a mesh that nothing writes.
func unwritten(p *lint.Pass) []gap {
	type key struct{ *mesh.Mesh }
	return lint.Once(p.World, key{p.Mesh}, func() []gap {
		var gaps []gap
		var slips *slips
		seen := map[*mesh.Topic]bool{}
		for _, end := range p.World.Ends(p.Mesh) {
			t := end.Edge.Topic
			if end.Edge.Role != mesh.Input || end.Pattern != nil || seen[t] || t.External || t.Doubt || len(p.World.Writers(t.Name)) > 0 {
				continue
			}
			seen[t] = true
			if slips == nil {
				slips = newSlips(p)
			}
			gaps = append(gaps, gap{end, slips.near(end.Node, t)})
		}
		return gaps
	})
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

// explained tells whether a topic is what the name of an unwritten one was
// likely meant to be: then that finding says it all.
func explained(p *lint.Pass, t *mesh.Topic) bool {
	type key struct{ *mesh.Mesh }
	return lint.Once(p.World, key{p.Mesh}, func() map[*mesh.Topic]bool {
		near := map[*mesh.Topic]bool{}
		for _, g := range unwritten(p) {
			if g.near != nil {
				near[g.near], near[g.end.Edge.Topic] = true, true
			}
		}
		return near
	})[t]
}
