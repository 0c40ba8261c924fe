package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var sharedSub = lint.Rule{
	Code: diag.SharedSub,
	Doc:  "Finds nodes that read one topic through one subscription, by which each would get only a part of the messages.",
	Run: func(p *lint.Pass) {
		type key struct {
			topic *mesh.Topic
			sub   string
		}
		type user struct {
			f    *mesh.Function
			span diag.Span
		}
		first := map[key]user{}
		told := map[*mesh.Function]bool{}
		for _, n := range p.Mesh.Nodes {
			f, ok := n.(*mesh.Function)
			if !ok || f.Name == "" {
				continue
			}
			for _, e := range f.Inputs {
				k := key{e.Topic, f.Subscription(p.Mesh.ID)}
				before, taken := first[k]
				// Two functions of one name share everything, and were reported for that.
				if !taken || before.f.Name == f.Name {
					first[k] = user{f, e.Span}
					if before.f = elsewhere(p, f, e.Topic); before.f == nil {
						continue
					}
				}
				if told[f] {
					continue
				}
				told[f] = true
				p.Report(f.SpanOf("subName"), fmt.Sprintf("`%s` and `%s` both read `%s` through the subscription `%s`.", before.f.Name, f.Name, p.Short(e.Topic), k.sub),
					"Give each its own `subName`, or remove it: the default is never shared.").Relate(before.f.SpanOf("subName"), "first used here")
			}
		}
	},
}

// elsewhere finds a function of a mesh before this one that reads a topic
// through a subscription of the same given name.
func elsewhere(p *lint.Pass, f *mesh.Function, t *mesh.Topic) *mesh.Function {
	for _, g := range p.Together {
		if g == p.Graph || f.SubName == "" {
			break
		}
		for _, n := range g.Readers(t.Name) {
			if other, ok := n.(*mesh.Function); ok && other.SubName == f.SubName {
				return other
			}
		}
	}
	return nil
}
