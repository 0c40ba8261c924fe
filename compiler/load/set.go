package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// setting is one value of the command line.
type setting struct {
	path  []*syntax.Node // the steps, as text with their places
	value *syntax.Node
}

// set puts the values of the command line into the meshes that have what they
// name, and gives the text that their places point into.
func (l *loader) set() (text string) {
	line := 1
	for _, arg := range l.opts.Set {
		text += arg + "\n"
		s, problem := parseSet(arg, line)
		if SecretSetting(arg) {
			l.secrets = append(l.secrets, spanIn(arg, line, len(pathOf(arg))+1, len(arg)))
		}
		line += 1 + strings.Count(arg, "\n")
		if problem != nil {
			l.list = append(l.list, *problem)
			continue
		}
		l.setOne(s)
	}
	return text
}

// setOne sets a value in each mesh that has what the path names. Where none has
// it, the first says why.
func (l *loader) setOne(s setting) {
	var first *diag.Diagnostic
	done := false
	for i, doc := range l.docs {
		if !isMesh(doc) {
			continue
		}
		root, problem := l.put(doc.Root, s)
		if problem != nil {
			if first == nil {
				first = problem
			}
			continue
		}
		done = true
		l.docs[i] = withRoot(doc, root)
	}
	if first != nil && !done {
		l.list = append(l.list, *first)
	}
}

func badSet(span diag.Span, detail string, hints ...string) *diag.Diagnostic {
	var list diag.List
	return list.Add(diag.BadSet, span, detail, hints...)
}

// put sets a value below the root of a mesh. The tree is not changed; what lies
// on the path is copied.
func (l *loader) put(root *syntax.Node, s setting) (*syntax.Node, *diag.Diagnostic) {
	first := s.path[0]
	i := find(root, ofMesh, first.Value)
	if len(s.path) == 1 {
		return putHere(root, ofMesh, s)
	}
	if i < 0 && (first.Value == variablesKey || byName(first.Value)) {
		return nil, badSet(first.Span, fmt.Sprintf("The mesh has no `%s`.", first.Value), "A value can be set for what the mesh file or an overlay has.")
	}
	if i < 0 {
		return putBelow(root, ofMesh, s)
	}
	value := root.Pairs[i].Value
	second := s.path[1]
	if first.Value == variablesKey && value.Kind == syntax.Mapping && value.Get(second.Value) == nil {
		return nil, badSet(second.Span, fmt.Sprintf("The mesh has no variable `%s`.", second.Value), l.nearHint(second.Value, keysOf(value), "Declare it under `variables:`.")...)
	}
	if value.Kind != syntax.Sequence || !byName(first.Value) {
		return putBelow(root, ofMesh, s)
	}
	at := itemNamed(value, second.Value)
	if at < 0 {
		return nil, badSet(second.Span, fmt.Sprintf("Nothing under `%s` is named `%s`.", first.Value, second.Value),
			l.nearHint(second.Value, namesIn(value), "Declare it in the mesh file or in an overlay.")...)
	}
	list := *value
	list.Items = slices.Clone(value.Items)
	if len(s.path) == 2 {
		if !s.value.IsNull() {
			return nil, badSet(second.Span, fmt.Sprintf("`%s` cannot be replaced as a whole.", second.Value),
				fmt.Sprintf("Set one of its fields, such as `%s.%s.FIELD=VALUE`, or take it away by `null`.", first.Value, second.Value))
		}
		list.Items = slices.Delete(list.Items, at, at+1)
	} else {
		item, problem := putBelow(list.Items[at], entryKeys(first.Value), setting{s.path[2:], s.value})
		if problem != nil {
			return nil, problem
		}
		list.Items[at] = item
	}
	return replaced(root, i, syntax.Pair{Key: root.Pairs[i].Key, Value: &list}), nil
}

// putBelow sets a value below a mapping, making the mappings on the way.
func putBelow(n *syntax.Node, k keys, s setting) (*syntax.Node, *diag.Diagnostic) {
	if len(s.path) == 1 {
		return putHere(n, k, s)
	}
	step := s.path[0]
	rest := setting{s.path[1:], s.value}
	i := find(n, k, step.Value)
	value := &syntax.Node{Kind: syntax.Mapping, Span: step.Span, Flow: true}
	pair := syntax.Pair{Key: step}
	if i >= 0 {
		pair.Key = n.Pairs[i].Key
		if old := n.Pairs[i].Value; !old.IsNull() {
			value = old
		}
	}
	switch value.Kind {
	case syntax.Mapping:
	case syntax.Sequence:
		return nil, wholeList(s.path[1])
	case syntax.Hole:
		return n, nil
	default:
		return nil, badSet(s.path[1].Span, fmt.Sprintf("`%s` is a single value, with nothing below it.", step.Value),
			"Shorten the path, or mend it.").Relate(value.Span, "given here")
	}
	inner, problem := putBelow(value, k.below(step.Value), rest)
	if problem != nil {
		return nil, problem
	}
	pair.Value = inner
	return replaced(n, i, pair), nil
}

// putHere sets, adds or takes away an entry of a mapping.
func putHere(n *syntax.Node, k keys, s setting) (*syntax.Node, *diag.Diagnostic) {
	key := s.path[0]
	i := find(n, k, key.Value)
	if !s.value.IsNull() {
		return replaced(n, i, syntax.Pair{Key: key, Value: s.value}), nil
	}
	if i < 0 {
		return nil, badSet(key.Span, fmt.Sprintf("There is no `%s` to take away.", key.Value), "Leave the flag out, or mend its path.")
	}
	out := *n
	out.Pairs = slices.Delete(slices.Clone(n.Pairs), i, i+1)
	return &out, nil
}

// replaced copies a mapping with another entry at i, or behind the others.
func replaced(n *syntax.Node, i int, p syntax.Pair) *syntax.Node {
	out := *n
	out.Pairs = slices.Clone(n.Pairs)
	if i < 0 {
		out.Pairs = append(out.Pairs, p)
	} else {
		out.Pairs[i] = p
	}
	return &out
}

func wholeList(step *syntax.Node) *diag.Diagnostic {
	return badSet(step.Span, fmt.Sprintf("`%s` would lie in a list whose entries have no names.", step.Value),
		"Set the whole list: `PATH=[a, b]`.")
}

func keysOf(n *syntax.Node) []string {
	var out []string
	for _, p := range n.Pairs {
		out = append(out, p.Key.Value)
	}
	return out
}
