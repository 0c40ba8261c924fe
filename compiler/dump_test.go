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
		for _, t := range u.Mesh.Topics {
			fmt.Fprintf(&b, "topic %s %s declared=%t external=%t partitions=%d doubt=%t\n", t.Name, t.Span, t.Declared, t.External, t.Partitions, t.Doubt)
		}
		for _, n := range u.Mesh.Nodes {
			f := n.(*mesh.Function)
			settings, _ := json.Marshal(f.Settings)
			fmt.Fprintf(&b, "function %s %s\n  %s %s x%d %s %s ordered=%t\n  code %s found=%t\n  sub %s\n  settings %s\n",
				f.Name, f.Span, f.Runtime, f.ClassName, f.Parallelism, f.Guarantees, f.Position, f.RetainOrdering,
				f.Code.Path, f.Code.Found, f.Subscription(u.Mesh.ID), settings)
			for _, e := range f.Edges() {
				fmt.Fprintf(&b, "  %s %s %s\n", e.Role, e.Topic.Name, e.Span)
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
