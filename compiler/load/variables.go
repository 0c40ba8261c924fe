package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

const variablesKey = "variables"

// variable is one that the mesh declares.
type variable struct {
	name  string
	index int // in the order of the file
	key   *syntax.Node
	// given is the value in the file, an overlay or on the command line; nil if there is none.
	given *syntax.Node
	used  bool
	// value is the outcome, once it is known.
	value *syntax.Node
	open  bool // its value is being worked out
}

// declare reads `variables:`. unsure tells that there may be more of them than
// could be read.
func (e *expander) declare(n *syntax.Node) {
	switch {
	case n.IsNull():
		return
	case n.Kind == syntax.Hole:
		e.unsure = true
		return
	case n.Kind != syntax.Mapping:
		e.unsure = true
		e.list.Add(diag.BadVariable, firstLine(n), "`variables` takes a mapping of names to values.", "Write `NAME: VALUE` below it, one line each.")
		return
	}
	for _, p := range n.Pairs {
		v := &variable{name: p.Key.Value, index: len(e.order), key: p.Key, given: p.Value}
		if !variableName.MatchString(v.name) {
			e.list.Add(diag.BadVariable, p.Key.Span, fmt.Sprintf("`%s` cannot be the name of a variable.", v.name),
				"Use letters, digits, `_` and `-`, and begin with a letter or `_`.")
			continue
		}
		if p.Value.Kind == syntax.Mapping {
			v.given = e.declaration(p)
		}
		switch {
		case v.given == nil || v.given.IsNull():
			v.given = nil
		case v.given.Kind != syntax.Scalar && v.given.Kind != syntax.Hole:
			e.list.Add(diag.BadVariable, firstLine(v.given), fmt.Sprintf("The value of the variable `%s` is not a single value.", v.name),
				"Give it a text, a number or a truth value; lists and mappings belong where they are used.")
			v.given = holeAt(v.given)
		}
		e.vars[v.name] = v
		e.order = append(e.order, v)
	}
}

// declaration reads the long form of a variable: default and description.
func (e *expander) declaration(p syntax.Pair) (given *syntax.Node) {
	for _, q := range p.Value.Pairs {
		switch q.Key.Value {
		case "default":
			given = q.Value
		case "description":
			if !q.Value.IsText() && q.Value.Kind != syntax.Hole {
				e.list.Add(diag.BadVariable, firstLine(q.Value), "`description` takes text.", "Put it in quotes.")
			}
		default:
			e.list.Add(diag.BadVariable, q.Key.Span, fmt.Sprintf("A variable has no key `%s`.", q.Key.Value),
				"Its keys are `default` and `description`.")
		}
	}
	return given
}

// finish works out all variables, for what is wrong with those that nothing
// needs, and reports those that nothing uses: no value as it is now, and none that
// an overlay or the command line took the place of.
func (e *expander) finish(before *syntax.Document) {
	for _, v := range e.order {
		if v.given != nil {
			e.valueOf(v, nil)
		}
	}
	unused := slices.DeleteFunc(slices.Clone(e.order), func(v *variable) bool { return v.used || e.unsure })
	if len(unused) == 0 {
		return
	}
	mentioned := map[string]bool{}
	mention(before.Root, mentioned)
	for _, over := range e.opts.Overlays {
		if over.Root != nil {
			mention(over.Root, mentioned)
		}
	}
	for _, v := range unused {
		if !mentioned[v.name] {
			e.list.Add(diag.UnusedVariable, v.key.Span, fmt.Sprintf("Nothing uses the variable `%s`.", v.name),
				fmt.Sprintf("Write `${%s}` where it is meant, or remove it.", v.name))
		}
	}
}

// mention collects the variables that a tree refers to.
func mention(n *syntax.Node, names map[string]bool) {
	if n.IsText() && strings.Contains(n.Value, opening) {
		parts, _, _ := split(n.Value)
		for _, p := range parts {
			if p.ref != nil && p.ref.kind == toVariable {
				names[p.ref.name] = true
			}
		}
	}
	for _, p := range n.Pairs {
		mention(p.Value, names)
	}
	for _, item := range n.Items {
		mention(item, names)
	}
}

// maxChain bounds how many variables deep a value may be.
const maxChain = 64

// valueOf works out the value of a variable once. A variable that has none, or
// that needs itself, is a hole. path are the variables that are being worked out.
func (e *expander) valueOf(v *variable, path []*variable) *syntax.Node {
	switch {
	case v.value != nil:
		return v.value
	case v.given == nil:
		e.list.Add(diag.NoValue, v.key.Span, fmt.Sprintf("The variable `%s` has no default, and no value is given.", v.name),
			fmt.Sprintf("Give one by `--set variables.%s=VALUE` or in an overlay.", v.name))
		v.value = &syntax.Node{Span: v.key.Span}
		return v.value
	case v.open:
		e.cycle(v, path)
		return &syntax.Node{Span: v.given.Span}
	case len(path) == maxChain:
		e.list.Add(diag.BadReference, v.key.Span, fmt.Sprintf("The variable is more than %d variables deep.", maxChain), "Write some of the values out.")
		return &syntax.Node{Span: v.given.Span}
	}
	v.open = true
	v.value = e.scalar(v.given, append(slices.Clone(path), v))
	v.open = false
	return v.value
}

// cycle reports variables that need each other, drawn from the first in the file.
func (e *expander) cycle(v *variable, path []*variable) {
	loop := path[slices.Index(path, v):]
	first := 0
	for i, x := range loop {
		if x.index < loop[first].index {
			first = i
		}
	}
	loop = slices.Concat(loop[first:], loop[:first])
	var names []string
	for _, x := range append(loop, loop[0]) {
		names = append(names, x.name)
	}
	d := e.list.Add(diag.VariableCycle, loop[0].key.Span, fmt.Sprintf("The value goes round in a circle: %s.", strings.Join(names, " -> ")),
		"Give one of them a value of its own.")
	for _, x := range loop[1:] {
		d.Relate(x.key.Span, "on the way")
	}
}

func holeAt(n *syntax.Node) *syntax.Node { return &syntax.Node{Span: n.Span} }
