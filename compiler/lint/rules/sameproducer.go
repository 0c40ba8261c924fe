package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var sameProducer = lint.Rule{
	Code: diag.SameProducer,
	Doc:  "Finds two functions with EFFECTIVELY_ONCE that write one topic from one input: workers name their producers after the input, and brokers let no two of one name write.",
	Run: func(p *lint.Pass) {
		firsts := producers(p.World)
		told := map[mesh.Node]bool{}
		for _, end := range p.World.Ends(p.Mesh) {
			f, exact := exactlyOnce(end)
			if !exact || told[f] {
				continue
			}
			first := firsts[producer{end.Edge.Topic.Name, f.Output.Topic.Name}]
			if first.Node == end.Node || sameName(first, end) {
				continue
			}
			told[f] = true
			p.Report(f.Output.Span, fmt.Sprintf("`%s` and `%s` both write to `%s` what they read from `%s`, with EFFECTIVELY_ONCE.", first.Node.NodeName(), f.Name, p.Short(f.Output.Topic), p.Short(end.Edge.Topic)),
				"Write to another topic, or use ATLEAST_ONCE.").
				Relate(first.Node.(*mesh.Function).Output.Span, "`"+first.Node.NodeName()+"` writes here")
		}
	},
}

// producer stands for a producer's name on a topic: with EFFECTIVELY_ONCE workers
// take that of the input's partition (PulsarSink).
type producer struct{ input, output string }

func producers(w *lint.World) map[producer]*lint.End {
	return lint.Once(w, producer{}, func() map[producer]*lint.End {
		first := map[producer]*lint.End{}
		for end := range w.All() {
			f, exact := exactlyOnce(end)
			if !exact {
				continue
			}
			key := producer{end.Edge.Topic.Name, f.Output.Topic.Name}
			if first[key] == nil {
				first[key] = end
			}
		}
		return first
	})
}

// exactlyOnce gives the function at an input's end if it writes with EFFECTIVELY_ONCE,
// which only Java functions can.
func exactlyOnce(end *lint.End) (*mesh.Function, bool) {
	f, ok := end.Node.(*mesh.Function)
	return f, ok && end.Edge.Role == mesh.Input && f.Name != "" && f.Output != nil && f.Guarantees == "EFFECTIVELY_ONCE" && f.Runtime != fields.Python && f.Runtime != fields.Go
}
