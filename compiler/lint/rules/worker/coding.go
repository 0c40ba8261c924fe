package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var coding = lint.Rule{
	Code: diag.TwoCodings,
	Doc:  "Finds topics whose messages a component is to read or write both by a schema and by a SerDe class. Workers refuse that for Java; Python functions use the schema.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			if r := runtime(n); r != fields.Java && r != fields.Python {
				continue
			}
			switch n := n.(type) {
			case *mesh.Function:
				codingOut(p, n, n.Output, "outputSerdeClassName", "Only one of outputSchemaType or outputSerdeClassName should be set")
				codingIn(p, n, "Only one of schemaType or serdeClassName should be set in inputSpec")
			case *mesh.Source:
				codingOut(p, n, n.Output, "serdeClassName", "Only one of serdeClassName or schemaType should be set")
			case *mesh.Sink:
				codingIn(p, n, "Only one of serdeClassName or schemaType should be set")
			}
		}
	},
}

func codingIn(p *lint.Pass, n mesh.Node, answer string) {
	for _, e := range n.Reads().Inputs {
		if e.SchemaType != "" && e.SerDe != "" {
			twoCodings(p, n, codingSpan(e.Spec, e.Span), fmt.Sprintf("The input `%s`", p.Short(e.Topic)), answer)
		}
	}
	for _, pattern := range n.Reads().Patterns {
		if given(pattern.Spec.Get("schemaType")) && given(pattern.Spec.Get("serdeClassName")) {
			twoCodings(p, n, codingSpan(pattern.Spec, pattern.Span), fmt.Sprintf("The input `%s`", pattern.Text), answer)
		}
	}
}

func codingOut(p *lint.Pass, n mesh.Node, e *mesh.Edge, serde, answer string) {
	if e != nil && e.SchemaType != "" && e.SerDe != "" {
		twoCodings(p, n, n.Base().SpanOf(serde), "The output", answer)
	}
}

func twoCodings(p *lint.Pass, n mesh.Node, span diag.Span, who, answer string) {
	if runtime(n) == fields.Python {
		warn(p, span, who+" has both a schema and a SerDe class, of which Python functions use the schema.", "Keep one of the two.")
		return
	}
	refuse(p, span, who+" has both a schema and a SerDe class.", answer, "Keep one of the two.")
}

// codingSpan is the place of the SerDe class in the settings of an input, or
// that of the input.
func codingSpan(spec *mesh.Value, otherwise diag.Span) diag.Span {
	if e, ok := entry(spec, "serdeClassName"); ok {
		return e.Span()
	}
	return otherwise
}
