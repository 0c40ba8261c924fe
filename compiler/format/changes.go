package format

import (
	"cmp"
	"slices"
	"sync"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// changes decides what is to be written otherwise than it was.
func changes(docs []*syntax.Document) syntax.Changes {
	p := planner{
		Changes: syntax.Changes{Order: map[*syntax.Node][]int{}, Names: map[*syntax.Node]string{}, Unwrap: map[*syntax.Node]bool{}},
		shared:  map[*syntax.Node]bool{},
	}
	for _, d := range docs {
		if d.Root == nil {
			continue
		}
		in := scopeOf(d.Root)
		p.anchors = map[string]anchored{}
		p.look(d.Root, in)
		p.visit(d.Root, in, true)
	}
	return p.Changes
}

type planner struct {
	syntax.Changes
	// anchors are the values that aliases can name.
	anchors map[string]anchored
	// shared are values that are used as different things: what is an alias of a
	// field in one place is a key of the user's in another.
	shared map[*syntax.Node]bool
}

type anchored struct {
	node *syntax.Node
	in   scope
}

// look finds the values that are shared. It meets anchors and aliases in the order
// of the file, as readers do.
func (p *planner) look(n *syntax.Node, in scope) {
	if n.Alias != "" {
		if a, ok := p.anchors[n.Alias]; ok && a.in != in {
			p.shared[a.node] = true
		}
		return
	}
	for _, pair := range n.Pairs {
		p.look(pair.Key, scope{})
		p.look(pair.Value, in.below(pair.Key.Value))
	}
	for _, item := range n.Items {
		p.look(item, in.item())
	}
	if n.Anchor != "" {
		p.anchors[n.Anchor] = anchored{n, in}
	}
}

// visit plans for a value and all below; spell tells whether names may change.
func (p *planner) visit(n *syntax.Node, in scope, spell bool) {
	if n.Alias != "" {
		return
	}
	spell = spell && !p.shared[n]
	if in.keys != "" && n.Kind == syntax.Mapping {
		if spell {
			p.names(n, in.keys)
		}
		p.order(n, in.keys)
	}
	if item := n.Items; spell && in.one && len(item) == 1 && n.Anchor == "" && item[0].IsText() {
		p.Unwrap[n] = true
	}
	for _, pair := range n.Pairs {
		p.visit(pair.Value, in.below(pair.Key.Value), spell)
	}
	for _, item := range n.Items {
		p.visit(item, in.item(), spell)
	}
}

// names gives keys Pulsar's own names. Where one field stands in two spellings,
// which is an error, both stay.
func (p *planner) names(n *syntax.Node, kind fields.Kind) {
	count := map[string]int{}
	for _, pair := range n.Pairs {
		if f, ok := fields.Lookup(kind, pair.Key.Value); ok {
			count[f.Name]++
		}
	}
	for _, pair := range n.Pairs {
		if f, ok := fields.Lookup(kind, pair.Key.Value); ok && f.Name != pair.Key.Value && count[f.Name] == 1 {
			p.Names[pair.Key] = f.Name
		}
	}
}

// order puts keys into the order of the table; unknown ones come last, in their order.
func (p *planner) order(n *syntax.Node, kind fields.Kind) {
	ranks := ranksOf(kind)
	rank := func(i int) int {
		if r, ok := ranks[n.Pairs[i].Key.Value]; ok {
			return r
		}
		return len(ranks)
	}
	order := make([]int, len(n.Pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	if !slices.IsSorted(order) && keepsAnchors(n, order) {
		p.Order[n] = order
	}
}

// keepsAnchors tells whether entries with an anchor or alias of one name stay in
// their order: an alias stands for the last anchor above it.
func keepsAnchors(n *syntax.Node, order []int) bool {
	last := map[string]int{}
	for _, i := range order {
		names := map[string]bool{}
		anchorNames(n.Pairs[i].Key, names)
		anchorNames(n.Pairs[i].Value, names)
		for name := range names {
			if before, ok := last[name]; ok && before > i {
				return false
			}
			last[name] = i
		}
	}
	return true
}

func anchorNames(n *syntax.Node, names map[string]bool) {
	if n.Alias != "" {
		names[n.Alias] = true
		return
	}
	if n.Anchor != "" {
		names[n.Anchor] = true
	}
	for _, pair := range n.Pairs {
		anchorNames(pair.Key, names)
		anchorNames(pair.Value, names)
	}
	for _, item := range n.Items {
		anchorNames(item, names)
	}
}

// ranksOf gives the place of each spelling in the table's order of a kind.
func ranksOf(kind fields.Kind) map[string]int {
	if r, ok := ranks.Load(kind); ok {
		return r.(map[string]int)
	}
	r := map[string]int{}
	for i, f := range fields.Of(kind) {
		for _, spelling := range append([]string{f.Name}, f.Aliases...) {
			r[spelling] = i
		}
	}
	ranks.Store(kind, r)
	return r
}

var ranks sync.Map
