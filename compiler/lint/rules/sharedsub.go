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
		first := map[key]mesh.Node{}
		told := map[mesh.Node]bool{}
		for _, n := range p.Mesh.Nodes {
			if n.NodeName() == "" || n.Reads() == nil {
				continue
			}
			for _, e := range n.Reads().Inputs {
				k := key{e.Topic, mesh.Subscription(p.Mesh.ID, n)}
				before, taken := first[k]
				// Two nodes of one name share everything, and were reported for that.
				if !taken || before.NodeName() == n.NodeName() {
					first[k] = n
					if before = elsewhere(p, n, e.Topic); before == nil {
						continue
					}
				}
				if told[n] {
					continue
				}
				told[n] = true
				field := mesh.SubscriptionField(n.Kind())
				p.Report(n.Base().SpanOf(field), fmt.Sprintf("`%s` and `%s` both read `%s` through the subscription `%s`.", before.NodeName(), n.NodeName(), p.Short(e.Topic), k.sub),
					fmt.Sprintf("Give each its own `%s`, or remove it: the default is never shared.", field)).
					Relate(before.Base().SpanOf(mesh.SubscriptionField(before.Kind())), "first used here")
			}
		}
	},
}

// elsewhere finds a node of a mesh before this one that reads a topic through a
// subscription of the same given name.
func elsewhere(p *lint.Pass, n mesh.Node, t *mesh.Topic) mesh.Node {
	name := n.Reads().SubName
	for _, g := range p.Together {
		if g == p.Graph || name == "" {
			break
		}
		for _, other := range g.Readers(t.Name) {
			if other.Reads().SubName == name {
				return other
			}
		}
	}
	return nil
}
