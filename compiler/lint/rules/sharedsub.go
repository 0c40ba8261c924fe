package rules

import (
	"cmp"
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var sharedSub = lint.Rule{
	Code: diag.SharedSub,
	Doc:  "Finds nodes that read one topic through one subscription, by which each would get only a part of the messages, or the second nothing where they subscribe in different ways.",
	Run: func(p *lint.Pass) {
		firsts := subscriptions(p.World)
		told := map[mesh.Node]bool{}
		for _, end := range p.World.Ends(p.Mesh) {
			n := end.Node
			if end.Edge.Role != mesh.Input || n.NodeName() == "" || told[n] {
				continue
			}
			sub := mesh.Subscription(p.Mesh.ID, n)
			first := firsts[subscription{end.Edge.Topic.Name, sub}]
			// Two nodes of one name share everything, and were reported for that.
			if first.Node == n || sameName(first, end) {
				continue
			}
			// So do two of which both are called alike or were before, which is reported as that.
			if name := inherits(n); name != "" && name == inherits(first.Node) && n.Base().Lifecycle.MovedFrom+first.Node.Base().Lifecycle.MovedFrom != "" {
				continue
			}
			told[n] = true
			field := mesh.SubscriptionField(n.Kind())
			detail := fmt.Sprintf("`%s` and `%s` both read `%s` through the subscription `%s`", first.Node.NodeName(), n.NodeName(), p.Short(end.Edge.Topic), sub)
			if a, b := subscribes(first.Node), subscribes(n); a != b {
				detail += fmt.Sprintf(", one as %s and one as %s: brokers refuse the second", a, b)
			}
			p.Report(n.Base().SpanOf(field), detail+".", fmt.Sprintf("Give each its own `%s`, or remove it: the default is never shared.", field)).
				Relate(first.Node.Base().SpanOf(mesh.SubscriptionField(first.Node.Kind())), "first used here")
		}
	},
}

// inherits is the name that a node without a subscription name of its own gives its
// subscriptions: that before a rename, or its own. "" is for all others.
func inherits(n mesh.Node) string {
	if n.Reads().SubName != "" {
		return ""
	}
	return cmp.Or(n.Base().Lifecycle.MovedFrom, n.NodeName())
}

// subscription names a subscription in a cluster.
type subscription struct{ topic, name string }

// subscriptions gives the first reader of each.
func subscriptions(w *lint.World) map[subscription]*lint.End {
	return lint.Once(w, subscription{}, func() map[subscription]*lint.End {
		first := map[subscription]*lint.End{}
		for end := range w.All() {
			if end.Edge.Role != mesh.Input || end.Node.NodeName() == "" {
				continue
			}
			key := subscription{end.Edge.Topic.Name, mesh.Subscription(end.Mesh.ID, end.Node)}
			if first[key] == nil {
				first[key] = end
			}
		}
		return first
	})
}

// sameName tells whether two nodes would be one component of a cluster.
func sameName(a, b *lint.End) bool {
	return a.Node.NodeName() == b.Node.NodeName() && a.Mesh.Tenant == b.Mesh.Tenant && a.Mesh.Namespace == b.Mesh.Namespace
}

// subscribes gives the type of a reader's subscription, as function workers
// choose it (FunctionConfigUtils.convert, SinkConfigUtils.convert).
func subscribes(n mesh.Node) string {
	r := n.Reads()
	switch {
	case r.RetainOrdering || n.Base().Guarantees == "EFFECTIVELY_ONCE":
		return "Failover"
	case r.RetainKeyOrdering:
		return "Key_Shared"
	}
	return "Shared"
}
