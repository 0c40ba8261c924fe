package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var badMove = lint.Rule{
	Code: diag.BadMove,
	Doc:  "Finds `movedFrom` that names a node which is still in the mesh, or one that another node was moved from as well: a subscription has one heir.",
	Run: func(p *lint.Pass) {
		nodes, heirs := map[string]mesh.Node{}, map[string]mesh.Node{}
		for _, n := range p.Mesh.Nodes {
			nodes[n.NodeName()] = n
		}
		for _, n := range p.Mesh.Nodes {
			from := n.Base().Lifecycle.MovedFrom
			if from == "" {
				continue
			}
			at := n.Base().SpanOf("lifecycle")
			if v := n.Base().Fields.At("lifecycle", "movedFrom"); v != nil {
				at = v.Span
			}
			switch stays, heir := nodes[from], heirs[from]; {
			case stays == n:
				p.Report(at, fmt.Sprintf("`%s` is to be moved from itself.", from), "Remove `movedFrom`, or give the name that the node had before.")
			case stays != nil:
				p.Report(at, fmt.Sprintf("`%s` is to be moved from `%s`, which is still in the mesh.", n.NodeName(), from),
					"Remove `movedFrom` if this is a new node, or the old node if this is its new name.").Relate(stays.NodeSpan(), "still here")
			case heir != nil:
				p.Report(at, fmt.Sprintf("`%s` and `%s` are both to be moved from `%s`.", heir.NodeName(), n.NodeName(), from),
					"Keep `movedFrom` on the one that is to have the subscriptions and their backlog.").Relate(heir.NodeSpan(), "first moved here")
			default:
				heirs[from] = n
			}
		}
	},
}
