package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/schema/fields"
)

var ordering = lint.Rule{
	Code: diag.OrderingRefused,
	Doc:  "Finds functions and sinks that are to keep two kinds of order, or the order of keys with EFFECTIVELY_ONCE. A subscription has one type, and workers refuse both.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			r, c := n.Reads(), n.Base()
			// For Go workers refuse the order of keys anyway, which is told of already.
			if r == nil || !r.RetainKeyOrdering || runtime(n) == fields.Go {
				continue
			}
			key, _ := entry(c.Fields, "retainKeyOrdering")
			if partition, _ := entry(c.Fields, "retainOrdering"); r.RetainOrdering {
				second, first := later(key, partition)
				refuse(p, second.Span(), fmt.Sprintf("The %s is to keep the order of partitions and that of keys.", n.Kind()),
					"Only one of retain ordering or retain key ordering can be set", "Keep one of the two.").Relate(first.Span(), "the other order")
			}
			if c.Guarantees == effectivelyOnce {
				refuse(p, key.Span(), "`retainKeyOrdering` does not go with EFFECTIVELY_ONCE, which reads through a Failover subscription.",
					"When effectively once processing guarantee is specified, retain Key ordering cannot be set",
					"Remove `retainKeyOrdering`, or use ATLEAST_ONCE.").Relate(c.SpanOf(guaranteesField), "the guarantee")
			}
		}
	},
}
