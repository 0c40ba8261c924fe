package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
)

var idleInstances = lint.Rule{
	Code: diag.IdleInstances,
	Doc:  "Finds readers that keep the order of partitions and have more instances than their inputs have partitions. Only inputs whose partitions are all declared are looked at.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			r := n.Reads()
			if r == nil || len(r.Inputs) == 0 || len(r.Patterns) > 0 || subscribes(n) != "Failover" {
				continue
			}
			most := r.Inputs[0]
			known := true
			for _, e := range r.Inputs {
				known = known && e.Topic.Partitions > 0
				if e.Topic.Partitions > most.Topic.Partitions {
					most = e
				}
			}
			count := n.Base().Parallelism
			if !known || count <= most.Topic.Partitions {
				continue
			}
			why := "retainOrdering"
			if !r.RetainOrdering {
				why = n.Base().Guarantees
			}
			p.Report(n.Base().SpanOf("parallelism"), fmt.Sprintf("`%s` has %d instances, and its input `%s` has %s. With %s one instance reads a partition, so %d would stand idle.",
				n.NodeName(), count, p.Short(most.Topic), counted(most.Topic.Partitions, "partition"), why, count-most.Topic.Partitions),
				fmt.Sprintf("Lower `parallelism` to %d, or give the topic more partitions.", most.Topic.Partitions)).Relate(most.Topic.Span, "declared here")
		}
	},
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
