package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

const atMostOnceAck = "When Guarantees == ATMOST_ONCE, autoAck must be equal to true. This is a contradictory configuration, autoAck will be removed later. Please refer to PIP: https://github.com/apache/pulsar/issues/15560"

var acknowledgment = lint.Rule{
	Code: diag.AckRefused,
	Doc:  "Finds settings of autoAck that contradict others: with ATMOST_ONCE workers refuse false, Go functions stop over it, and a window makes it false whatever it says.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			c := n.Base()
			e, ok := entry(c.Fields, "autoAck")
			if !ok || !e.Value.Known() {
				continue
			}
			windowed := c.Fields.Get("windowConfig") != nil
			f, isFunction := n.(*mesh.Function)
			switch ack := e.Value.Truth(); {
			case ack && windowed && runtime(n) == fields.Java:
				warn(p, e.Span(), "A function with a window acknowledges the messages of a window together: workers turn `autoAck` into false.", "Remove `autoAck`.")
			case ack || windowed:
			case c.Guarantees == atMostOnce:
				refuse(p, e.Span(), fmt.Sprintf("A %s that is ATMOST_ONCE cannot leave acknowledging to its code.", n.Kind()), atMostOnceAck,
					"Remove `autoAck`, or use `processingGuarantees: MANUAL` without it.").Relate(c.SpanOf(guaranteesField), "the guarantee")
			case isFunction && f.Runtime == fields.Go && c.Guarantees == atLeastOnce:
				warn(p, e.Span(), "Workers take `autoAck: false`, and a Go function that is ATLEAST_ONCE stops at its start over it.", "Remove `autoAck`.")
			}
		}
	},
}
