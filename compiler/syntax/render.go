package syntax

import (
	"slices"
	"strings"
)

// rename puts a new name in the place of the old one, between its quotes.
func (p *printer) rename(key *Node, written string) string {
	name, ok := p.Names[key]
	if !ok {
		return written
	}
	quote := ""
	if last := written[len(written)-1]; last == '"' || last == '\'' {
		quote = string(last)
	}
	props := ""
	if i := strings.LastIndexAny(written, " \t"); i >= 0 && (key.Anchor != "" || key.tagged) {
		props = written[:i+1]
	}
	return props + quote + name + quote
}

// render gives a value's text with the changes in it.
func (p *printer) render(v *inline) *piece {
	if v.leaf != nil && v.props == "" {
		return v.leaf
	}
	out := &piece{}
	out.put(v.props)
	if v.props != "" && !v.unwritten() {
		out.put(" ")
	}
	switch {
	case v.leaf != nil:
		out.join(v.leaf)
		return out
	case v.word != "" || v.unwritten():
		out.put(v.word)
		return out
	}
	// A collection on one line gets the usual space between its items; otherwise
	// all space stays as it is.
	values := make([]*piece, len(v.items))
	canonical := !v.commented && !v.omitted && !broken(v.seps...)
	for i, item := range v.items {
		if item.value != nil {
			values[i] = p.render(item.value)
			canonical = canonical && len(values[i].lines) == 1
		}
		canonical = canonical && !broken(item.colon)
	}
	canonical = canonical || len(v.items) == 0 && !v.commented
	if p.Unwrap[v.node] && !v.commented && v.props == "" && len(values) == 1 && values[0] != nil && len(values[0].lines) == 1 {
		return values[0]
	}
	order := p.Order[v.node]
	if v.commented {
		order = nil
	}
	brackets := [2]string{"[", "]"}
	switch {
	case v.bare:
		brackets = [2]string{}
	case v.node.Kind == Mapping:
		brackets = [2]string{"{", "}"}
	}
	out.put(brackets[0])
	for i := range v.items {
		from := i
		if order != nil {
			from = order[i]
		}
		switch {
		case !canonical:
			out.space(v.seps[i])
		case i > 0:
			out.put(", ")
		}
		if v.node.Kind == Mapping {
			colon := v.items[from].colon
			if canonical {
				colon = ": "
			}
			out.put(p.rename(v.node.Pairs[from].Key, v.items[from].key))
			out.space(colon)
		}
		if values[from] != nil {
			out.join(values[from])
		}
	}
	if !canonical && !v.bare {
		out.space(v.seps[len(v.items)])
	}
	out.put(brackets[1])
	return out
}

// broken tells whether there is a line break in what stands between values.
func broken(between ...string) bool {
	return slices.ContainsFunc(between, func(s string) bool { return strings.IndexFunc(s, isBreak) >= 0 })
}
