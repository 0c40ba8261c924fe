package resolve

import (
	"strconv"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
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

// value gives a part of the tree without its YAML.
func value(n *syntax.Node) *mesh.Value {
	if n == nil {
		return nil
	}
	v := &mesh.Value{Span: n.Span, From: n.From}
	switch n.Kind {
	case syntax.Mapping:
		v.Shape = mesh.Mapping
		v.Entries = make([]mesh.Entry, len(n.Pairs))
		for i, p := range n.Pairs {
			v.Entries[i] = mesh.Entry{Key: p.Key.Value, KeySpan: p.Key.Span, Value: value(p.Value)}
		}
	case syntax.Sequence:
		v.Shape = mesh.List
		v.Items = make([]*mesh.Value, len(n.Items))
		for i, item := range n.Items {
			v.Items[i] = value(item)
		}
	case syntax.Scalar:
		v.Shape, v.Data = mesh.Scalar, data(n)
	}
	return v
}

// data gives a scalar as JSON would decode it.
func data(n *syntax.Node) any {
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
