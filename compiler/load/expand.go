package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Bounds for hostile files.
const (
	maxText     = 1 << 20  // bytes of one text that is put together
	maxExpanded = 16 << 20 // bytes of all texts that are put together for a mesh
)

// expander puts values into one mesh.
type expander struct {
	*loader
	vars   map[string]*variable
	order  []*variable
	known  []string
	unsure bool              // there may be variables that could not be read
	said   map[reference]int // findings about references, by their index
	spent  int
	full   bool // that the bound is passed was reported
}

// expand replaces the references in a mesh and takes its variables out. The mesh
// was before until overlays and values of the command line came.
func (l *loader) expand(doc, before *syntax.Document) *syntax.Document {
	e := &expander{loader: l, vars: map[string]*variable{}, unsure: doc.Incomplete}
	root := doc.Root
	if i := find(root, ofMesh, variablesKey); i >= 0 {
		e.declare(root.Pairs[i].Value)
		without := *root
		without.Pairs = slices.Delete(slices.Clone(root.Pairs), i, i+1)
		root = &without
	} else if _, slip := diag.Nearest(variablesKey, keysOf(root)); slip {
		e.unsure = true // the checker says that the key is misspelt
	}
	root = e.tree(root, place{mode: fieldsOf, kind: fields.Mesh})
	e.finish(before)
	return withRoot(doc, root)
}

// tree replaces the references below a node; what has none stays the same node.
func (e *expander) tree(n *syntax.Node, at place) *syntax.Node {
	switch n.Kind {
	case syntax.Scalar:
		out := n
		if n.IsText() && strings.Contains(n.Value, opening) {
			out = e.kept(e.scalar(n, nil), at)
		}
		return e.literal(out, at)
	case syntax.Mapping:
		var pairs []syntax.Pair
		for i, p := range n.Pairs {
			if strings.Contains(p.Key.Value, opening) {
				e.list.Add(diag.ReferenceInKey, p.Key.Span, fmt.Sprintf("`%s` stays as it is: references are replaced in values, not in keys.", p.Key.Value),
					"Write the key out.")
			}
			if value := e.tree(p.Value, at.below(p.Key.Value)); value != p.Value {
				if pairs == nil {
					pairs = slices.Clone(n.Pairs)
				}
				pairs[i].Value = value
			}
		}
		if pairs != nil {
			out := *n
			out.Pairs = pairs
			return &out
		}
	case syntax.Sequence:
		var items []*syntax.Node
		for i, item := range n.Items {
			if value := e.tree(item, at.item()); value != item {
				if items == nil {
					items = slices.Clone(n.Items)
				}
				items[i] = value
			}
		}
		if items != nil {
			out := *n
			out.Items = items
			return &out
		}
	}
	return n
}

// scalar replaces the references in a text. One reference alone gives a value of
// its type; among other text it becomes text. path are the variables that are
// being worked out.
func (e *expander) scalar(n *syntax.Node, path []*variable) *syntax.Node {
	if !n.IsText() || !strings.Contains(n.Value, opening) {
		return n
	}
	parts, problem, hint := split(n.Value)
	if problem != "" {
		e.list.Add(diag.BadReference, n.Span, problem, hint)
		return holeAt(n)
	}
	out := *n
	if len(parts) == 1 && parts[0].ref != nil {
		v := e.lookup(*parts[0].ref, n, path)
		out.Kind, out.Value, out.Type = v.Kind, v.Value, v.Type
		out.From, out.Sensitive, out.Unknown = v.From, v.Sensitive, v.Unknown
		return &out
	}
	if e.full {
		return holeAt(n)
	}
	var text, from strings.Builder
	for _, p := range parts {
		if p.ref == nil {
			text.WriteString(p.text)
			from.WriteString(escape(p.text))
			continue
		}
		v := e.lookup(*p.ref, n, path)
		switch {
		case v.Kind == syntax.Hole && !v.Unknown:
			return holeAt(n)
		case v.Unknown:
			out.Unknown = true
		}
		if v.From != "" && strings.HasSuffix(from.String(), "$") {
			e.list.Add(diag.BadReference, n.Span, fmt.Sprintf("A `$` directly before %s cannot be told from an escape.", v.From), "Put something between the two.")
			return holeAt(n)
		}
		out.Sensitive = out.Sensitive || v.Sensitive
		text.WriteString(v.Value)
		if v.From != "" {
			from.WriteString(v.From)
		} else {
			from.WriteString(escape(v.Value))
		}
		if text.Len() > maxText || from.Len() > maxText {
			e.tooLarge(n)
			return holeAt(n)
		}
	}
	if e.spent += text.Len(); e.spent > maxExpanded {
		e.tooLarge(n)
		return holeAt(n)
	}
	if out.Sensitive || out.Unknown {
		out.From = from.String()
	}
	if out.Unknown {
		return &syntax.Node{Span: n.Span, From: out.From, Unknown: true}
	}
	out.Value = text.String()
	return &out
}

func (e *expander) tooLarge(n *syntax.Node) {
	if !e.full {
		e.list.Add(diag.BadReference, n.Span, fmt.Sprintf("What the references stand for is more than a mesh can hold: %d MiB in one text, or %d MiB in all.", maxText>>20, maxExpanded>>20),
			"Use variables for short texts.")
	}
	e.full = true
}

// escape writes a text so that its `${` is no reference.
func escape(s string) string { return strings.ReplaceAll(s, opening, escaped) }

// lookup gives the value that a reference stands for, or a hole.
func (e *expander) lookup(ref reference, at *syntax.Node, path []*variable) *syntax.Node {
	switch ref.kind {
	case toEnv:
		return e.env(ref, at)
	case toFile:
		return e.file(ref, at)
	}
	v := e.vars[ref.name]
	if v == nil {
		if !e.unsure {
			if e.again(ref, at) {
				return holeAt(at)
			}
			hints := e.nearHint(ref.name, e.names(), fmt.Sprintf("Declare it under `variables:`, or write `${env:%s}` for an environment variable.", ref.name))
			e.list.Add(diag.UnknownVariable, at.Span, fmt.Sprintf("The mesh has no variable `%s`.", ref.name), append(hints, escapeHint)...)
		}
		return holeAt(at)
	}
	v.used = true
	value := e.valueOf(v, path)
	e.origin(at, v)
	return value
}

// maxOrigins bounds how many places a finding tells beside its own.
const maxOrigins = 4

// origin remembers where a value at a place comes from.
func (e *expander) origin(at *syntax.Node, v *variable) {
	if v.given == nil {
		return
	}
	add := func(r diag.Related) {
		if list := e.origins[at.Span]; len(list) < maxOrigins && !slices.Contains(list, r) {
			e.origins[at.Span] = append(list, r)
		}
	}
	add(diag.Related{Span: v.given.Span, Note: fmt.Sprintf("`%s` is given here", v.name)})
	for _, r := range e.origins[v.given.Span] {
		add(r)
	}
}

// names gives the variables' names, made once.
func (e *expander) names() []string {
	if e.known == nil {
		for _, v := range e.order {
			e.known = append(e.known, v.name)
		}
	}
	return e.known
}

// again tells that something is wrong with a reference that was reported before,
// and adds the place to what was said. One remedy serves all.
func (e *expander) again(ref reference, at *syntax.Node) bool {
	i, before := e.said[ref]
	if !before {
		if e.said == nil {
			e.said = map[reference]int{}
		}
		e.said[ref] = len(e.list) // where the finding comes to stand
		return false
	}
	if d := &e.list[i]; len(d.Related) < maxOrigins && d.Span != at.Span {
		d.Relate(at.Span, "and here")
	}
	return true
}
