package syntax

import "strings"

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
	out := &piece{}
	if v.leaf != nil && v.props == "" {
		return v.leaf
	}
	if v.props != "" {
		out.add(pieceLine{text: v.props}, true)
		if v.leaf == nil && v.items == nil && len(v.seps) == 0 {
			return out
		}
		out.add(pieceLine{text: " "}, true)
	}
	if v.leaf != nil {
		out.join(v.leaf)
		return out
	}
	if p.Unwrap[v.node] && !v.broken && v.props == "" && len(v.items) == 1 && v.items[0].value != nil {
		return p.render(v.items[0].value)
	}
	brackets := "[]"
	if v.node.Kind == Mapping {
		brackets = "{}"
	}
	canonical := !v.broken && !v.omitted
	order := p.Order[v.node]
	if v.commented {
		order = nil
	}
	if !v.bare {
		out.add(pieceLine{text: brackets[:1]}, true)
	}
	for i := range v.items {
		item, key := v.items[i], i
		if order != nil {
			item, key = v.items[order[i]], order[i]
		}
		switch {
		case !canonical:
			out.space(v.seps[i])
		case i > 0:
			out.add(pieceLine{text: ", "}, true)
		}
		if v.node.Kind == Mapping {
			out.add(pieceLine{text: p.rename(v.node.Pairs[key].Key, item.key)}, true)
			if canonical {
				out.add(pieceLine{text: ": "}, true)
			} else {
				out.space(item.colon)
			}
		}
		if item.value != nil {
			out.join(p.render(item.value))
		}
	}
	if !v.bare {
		if !canonical {
			out.space(v.seps[len(v.items)])
		}
		out.add(pieceLine{text: brackets[1:]}, true)
	}
	return out
}
