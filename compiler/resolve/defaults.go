package resolve

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// ownOnly are the fields by which a node is itself: a default for them would
// make nodes that cannot stand beside each other.
var ownOnly = []string{
	"name", "inputs", "topicsPattern", "inputSpecs", "customSerdeInputs", "customSchemaInputs", "topicToSerdeClassName",
	"topicToSchemaType", "topicToSchemaProperties", "output", "topicName", "customSchemaOutputs", "subName", "sourceSubscriptionName", "fqfn",
}

// codeKeys say where code is; one of them in a node takes the place of all of
// them in the defaults.
var codeKeys = []string{"jar", "py", "go", "functionType", "archive", "sourceType", "sinkType"}

// defaults gives the fields for all nodes of a kind, nil where there are none.
func (r *resolver) defaults(root *syntax.Node, key string, kind fields.Kind) *syntax.Node {
	all := root.Get("defaults").Get(key)
	if all == nil || all.Kind != syntax.Mapping {
		return nil
	}
	out := *all
	out.Pairs = nil
	for _, p := range all.Pairs {
		if slices.Contains(ownOnly, p.Key.Value) {
			r.list.Add(diag.NoDefault, p.Key.Span, fmt.Sprintf("`%s` cannot have a default: every %s has its own.", p.Key.Value, kind),
				fmt.Sprintf("Give it at each %s.", kind))
			continue
		}
		out.Pairs = append(out.Pairs, p)
	}
	return &out
}

// under lays the defaults below a node's own fields. A field that the node gives
// is taken whole from the node.
func under(n, defaults *syntax.Node) *syntax.Node {
	if defaults == nil || len(defaults.Pairs) == 0 {
		return n
	}
	out := *n
	out.Pairs = slices.Clone(n.Pairs)
	hasCode := slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return slices.Contains(codeKeys, p.Key.Value) })
	for _, p := range defaults.Pairs {
		if n.Pair(p.Key.Value) == nil && !(hasCode && slices.Contains(codeKeys, p.Key.Value)) {
			out.Pairs = append(out.Pairs, p)
		}
	}
	return &out
}
