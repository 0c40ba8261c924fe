package compiler_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
)

// meshText writes out the checked model, one line a topic and a few a function.
func meshText(r compiler.Result) string {
	var b strings.Builder
	for _, u := range r.Units {
		fmt.Fprintf(&b, "mesh %s %s create=%t\n", u.Mesh.ID, u.Mesh.Span, u.Mesh.CreateNamespace)
		if u.Mesh.Reconcile != "" {
			fmt.Fprintf(&b, "reconcile %s\n", u.Mesh.Reconcile)
		}
		for _, t := range u.Mesh.Topics {
			fmt.Fprintf(&b, "topic %s %s declared=%t external=%t partitions=%d doubt=%t\n", t.Name, t.Span, t.Declared, t.External, t.Partitions, t.Doubt)
		}
		for _, n := range u.Mesh.Nodes {
			c := n.Base()
			given, _ := json.Marshal(c.Fields.JSON())
			fmt.Fprintf(&b, "%s %s %s\n  %s x%d %s doubt=%t\n  code %s%s found=%t\n  fields %s\n",
				n.Kind(), c.Name, c.Span, c.ClassName, c.Parallelism, c.Guarantees, c.Doubt, c.Code.Path, c.Code.Location, c.Code.Found, given)
			if f, ok := n.(*mesh.Function); ok {
				fmt.Fprintf(&b, "  runtime %s\n", f.Runtime)
			}
			if in := n.Reads(); in != nil {
				fmt.Fprintf(&b, "  sub %s %s ordered=%t by-key=%t\n", mesh.Subscription(u.Mesh.ID, n), in.Position, in.RetainOrdering, in.RetainKeyOrdering)
				for _, p := range in.Patterns {
					fmt.Fprintf(&b, "  pattern %s %s\n", p.Text, p.Span)
				}
			}
			for _, e := range n.Edges() {
				fmt.Fprintf(&b, "  %s %s %s", e.Role, e.Topic.Name, e.Span)
				if e.SchemaType+e.SerDe != "" {
					fmt.Fprintf(&b, " schema=%s serde=%s", e.SchemaType, e.SerDe)
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// graphText writes out the order with each node's neighbours, and the cycles.
func graphText(r compiler.Result) string {
	var b strings.Builder
	for _, u := range r.Units {
		fmt.Fprintf(&b, "mesh %s\n", u.Mesh.ID)
		for _, n := range u.Graph.Order() {
			fmt.Fprintf(&b, "  %s <- %s, -> %s\n", n.NodeName(), names(u.Graph.Upstream(n)), names(u.Graph.Downstream(n)))
		}
		for _, c := range u.Graph.Cycles() {
			fmt.Fprintf(&b, "  cycle %s\n", c.Path(u.Mesh.ID))
		}
	}
	return b.String()
}

func names(nodes []mesh.Node) string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.NodeName())
	}
	return "[" + strings.Join(out, " ") + "]"
}
