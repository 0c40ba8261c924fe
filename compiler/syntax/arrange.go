package syntax

import "slices"

// unwrapped gives the entry with the only item of its list in the list's place.
func (p *printer) unwrapped(e entry) entry {
	v := e.value
	if v == nil || v.block == nil || v.props != "" || !p.Unwrap[v.node] || len(v.block.entries) != 1 {
		return e
	}
	item := v.block.entries[0]
	if item.value == nil || item.value.block != nil {
		return e
	}
	e.gap = slices.Clone(e.gap)
	if item.comment != "" && e.comment != "" {
		e.gap = append(e.gap, trivia{text: e.comment})
		e.comment = ""
	}
	for _, x := range slices.Concat(v.block.top, item.gap) {
		if !blank(x) {
			e.gap = append(e.gap, x)
		}
	}
	if item.comment != "" {
		e.space, e.comment = item.space, item.comment
	}
	if e.comment != "" && item.value.piece != nil && item.value.piece.leaf != nil && item.value.piece.leaf.literal {
		e.gap = append(e.gap, trivia{text: e.comment})
		e.space, e.comment = "", ""
	}
	e.value = item.value
	e.foot = append(slices.Clone(v.block.tail), e.foot...)
	return e
}

// arranged gives the entries of a block in the order that they will be written in,
// and what stands above the first of them.
func (p *printer) arranged(b *block, root bool) (top []trivia, entries []entry) {
	top = b.top
	for _, e := range b.entries {
		entries = append(entries, p.unwrapped(*e))
	}
	order := p.Order[b.node]
	if order == nil || slices.IsSorted(order) {
		return top, entries
	}
	if first := &entries[0]; root && len(texts(top)) == 0 {
		// A comment above the first key of a document is about the document.
		top, first.gap = append(slices.Clone(top), first.gap...), nil
	}
	for i := 1; i < len(entries); i++ {
		gap := entries[i].gap
		n := slices.IndexFunc(gap, blank)
		if n > 0 {
			entries[i-1].foot = append(entries[i-1].foot, gap[:n+1]...)
			entries[i].gap = gap[n:]
		}
	}
	if order[0] != 0 {
		// No blank line above the first entry: the one that was first gets it.
		first, was := &entries[order[0]], &entries[0]
		if len(first.gap) > 0 && blank(first.gap[0]) {
			first.gap = first.gap[1:]
			was.gap = append([]trivia{{}}, was.gap...)
		}
		if len(first.gap) > 0 && len(texts(top)) > 0 {
			first.gap = append([]trivia{{}}, first.gap...)
		}
	}
	moved := make([]entry, len(entries))
	for i, from := range order {
		moved[i] = entries[from]
	}
	return top, moved
}
