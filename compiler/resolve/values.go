package resolve

import (
	"strconv"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// usable tells whether a scalar is there and no hole.
func usable(n *syntax.Node) bool { return n != nil && n.Kind == syntax.Scalar && n.Type != syntax.Null }

func textOf(n *syntax.Node, key string) string {
	if v := n.Get(key); usable(v) {
		return v.Value
	}
	return ""
}

// truth reads a YAML boolean, which may be spelled true, True or TRUE.
func truth(n *syntax.Node) bool { return n.Value == "true" || n.Value == "True" || n.Value == "TRUE" }

// number reads a number that the checker has brought into JSON's form.
func number(n *syntax.Node) float64 {
	v, _ := strconv.ParseFloat(n.Value, 64)
	return v
}

// value gives a setting as JSON would decode it. Holes are left out.
func value(n *syntax.Node) any {
	switch n.Kind {
	case syntax.Mapping:
		m := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			if p.Value.Kind != syntax.Hole {
				m[p.Key.Value] = value(p.Value)
			}
		}
		return m
	case syntax.Sequence:
		s := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			if item.Kind != syntax.Hole {
				s = append(s, value(item))
			}
		}
		return s
	}
	switch n.Type {
	case syntax.Null:
		return nil
	case syntax.Bool:
		return truth(n)
	case syntax.Int, syntax.Float:
		return number(n)
	}
	return n.Value
}

// firstSpan is a place on one line that stands for a whole mapping.
func firstSpan(n *syntax.Node) diag.Span {
	if n.Span.Start.Line != n.Span.End.Line && len(n.Pairs) > 0 && !n.Flow {
		return n.Pairs[0].Key.Span
	}
	return n.Span
}

// fieldSpan is where a field's value stands, or its key where the value spreads
// over the lines below.
func fieldSpan(p syntax.Pair) diag.Span {
	if p.Value.Span.Start.Line != p.Key.Span.Start.Line {
		return p.Key.Span
	}
	return p.Value.Span
}
