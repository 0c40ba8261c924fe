package rules

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var unreachable = lint.Rule{
	Code: diag.Unreachable,
	Doc:  "Finds nodes that no source and no topic from outside leads to, over however many nodes, as where dead letters are the only way into a ring. Cycles are told of, so that they and what is behind them are passed over.",
	Run: func(p *lint.Pass) {
		if len(deadReturns(p.World)) == 0 {
			return // what waits, waits on a ring: a cycle, which was told of, or one over dead letters
		}
		reached := reachable(p.World)
		if len(reached) == p.World.Nodes() {
			return
		}
		var first mesh.Node
		var names []string
		for _, n := range p.Mesh.Nodes {
			if reached[n] || n.NodeName() == "" {
				continue
			}
			if first == nil {
				first = n
			}
			names = append(names, n.NodeName())
		}
		if first == nil {
			return
		}
		p.Report(first.NodeSpan(), fmt.Sprintf("No source and no topic from outside leads to %s, so nothing would arrive.", few(names)),
			"Let a node read a topic that is fed: one declared `external: true`, or one that a source writes.")
	},
}

// few lists names, not too many of them.
func few(names []string) string {
	const most = 3
	var rest string
	if len(names) > most {
		rest = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return "`" + strings.Join(names, "`, `") + "`" + rest
}

// reachable gives the nodes of all meshes that messages may come to.
func reachable(w *lint.World) map[mesh.Node]bool {
	type key struct{}
	return lint.Once(w, key{}, func() map[mesh.Node]bool {
		external := map[string]bool{}
		for _, m := range w.Meshes() {
			for _, t := range m.Topics {
				// Where something could not be read, anything may write the topic.
				external[t.Name] = external[t.Name] || t.External || t.Doubt || len(w.Writers(t.Name)) == 0
			}
		}
		reached := map[mesh.Node]bool{}
		var todo []mesh.Node
		reach := func(n mesh.Node) {
			if !reached[n] {
				reached[n] = true
				todo = append(todo, n)
			}
		}
		for _, m := range w.Meshes() {
			for _, n := range m.Nodes {
				if r := n.Reads(); r == nil || len(r.Inputs) == 0 || len(r.Patterns) > 0 || n.Base().Doubt {
					reach(n)
				}
			}
		}
		for end := range w.All() {
			if end.Edge.Role == mesh.Input && external[end.Edge.Topic.Name] {
				reach(end.Node)
			}
		}
		spread(w, reach, &todo)
		if len(reached) < w.Nodes() {
			// What waits on a cycle, or behind it, has the cycle to thank.
			for _, c := range w.Graph().Cycles() {
				for _, s := range c {
					reach(s.Node)
				}
			}
			spread(w, reach, &todo)
		}
		return reached
	})
}

// spread reaches all that messages come to from the nodes that are still to do.
func spread(w *lint.World, reach func(mesh.Node), todo *[]mesh.Node) {
	passed := map[string]bool{}
	for len(*todo) > 0 {
		n := (*todo)[len(*todo)-1]
		*todo = (*todo)[:len(*todo)-1]
		for _, e := range n.Edges() {
			if !e.Role.Writes() || passed[e.Topic.Name] {
				continue
			}
			passed[e.Topic.Name] = true
			for _, reader := range w.Readers(e.Topic.Name) {
				reach(reader.Node)
			}
		}
	}
}
