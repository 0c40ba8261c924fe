// Package rules holds the lint rules, one file and one folder of test data each.
package rules

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/lint/rules/worker"
)

// All returns the rules in the order of their codes, those about single
// components (worker) last. A new rule is a file, a folder under testdata named
// for its code, and a line here or in worker.All.
func All() []lint.Rule {
	own := []lint.Rule{
		cycle, unwrittenInput, outputIsInput, effectivelyOnce, sharedSub, logTopicIsInput,
		typesDiffer, schemaClash, sameProducer, codecsDiffer, failedReturn,
		unreachable, unreadOutput, idleInstances, alikeTopics, patternReturn, patternInside, unusedTopic, twoOwners, badMove,
	}
	return append(own, worker.All()...)
}

// relatePath marks where each node of a cycle writes the topic that the next reads,
// but for the place of the finding itself.
func relatePath(d *diag.Diagnostic, c graph.Cycle) {
	for _, s := range c {
		if s.Edge.Span == d.Span {
			continue
		}
		d.Relate(s.Edge.Span, "`"+s.Node.NodeName()+"` writes here")
	}
}
