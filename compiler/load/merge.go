package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// patch is the key that says what else than merging is meant, as in kustomize's
// strategic merge patches: `$patch: delete` and `$patch: replace`.
const patch = "$patch"

const (
	patchDelete  = "delete"
	patchReplace = "replace"
)

// merger lays one overlay over one mesh.
type merger struct{ *loader }

// mapping merges two mappings: entries of the overlay are merged into those of
// the base, added, or take them away. top tells that it is the mesh itself, whose
// lists are merged by name.
func (m *merger) mapping(base, over *syntax.Node, k keys, top bool) *syntax.Node {
	out := *base
	out.Pairs = slices.Clone(base.Pairs)
	at := make(map[string]int, len(base.Pairs))
	for i, p := range slices.Backward(base.Pairs) {
		at[k.canonical(p.Key.Value)] = i
	}
	for _, p := range over.Pairs {
		i, there := at[k.canonical(p.Key.Value)]
		gone := p.Value.IsNull() || m.patchOf(p.Value) == patchDelete
		switch {
		case p.Key.Value == patch: // the caller looked at it
		case p.Value.Kind == syntax.Hole:
		case p.Value.IsNull() && p.Value.Value == "":
			m.list.Add(diag.BadOverlay, p.Key.Span, fmt.Sprintf("`%s` has no value in the overlay, so it is not clear what is meant.", p.Key.Value),
				fmt.Sprintf("Give a value, write `%s: null` to take the key away, or remove the line.", p.Key.Value))
		case gone && !there:
			m.list.Add(diag.BadOverlay, p.Key.Span, fmt.Sprintf("There is no `%s` to take away here.", p.Key.Value),
				"Remove the line, or mend the key.").Relate(firstLine(base), "merged with this")
		case gone:
			out.Pairs[i] = syntax.Pair{}
		case !there:
			out.Pairs = append(out.Pairs, syntax.Pair{Key: p.Key, Value: m.added(p.Value, top && byName(p.Key.Value))})
		default:
			out.Pairs[i] = m.entry(base.Pairs[i], p, k.below(p.Key.Value), top && byName(p.Key.Value))
		}
	}
	out.Pairs = slices.DeleteFunc(out.Pairs, func(p syntax.Pair) bool { return p.Key == nil })
	return &out
}

// entry merges one entry into another of the same field; named tells that lists
// in it are merged by name.
func (m *merger) entry(base, over syntax.Pair, k keys, named bool) syntax.Pair {
	switch {
	case over.Value.Kind == syntax.Mapping && base.Value.Kind == syntax.Mapping && m.patchOf(over.Value) != patchReplace:
		return syntax.Pair{Key: base.Key, Value: m.mapping(base.Value, over.Value, k, false)}
	case named && over.Value.Kind == syntax.Sequence && base.Value.Kind == syntax.Sequence:
		return syntax.Pair{Key: base.Key, Value: m.items(base.Value, over.Value, entryKeys(over.Key.Value))}
	}
	return syntax.Pair{Key: over.Key, Value: m.added(over.Value, named)}
}

// added gives a value of the overlay that is not merged with anything.
func (m *merger) added(n *syntax.Node, named bool) *syntax.Node {
	if named && n.Kind == syntax.Sequence {
		return m.items(&syntax.Node{Kind: syntax.Sequence, Span: n.Span, Flow: n.Flow}, n, keys{})
	}
	return without(n, patch)
}

// items merges lists of things with names. New ones come behind the others.
func (m *merger) items(base, over *syntax.Node, k keys) *syntax.Node {
	out := *base
	out.Items = slices.Clone(base.Items)
	at := make(map[string]int, len(base.Items))
	for i, item := range base.Items {
		if name := nameOf(item); name != "" {
			if _, twice := at[name]; !twice {
				at[name] = i
			}
		}
	}
	known := namesIn(base)
	seen := map[string]*syntax.Node{}
	gone := map[int]bool{}
	for _, item := range over.Items {
		name := nameOf(item)
		if item.Kind == syntax.Hole {
			continue
		}
		if name == "" {
			m.list.Add(diag.BadOverlay, firstLine(item), "The entry has no name, so nothing says which one of the mesh it is about.",
				"Add `name:` to it.")
			continue
		}
		if before := seen[name]; before != nil {
			m.list.Add(diag.BadOverlay, item.Get("name").Span, fmt.Sprintf("`%s` stands twice in the overlay.", name),
				"Write what it changes in one entry.").Relate(before.Get("name").Span, "first given here")
			continue
		}
		seen[name] = item
		i, there := at[name]
		how := m.patchOf(item)
		switch {
		case !there && how != "":
			m.list.Add(diag.BadOverlay, item.Get("name").Span, fmt.Sprintf("There is no `%s` to %s.", name, how), m.nearHint(name, known, "Remove the entry, or mend its name.")...).
				Relate(firstLine(base), "merged with this")
		case !there:
			m.newItem(item, name, known)
			out.Items = append(out.Items, item)
		case how == patchDelete:
			gone[i] = true
		case how == patchReplace:
			out.Items[i] = without(item, patch)
		default:
			// The name is where the mesh file has it: it says which entry is meant.
			out.Items[i] = m.mapping(out.Items[i], without(item, "name"), k, false)
		}
	}
	if len(gone) > 0 {
		for i := range gone {
			out.Items[i] = nil
		}
		out.Items = slices.DeleteFunc(out.Items, func(item *syntax.Node) bool { return item == nil })
	}
	return &out
}

// newItem warns of a new name that may be a slip for one that is there.
func (m *merger) newItem(item *syntax.Node, name string, known []string) {
	near := m.near(name, known)
	if near == "" || near == name || withoutDigits(near) == withoutDigits(name) {
		return
	}
	m.list.Add(diag.NewInOverlay, item.Get("name").Span, fmt.Sprintf("The mesh has no `%s`, so the overlay adds it.", name),
		fmt.Sprintf("If `%s` is meant, mend the name; if not, say so by a comment `# meshc:ignore %s` with the reason.", near, diag.NewInOverlay))
}

// withoutDigits makes the names of a numbered family equal: words1 and words2.
func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return '0'
		}
		return r
	}, s)
}

// patchOf gives what a mapping's `$patch` says: delete, replace, or "".
func (m *merger) patchOf(n *syntax.Node) string {
	if n.Kind != syntax.Mapping {
		return ""
	}
	p := n.Pair(patch)
	if p == nil {
		return ""
	}
	if v := p.Value; v.IsText() && (v.Value == patchDelete || v.Value == patchReplace) {
		return v.Value
	}
	m.list.Add(diag.BadOverlay, p.Key.Span, "`$patch` takes `delete` or `replace`.",
		"Remove the key if merging is meant.")
	return ""
}

// without gives a mapping without one of its keys.
func without(n *syntax.Node, key string) *syntax.Node {
	if n.Kind != syntax.Mapping || n.Pair(key) == nil {
		return n
	}
	out := *n
	out.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(p syntax.Pair) bool { return p.Key.Value == key })
	return &out
}

// firstLine gives a place on one line that stands for a value.
func firstLine(n *syntax.Node) diag.Span {
	switch {
	case n.Span.Start.Line == n.Span.End.Line:
	case n.Kind == syntax.Mapping && len(n.Pairs) > 0 && !n.Flow:
		return n.Pairs[0].Key.Span
	case n.Kind == syntax.Sequence && len(n.Items) > 0 && !n.Flow:
		return firstLine(n.Items[0])
	}
	return n.Span
}
