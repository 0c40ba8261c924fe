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
	Doc:  "Finds Java functions and sources with EFFECTIVELY_ONCE, the most dangerous setting: with broker deduplication on, workers lose outputs at every restart, and nine of ten behind a node that sends in batches. For other languages workers refuse it; sinks write no topic.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			if f, ok := n.(*mesh.Function); ok && (f.Runtime == fields.Python || f.Runtime == fields.Go) {
				continue
			}
			if n.Kind() == fields.Sink || n.Base().Guarantees != "EFFECTIVELY_ONCE" {
				continue
			}
			at := n.Base().SpanOf("processingGuarantees")
			remedy := fmt.Sprintf("Use ATLEAST_ONCE and let what comes after the %s stand repeated messages.", n.Kind())
			writer := batching(p, n)
			if writer == nil {
				p.Report(at, fmt.Sprintf("`%s` asks for EFFECTIVELY_ONCE.", n.NodeName()), remedy)
				continue
			}
			p.Report(at, fmt.Sprintf("`%s` asks for EFFECTIVELY_ONCE, and `%s` sends to its input `%s` in batches: with broker deduplication on, nine of ten messages are lost.",
				n.NodeName(), writer.Node.NodeName(), p.Short(writer.Edge.Topic)), remedy,
				fmt.Sprintf("If it has to stay, turn batching off in `%s` and all others that write `%s`: `producerConfig: {batchingConfig: {enabled: false}}`, from Pulsar 4.1 on.", writer.Node.NodeName(), p.Short(writer.Edge.Topic))).
				Relate(writer.Edge.Span, "`"+writer.Node.NodeName()+"` writes here")
		}
	},
}

// batching finds a node that writes an input of another in batches, as function
// workers of all languages do unless they are told otherwise.
func batching(p *lint.Pass, n mesh.Node) *lint.End {
	r := n.Reads()
	if r == nil || n.(*mesh.Function).Output == nil {
		return nil
	}
	for _, e := range r.Inputs {
		if w := batcher(p.World, e.Topic.Name); w != nil {
			return w
		}
	}
	return nil
}

// batcher gives the first writer of a topic that batches.
func batcher(w *lint.World, topic string) *lint.End {
	type key string
	return lint.Once(w, key(topic), func() *lint.End {
		for _, end := range w.Writers(topic) {
			if end.Edge.Role == mesh.Output && !singly(end.Node) {
				return end
			}
		}
		return nil
	})
}

// singly tells that a node sends each message by itself (PIP-401), or that it is
// not known: only Java's workers of all versions that know the setting heed it.
func singly(n mesh.Node) bool {
	if n.Base().Doubt {
		return true
	}
	enabled := n.Base().Fields.At("producerConfig", "batchingConfig", "enabled")
	if enabled == nil {
		return false
	}
	f, ok := n.(*mesh.Function)
	return !enabled.Known() || !enabled.Truth() && (!ok || f.Runtime == fields.Java)
}
