package foreign

import (
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// Patch gives the operations of JSON Patch (RFC 6902) that make to of from; none where
// they are the same. Lists of mappings with a `name` are changed item by item, and
// before an item is touched its name is tested, so that a patch for another list fails
// and does no harm. Other lists are replaced whole.
func Patch(from, to *syntax.Node) []*syntax.Node {
	p := &patch{at: to.Span}
	p.value("", from, to)
	return p.ops
}

type patch struct {
	ops []*syntax.Node
	at  diag.Span
}

func (p *patch) op(op, path string, value *syntax.Node) {
	o := Mapping(p.at)
	Set(o, "op", Text(op, p.at), p.at)
	Set(o, "path", Text(path, p.at), p.at)
	if value != nil {
		Set(o, "value", value, p.at)
	}
	p.ops = append(p.ops, o)
}

var pointer = strings.NewReplacer("~", "~0", "/", "~1")

func (p *patch) value(path string, from, to *syntax.Node) {
	switch {
	case syntax.Same(from, to):
	case from.Kind == syntax.Mapping && to.Kind == syntax.Mapping:
		p.mapping(path, from, to)
	case namedItems(from) && namedItems(to) && sameOrder(from, to):
		p.list(path, from, to)
	default:
		p.op("replace", path, to)
	}
}

func (p *patch) mapping(path string, from, to *syntax.Node) {
	for _, pair := range from.Pairs {
		if to.Get(pair.Key.Value) == nil {
			p.op("remove", path+"/"+pointer.Replace(pair.Key.Value), nil)
		}
	}
	for _, pair := range to.Pairs {
		step := path + "/" + pointer.Replace(pair.Key.Value)
		if before := from.Get(pair.Key.Value); before != nil {
			p.value(step, before, pair.Value)
		} else {
			p.op("add", step, pair.Value)
		}
	}
}

// list changes the items that stay, takes away those that go from the last on, and
// adds those that come from the first on.
func (p *patch) list(path string, from, to *syntax.Node) {
	here := func(i int) string { return path + "/" + strconv.Itoa(i) }
	want := byName(to)
	for i, item := range from.Items {
		if after, stays := want[nameOf(item)]; stays && !syntax.Same(item, after) {
			p.op("test", here(i)+"/name", item.Get("name"))
			p.value(here(i), item, after)
		}
	}
	for i, item := range slices.Backward(from.Items) {
		if want[nameOf(item)] == nil {
			p.op("test", here(i)+"/name", item.Get("name"))
			p.op("remove", here(i), nil)
		}
	}
	have := byName(from)
	for i, item := range to.Items {
		if have[nameOf(item)] == nil {
			p.op("add", here(i), item)
		}
	}
}

func nameOf(n *syntax.Node) string {
	if name := n.Get("name"); name != nil {
		return name.Value
	}
	return ""
}

func byName(list *syntax.Node) map[string]*syntax.Node {
	out := map[string]*syntax.Node{}
	for _, item := range list.Items {
		out[nameOf(item)] = item
	}
	return out
}

// namedItems tells of a list whose items all have names of their own.
func namedItems(n *syntax.Node) bool {
	if n.Kind != syntax.Sequence || len(n.Items) == 0 {
		return false
	}
	for _, item := range n.Items {
		if item.Kind != syntax.Mapping || nameOf(item) == "" {
			return false
		}
	}
	return len(byName(n)) == len(n.Items)
}

// sameOrder tells whether the items that are in both lists come in the same order.
func sameOrder(from, to *syntax.Node) bool {
	names := func(list *syntax.Node, other map[string]*syntax.Node) (out []string) {
		for _, item := range list.Items {
			if other[nameOf(item)] != nil {
				out = append(out, nameOf(item))
			}
		}
		return out
	}
	return slices.Equal(names(from, byName(to)), names(to, byName(from)))
}
