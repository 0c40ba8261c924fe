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
	put(block, "limits", example(map[string]any{"cpu": "4", "memory": "4Gi"}))
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
			put(own, "codePath", text(g.pick("codePath", "/pulsar/code/x.jar", "lib/x.jar", "/opt/a b")))
			if l.kind != fields.Function && n.Get("className") == nil {
				set(n, "className", text("org.example.Connector"))
			}
			if n.Get("go") != nil {
				for _, key := range []string{"inputSpecs", "topicsPattern", "customSerdeInputs", "customSchemaInputs"} {
					drop(n, key)
				}
				n.Get("inputs").Items = n.Get("inputs").Items[:1]
			}
		}
	}
}

func put(n *syntax.Node, key string, value *syntax.Node) {
	drop(n, key)
	set(n, key, value)
}

func drop(n *syntax.Node, key string) {
	n.Pairs = slices.DeleteFunc(n.Pairs, func(p syntax.Pair) bool { return p.Key.Value == key })
}
