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
				fmt.Sprintf("If it has to stay, %s in `%s` and all others that write `%s`.", sendingSingly(writer.Node), writer.Node.NodeName(), p.Short(writer.Edge.Topic))).
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
			if end.Edge.Role == mesh.Output && !singly(end.Node, w.Version) {
				return end
			}
		}
		return nil
	})
}

// singly tells that a node sends each message by itself (PIP-401), or that it is not
// known: only Java's workers heed the settings. From 4.1 on plans turn batching off
// where the file does not speak of it (lower.Singly).
func singly(n mesh.Node, version string) bool {
	if n.Base().Doubt {
		return true
	}
	if !heedsProducer(n) {
		return false
	}
	if most := n.Base().Fields.At("producerConfig", "maxPendingMessages"); most != nil {
		if number, ok := most.Number(); !most.Known() || ok && number == 1 {
			return true
		}
	}
	enabled := n.Base().Fields.At("producerConfig", "batchingConfig", "enabled")
	if enabled == nil {
		return n.Base().Fields.At("producerConfig", "batchingConfig") == nil && version != "" && !fields.Before(version, "4.1")
	}
	return !enabled.Known() || !enabled.Truth()
}

// heedsProducer tells whether the workers of a node heed the settings of its producer.
func heedsProducer(n mesh.Node) bool {
	f, ok := n.(*mesh.Function)
	return !ok || f.Runtime == fields.Java
}

// sendingSingly says how a node is told to send each message by itself.
func sendingSingly(n mesh.Node) string {
	switch {
	case !heedsProducer(n):
		return "let Java write what it reads: workers of other languages send in batches whatever they are told"
	case n.Base().Fields.At("producerConfig", "batchingConfig") != nil:
		return "turn batching off, `producerConfig: {batchingConfig: {enabled: false}}`"
	}
	return "send message by message: plans see to that from Pulsar 4.1 on (--pulsar-version); before, with `producerConfig: {maxPendingMessages: 1}`, 60 to 95 a second,"
}
