package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var effectivelyOnce = lint.Rule{
	Code: diag.EffectivelyOnce,
	Doc:  "Finds Java functions with EFFECTIVELY_ONCE, the most dangerous setting: with broker deduplication on, workers lose outputs at every restart. For other languages workers refuse it.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			if f, ok := n.(*mesh.Function); ok && (f.Runtime == fields.Python || f.Runtime == fields.Go) {
				continue
			}
			if n.Base().Guarantees == "EFFECTIVELY_ONCE" {
				p.Report(n.Base().SpanOf("processingGuarantees"), fmt.Sprintf("`%s` asks for EFFECTIVELY_ONCE.", n.NodeName()),
					fmt.Sprintf("Use ATLEAST_ONCE and let what comes after the %s stand repeated messages.", n.Kind()))
			}
		}
	},
}
