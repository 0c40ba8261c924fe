package operator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Component is a function, source or sink as a resource of the operator.
type Component struct {
	Kind fields.Kind
	// Node is the name of the mesh's node.
	Node string
	// Name is that of the resource, or of the one that the operator makes of an
	// element of a FunctionMesh.
	Name string
	// Spec is what the resource has under spec, with the places of the author's file.
	Spec *syntax.Node
	// At is the place that stands for the node; what nobody wrote has it too.
	At diag.Span
	// Shared are the places of values that the mesh gives to all nodes.
	Shared map[diag.Span]bool
}

// String names the component in sentences.
func (c Component) String() string { return fmt.Sprintf("%s `%s`", c.Kind, c.Node) }

// rule looks at one component.
type rule func(*pass)

// rules are all of them. Those of the webhook (pkg/webhook/validate.go) are made by
// it for resources of their own only, and for elements of a FunctionMesh by the
// operator, which writes what it finds into its log.
var rules = []rule{
	fits, names, volumes, amounts, scale, autoscaler, code, golang, delivery, topics, encryption, window, stateful, credentials, ignored,
}

// Check reports what the operator, its webhook or Kubernetes would refuse, stop at,
// or pass over in a component, for an operator with these features.
func Check(c Component, f Features) diag.List {
	var list diag.List
	for _, r := range rules {
		r(&pass{Component: c, features: f, list: &list})
	}
	return list
}

// pass is one run of a rule.
type pass struct {
	Component
	features Features
	list     *diag.List
}

// report adds a finding at a value, or at the node where there is none.
func (p *pass) report(code diag.Code, at *syntax.Node, detail string, hints ...string) *diag.Diagnostic {
	span := p.At
	if at != nil {
		span = at.Span
	}
	return p.list.Add(code, span, detail, hints...)
}

// said tells that there is a finding about a value already.
func (p *pass) said(n *syntax.Node) bool {
	return slices.ContainsFunc(*p.list, func(d diag.Diagnostic) bool { return d.Span == n.Span })
}

// get gives a value of the spec, nil where there is none.
func (p *pass) get(path ...string) *syntax.Node { return get(p.Spec, path...) }

func get(n *syntax.Node, path ...string) *syntax.Node {
	for _, key := range path {
		if n == nil || n.Kind != syntax.Mapping {
			return nil
		}
		n = n.Get(key)
	}
	if n == nil || n.IsNull() || n.Kind == syntax.Hole {
		return nil
	}
	return n
}

// text gives a text of the spec, "" where there is none.
func (p *pass) text(path ...string) string { return textOf(p.get(path...)) }

func textOf(n *syntax.Node) string {
	if n == nil || n.Kind != syntax.Scalar {
		return ""
	}
	return n.Value
}

// number gives a number of the spec.
func (p *pass) number(path ...string) (int64, bool) { return number(p.get(path...)) }

func number(n *syntax.Node) (int64, bool) {
	if n == nil || n.Kind != syntax.Scalar || n.Type != syntax.Int && n.Type != syntax.Float {
		return 0, false
	}
	if whole, ok := wholeAmount(n.Value); ok {
		return whole, true
	}
	amount, ok := Amount(n)
	if !ok {
		if strings.HasPrefix(n.Value, "-") {
			return -1, true // how far below 0 makes no difference
		}
		return 0, false
	}
	whole := amount.Num().Int64() / amount.Denom().Int64()
	return whole, amount.Num().IsInt64()
}

// truth tells whether a truth value of the spec is true.
func (p *pass) truth(path ...string) bool { return isTrue(p.get(path...)) }

func isTrue(n *syntax.Node) bool { return n != nil && n.Type == syntax.Bool && n.Value == "true" }

// given tells that the author wrote a value: what is written out by default has the
// place of the node.
func (p *pass) given(n *syntax.Node) bool { return n != nil && n.Span != p.At }

// own gives a value that is for this component alone: what the mesh gives to all
// nodes may be for others of them.
func (p *pass) own(path ...string) *syntax.Node {
	if n := p.get(path...); n != nil && !p.Shared[n.Span] {
		return n
	}
	return nil
}

// pairs gives the entries of a mapping, items those of a list.
func pairs(n *syntax.Node) []syntax.Pair {
	if n == nil || n.Kind != syntax.Mapping {
		return nil
	}
	return n.Pairs
}

func items(n *syntax.Node) []*syntax.Node {
	if n == nil || n.Kind != syntax.Sequence {
		return nil
	}
	return n.Items
}

// runtime gives the block of the language that is given: java, python or golang.
func (p *pass) runtime() string {
	for _, name := range []string{"java", "python", "golang"} {
		if p.get(name) != nil {
			return name
		}
	}
	return ""
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "`" + n + "`"
	}
	return strings.Join(out, ", ")
}

// join puts a path together, without a dot in front.
func join(path, step string) string { return strings.TrimPrefix(path+step, ".") }

// near is a hint with the name that may be meant.
func near(word string, known []string, otherwise string) string {
	if n, ok := diag.Nearest(word, known); ok {
		return fmt.Sprintf("Did you mean `%s`?", n)
	}
	return otherwise
}

func sortedNames(s *Schema) []string { return slices.Clone(s.names()) }
