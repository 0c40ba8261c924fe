package foreign

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Text makes a text that stands at a place.
func Text(value string, at diag.Span) *syntax.Node {
	return &syntax.Node{Kind: syntax.Scalar, Value: value, Span: at, Flow: true}
}

// Truth makes a truth value that stands at a place.
func Truth(value bool, at diag.Span) *syntax.Node {
	return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Bool, Value: strconv.FormatBool(value), Span: at, Flow: true}
}

// Number makes a number that stands at a place. It is written so that readers of
// YAML 1.1 take it for one as well: without an exponent where that is bearable.
func Number(value float64, at diag.Span) *syntax.Node {
	out := &syntax.Node{Kind: syntax.Scalar, Type: syntax.Float, Value: strconv.FormatFloat(value, 'f', -1, 64), Span: at, Flow: true}
	switch {
	case value == 0 && math.Signbit(value):
		out.Value = "-0.0" // a whole number has no sign there
	case value == math.Trunc(value) && math.Abs(value) < 1e18:
		out.Type = syntax.Int
	case len(out.Value) > 30:
		out.Value = strconv.FormatFloat(value, 'e', -1, 64)
		if !strings.Contains(out.Value, ".") {
			out.Value = strings.Replace(out.Value, "e", ".0e", 1)
		}
	}
	return out
}

// Mapping makes a mapping without entries.
func Mapping(at diag.Span) *syntax.Node { return &syntax.Node{Kind: syntax.Mapping, Span: at} }

// List makes a list.
func List(at diag.Span, items ...*syntax.Node) *syntax.Node {
	return &syntax.Node{Kind: syntax.Sequence, Span: at, Items: items}
}

// Set adds an entry to a mapping, or gives its key another value.
func Set(n *syntax.Node, key string, value *syntax.Node, at diag.Span) {
	if p := n.Pair(key); p != nil {
		p.Value = value
		return
	}
	n.Pairs = append(n.Pairs, syntax.Pair{Key: Text(key, at), Value: value})
}

// Renamed gives a key of the author's file the name that meshes have for it.
func Renamed(key *syntax.Node, name string) *syntax.Node {
	out := *key
	if out.Value != name {
		out.Value, out.Spelled = name, key.Value
	}
	return &out
}

// Usable tells whether a node is a scalar with a value.
func Usable(n *syntax.Node) bool {
	return n != nil && n.Kind == syntax.Scalar && n.Type != syntax.Null
}

// Sort brings the entries of a mapping, and of those below, into the order of the
// field table. Keys that it does not have come last, in their order.
func Sort(n *syntax.Node, kind fields.Kind) {
	if n.Kind != syntax.Mapping {
		return
	}
	order := fields.Of(kind)
	rank := func(key string) int {
		if i := slices.IndexFunc(order, func(f fields.Field) bool { return f.Name == key }); i >= 0 {
			return i
		}
		return len(order)
	}
	n.Pairs = slices.Clone(n.Pairs)
	slices.SortStableFunc(n.Pairs, func(a, b syntax.Pair) int { return cmp.Compare(rank(a.Key.Value), rank(b.Key.Value)) })
}

// FromValue gives a value of a mesh as a tree. Of a sensitive value the reference
// that it came from is written, and hidden is called with it.
func FromValue(v *mesh.Value, hidden func(*mesh.Value)) *syntax.Node {
	switch {
	case v.From != "":
		hidden(v)
		out := Text(v.From, v.Span)
		out.From = v.From
		return out
	case v.Shape == mesh.Mapping:
		out := Mapping(v.Span)
		for _, e := range v.Entries {
			out.Pairs = append(out.Pairs, syntax.Pair{Key: Text(e.Key, e.KeySpan), Value: FromValue(e.Value, hidden)})
		}
		return out
	case v.Shape == mesh.List:
		out := List(v.Span)
		for _, item := range v.Items {
			out.Items = append(out.Items, FromValue(item, hidden))
		}
		return out
	case v.Shape == mesh.Unknown:
		return &syntax.Node{Span: v.Span}
	}
	switch data := v.Data.(type) {
	case bool:
		return Truth(data, v.Span)
	case float64:
		return Number(data, v.Span)
	case string:
		return Text(data, v.Span)
	}
	return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Null, Value: "null", Span: v.Span, Flow: true}
}

// literal writes texts so that `${` in them is no reference: other tools know
// none. It changes the tree.
func literal(n *syntax.Node) {
	if n.IsText() {
		n.Value = strings.ReplaceAll(n.Value, "${", "$${")
	}
	for _, p := range n.Pairs {
		literal(p.Value)
	}
	for _, item := range n.Items {
		literal(item)
	}
}
