package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var patternReturn = lint.Rule{
	Code: diag.PatternReturn,
	Doc:  "Finds inputs by pattern that take what the node itself writes, or a node downstream of it: messages go round as in a cycle.",
	Run: func(p *lint.Pass) {
		for _, r := range patternReturns(p.World)[p.Mesh] {
			topic := r.cycle[0].Edge.Topic
			d := p.Report(r.end.Pattern.Span, fmt.Sprintf("The pattern of `%s` takes `%s`, by which messages go round: %s.", r.end.Node.NodeName(), p.Short(topic), r.cycle.Path(p.Mesh.ID)),
				"Narrow the pattern, list the topics under `inputs`, or write to a topic of another name.")
			if r.cycle[0].Edge.Role == mesh.DeadLetter && len(r.cycle) > 1 {
				d.Severity = diag.Warning // a node on the way may mend them
			}
			relatePath(d, r.cycle)
		}
	},
}

var patternInside = lint.Rule{
	Code: diag.PatternInside,
	Doc:  "Finds inputs by pattern that take topics which other nodes of the same mesh write. Subscriptions of patterns cannot be made before their topics are there, so the first messages may be missed.",
	Run: func(p *lint.Pass) {
		round := map[mesh.Node]bool{}
		for _, r := range patternReturns(p.World)[p.Mesh] {
			round[r.end.Node] = true
		}
		var order []*mesh.Pattern
		taken := map[*mesh.Pattern][]*lint.End{}
		for _, end := range p.World.Ends(p.Mesh) {
			if end.Pattern == nil || round[end.Node] || !writtenIn(p, end.Edge.Topic.Name) {
				continue
			}
			if taken[end.Pattern] == nil {
				order = append(order, end.Pattern)
			}
			taken[end.Pattern] = append(taken[end.Pattern], end)
		}
		for _, pattern := range order {
			ends := taken[pattern]
			var names []string
			for _, end := range ends {
				names = append(names, p.Short(end.Edge.Topic))
			}
			d := p.Report(pattern.Span, fmt.Sprintf("The pattern of `%s` takes %s, which nodes of this mesh write.", ends[0].Node.NodeName(), few(names)),
				"List such topics under `inputs`: their subscriptions are made before the first message. Those of a pattern come after the topic, up to a minute later.")
			for _, w := range p.World.Writers(ends[0].Edge.Topic.Name) {
				if w.Mesh == p.Mesh {
					d.Relate(w.Edge.Span, "`"+w.Node.NodeName()+"` writes here")
					break
				}
			}
		}
	},
}

func writtenIn(p *lint.Pass, topic string) bool {
	for _, w := range p.World.Writers(topic) {
		if w.Mesh == p.Mesh {
			return true
		}
	}
	return false
}

// patternCycle is a cycle that a pattern closes: its first edge writes what the
// pattern takes.
type patternCycle struct {
	end   *lint.End
	cycle graph.Cycle
}

// maxLinks bounds the pairs of writers and patterns that are looked at in a run.
const maxLinks = 100_000

// patternReturns finds the cycles that patterns close, by the reader's mesh.
func patternReturns(w *lint.World) map[*mesh.Mesh][]patternCycle {
	type key struct{}
	return lint.Once(w, key{}, func() map[*mesh.Mesh][]patternCycle {
		type reading struct {
			node  mesh.Node
			topic string
		}
		ends := map[reading]*lint.End{}
		var links []graph.Link
		for end := range w.All() {
			if end.Pattern == nil {
				continue
			}
			ends[reading{end.Node, end.Edge.Topic.Name}] = end
			for _, writer := range w.Writers(end.Edge.Topic.Name) {
				if len(links) < maxLinks {
					links = append(links, graph.Link{From: writer.Node, Edge: writer.Edge, To: end.Node})
				}
			}
		}
		out := map[*mesh.Mesh][]patternCycle{}
		if len(links) == 0 {
			return out
		}
		for _, c := range w.Graph().Returns(links) {
			end := ends[reading{c[1%len(c)].Node, c[0].Edge.Topic.Name}]
			out[end.Mesh] = append(out[end.Mesh], patternCycle{end, c})
		}
		return out
	})
}
