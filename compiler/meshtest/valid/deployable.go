package valid

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Deployable gives a drawn mesh what resources of Kubernetes need besides: where
// Pulsar is, where in containers code is, and classes of connectors. Functions in
// Go get one input.
func Deployable(t *rapid.T, root *syntax.Node) {
	g := &gen{T: t}
	block := root.Get("kubernetes")
	if block == nil {
		block = mapping()
		set(root, "kubernetes", block)
	}
	put(block, "pulsarConfig", text("pulsar"))
	// Of these the mesh cannot know which node is meant.
	for _, key := range []string{"codePath", "codeLocation", "name", "inputCryptoSecrets", "outputCryptoSecrets"} {
		drop(block, key)
	}
	limited(block)
	for _, l := range []struct {
		key  string
		kind fields.Kind
	}{{"sources", fields.Source}, {"functions", fields.Function}, {"sinks", fields.Sink}} {
		list := root.Get(l.key)
		if list == nil {
			continue
		}
		for _, n := range list.Items {
			own := n.Get("kubernetes")
			if own == nil {
				own = mapping()
				set(n, "kubernetes", own)
			}
			drop(own, "codeLocation")
			drop(own, "name")
			drop(own, "limits")
			if own.Get("requests") != nil {
				limited(own)
			}
			for _, in := range []*syntax.Node{block, own} {
				replace(in, "minReplicas", number(1))
				replace(in, "maxReplicas", number(1<<31-1))
				replace(in, "labels", example(map[string]any{"team": "orders"}))
				replace(in, "annotations", example(map[string]any{"example.com/team": "y"}))
			}
			if own.Get("volumeMounts") != nil || block.Get("volumeMounts") != nil {
				put(own, "pod", example(map[string]any{"volumes": []any{map[string]any{"name": "data", "emptyDir": map[string]any{"medium": "Memory"}}}}))
			}
			put(own, "codePath", text(g.pick("codePath", "/pulsar/code/x.jar", "lib/x.jar", "/opt/a b")))
			if l.kind != fields.Function && n.Get("className") == nil {
				set(n, "className", text("org.example.Connector"))
			}
			readable(n)
			deliverable(n)
			if n.Get("go") != nil {
				for _, key := range []string{"inputSpecs", "topicsPattern", "customSerdeInputs", "customSchemaInputs"} {
					drop(n, key)
				}
				n.Get("inputs").Items = n.Get("inputs").Items[:1]
				drop(n, "userConfig")
				drop(own, "statefulConfig")
			}
		}
	}
}

// readable takes out what is about keys and names no class that reads them: Pulsar
// passes it over, and the operator refuses it.
func readable(n *syntax.Node) {
	without := func(in *syntax.Node) {
		if c := in.Get("cryptoConfig"); c != nil && c.Get("cryptoKeyReaderClassName") == nil {
			drop(in, "cryptoConfig")
		}
	}
	if p := n.Get("producerConfig"); p != nil {
		without(p)
		if c := p.Get("cryptoConfig"); c != nil && (c.Get("encryptionKeys") == nil || len(c.Get("encryptionKeys").Items) == 0) {
			drop(p, "cryptoConfig")
		}
	}
	if specs := n.Get("inputSpecs"); specs != nil {
		for _, s := range specs.Pairs {
			without(s.Value)
		}
	}
}

// deliverable takes out what function workers take of sinks and of some languages,
// and the operator refuses of all.
func deliverable(n *syntax.Node) {
	if g := n.Get("processingGuarantees"); g != nil && g.Value == "EFFECTIVELY_ONCE" {
		for _, key := range []string{"timeoutMs", "maxMessageRetries", "retainKeyOrdering"} {
			drop(n, key)
		}
	}
	if r := n.Get("maxMessageRetries"); r == nil || r.Value == "0" || r.Value[0] == '-' {
		drop(n, "deadLetterTopic")
	}
	if w := n.Get("windowConfig"); w != nil && w.Get("windowLengthDurationMs") == nil {
		put(w, "windowLengthCount", number(10))
	} else if w != nil {
		drop(w, "windowLengthCount")
	}
	if n.Get("retainOrdering") != nil {
		drop(n, "retainKeyOrdering")
	}
}

// limited gives limits for what is asked for, further resources included.
func limited(block *syntax.Node) {
	limits := map[string]any{"cpu": "4", "memory": "4Gi"}
	if requests := block.Get("requests"); requests != nil {
		for _, p := range requests.Pairs {
			limits[p.Key.Value] = p.Value.Value
		}
	}
	put(block, "limits", example(limits))
}

// replace gives a key another value where it is there.
func replace(n *syntax.Node, key string, value *syntax.Node) {
	if n.Get(key) != nil {
		put(n, key, value)
	}
}

func put(n *syntax.Node, key string, value *syntax.Node) {
	drop(n, key)
	set(n, key, value)
}

func drop(n *syntax.Node, key string) {
	n.Pairs = slices.DeleteFunc(n.Pairs, func(p syntax.Pair) bool { return p.Key.Value == key })
}
