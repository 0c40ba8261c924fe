package syntax

import "strings"

// cutter walks over a document and its tree side by side. Where the two do not
// fit together it gives up: errCut.
type cutter struct {
	t              *text
	at, start, end int
	// last is the entry that a comment on the same line belongs to; nil at the
	// start of a line.
	last *entry
	// closed are the blocks that ended since the last value, innermost first.
	closed []*block
}

func isBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' }

func (c *cutter) peek() rune {
	if c.at < c.end {
		return c.t.runes[c.at]
	}
	return 0
}

// column counts from the start of the line.
func (c *cutter) column() int {
	i := c.at
	for i > c.start && !isBreak(c.t.runes[i-1]) {
		i--
	}
	return c.at - i
}

// lineBreak steps over a line break.
func (c *cutter) lineBreak() {
	if c.peek() == '\r' && c.at+1 < c.end && c.t.runes[c.at+1] == '\n' {
		c.at++
	}
	c.at++
}

// lineRest reads up to the line break, without space at the end.
func (c *cutter) lineRest() string {
	from := c.at
	for c.at < c.end && !isBreak(c.t.runes[c.at]) {
		c.at++
	}
	return strings.TrimRight(string(c.t.runes[from:c.at]), " \t")
}

// gap steps over space and comments up to the next value. A comment on the line
// of the last entry goes to that entry, the others come back, and so do blank
// lines, one for several.
func (c *cutter) gap() []trivia {
	var out []trivia
	empty := c.last == nil
	for c.at < c.end {
		from := c.at
		for isSpace(c.peek()) {
			c.at++
		}
		switch r := c.peek(); {
		case r == '#' && c.last != nil:
			c.last.comments(string(c.t.runes[from:c.at]), c.lineRest())
		case r == '#':
			column := c.column()
			out = append(out, trivia{c.lineRest(), column})
			empty = false
		case r != 0 && isBreak(r):
			if n := len(out); empty && (n == 0 || !blank(out[n-1])) {
				out = append(out, trivia{})
			}
			c.lineBreak()
			c.last, empty = nil, true
		default:
			return out
		}
	}
	return out
}

// comments adds the comment of the entry's last line. One that came before, as
// behind a key whose value stands on the next line, goes above the entry.
func (e *entry) comments(space, comment string) {
	if e.comment != "" {
		e.gap = append(e.gap, trivia{text: e.comment})
	}
	if space == "" || strings.Contains(space, "\t") {
		space = " "
	}
	e.space, e.comment = space, comment
}

// before steps over the gap above an entry of a block in a column. Comments that
// are indented deeper belong to the end of the block that ended there.
func (c *cutter) before(column int) []trivia {
	gap := c.gap()
	rest := 0
	for i, x := range gap {
		if blank(x) {
			continue
		}
		home := -1
		for j, b := range c.closed {
			// A list may stand in the column of its key.
			if b.column <= x.column && max(b.column, x.column) > column && b.column >= column && (home < 0 || b.column == c.closed[home].column) {
				home = j
			}
		}
		if home < 0 {
			break
		}
		c.closed = c.closed[home:]
		c.closed[0].tail = append(c.closed[0].tail, gap[rest:i+1]...)
		rest = i + 1
	}
	c.closed = nil
	return gap[rest:]
}

// tail steps over what stands below the last value of a document, and gives what
// belongs to the outermost block.
func (c *cutter) tail() []trivia {
	outer := -1
	if n := len(c.closed); n > 0 {
		outer = c.closed[n-1].column
	}
	return c.before(outer)
}

func (c *cutter) document(root *Node) (*value, error) {
	gap := c.gap()
	if root.Kind != Mapping && root.Kind != Sequence || root.Anchor != "" || root.tagged {
		return nil, errCut
	}
	v := &value{node: root}
	if !root.Flow {
		b, err := c.block(root, gap)
		v.block = b
		return v, err
	}
	e := &entry{gap: gap, value: &value{node: root}}
	v.block = &block{entries: []*entry{e}}
	return v, c.piece(e, root, 0)
}

// block cuts a mapping or sequence in block style; gap stands above its first entry.
func (c *cutter) block(n *Node, gap []trivia) (*block, error) {
	b := &block{node: n, column: c.column()}
	size := len(n.Pairs) + len(n.Items)
	for i := range size {
		if i > 0 {
			gap = c.before(b.column)
			if c.last != nil {
				return nil, errCut // two entries on a line
			}
		}
		if c.column() != b.column {
			return nil, errCut
		}
		e := &entry{gap: gap}
		b.entries = append(b.entries, e)
		value := n
		if n.Kind == Mapping {
			if err := c.key(e, n.Pairs[i].Key); err != nil {
				return nil, err
			}
			value = n.Pairs[i].Value
		} else {
			value = n.Items[i]
			if c.peek() != '-' {
				return nil, errCut
			}
			c.at++
		}
		if r := c.peek(); r != 0 && !isSpace(r) && !isBreak(r) && (n.Kind == Sequence || e.key[0] != '"' && e.key[0] != '\'') {
			return nil, errCut
		}
		c.last = e
		if err := c.value(e, value, b.column); err != nil {
			return nil, err
		}
	}
	b.divide()
	c.closed = append(c.closed, b)
	return b, nil
}

// divide finds what stands above the first entry without belonging to it: all up
// to the last blank line.
func (b *block) divide() {
	first := b.entries[0]
	for i := len(first.gap) - 1; i >= 0; i-- {
		if blank(first.gap[i]) {
			b.top, first.gap = first.gap[:i+1], first.gap[i+1:]
			return
		}
	}
}

// key cuts a key and its colon.
func (c *cutter) key(e *entry, key *Node) error {
	if c.at != key.start || key.Alias != "" {
		return errCut
	}
	end := c.leafEnd(key)
	if end <= key.start || end > c.end {
		return errCut
	}
	e.node, e.key = key, string(c.t.runes[key.start:end])
	if e.key == "" || strings.ContainsAny(e.key, "\r\n\u0085\u2028\u2029") {
		return errCut
	}
	c.at = end
	for isSpace(c.peek()) {
		c.at++
	}
	if c.peek() != ':' {
		return errCut
	}
	c.at++
	return nil
}

// value cuts what stands behind a key or dash.
func (c *cutter) value(e *entry, n *Node, around int) error {
	props := n.Alias == "" && (n.Anchor != "" || n.tagged)
	if n.Kind == Scalar && n.Alias == "" && !props && n.Value == "" && n.Type == Null {
		return nil // what comes is about the next entry
	}
	gap := c.gap()
	e.value = &value{node: n}
	if props {
		if c.at != n.start || c.last == nil {
			return errCut
		}
		e.value.props = c.props()
		if n.Kind == Scalar && n.Value == "" && n.Type == Null {
			return nil
		}
		gap = c.gap()
	}
	if (n.Kind == Mapping || n.Kind == Sequence) && !n.Flow && n.Alias == "" {
		if (e.key != "" || props) && c.last != nil {
			return errCut // a block does not begin on the line of its key
		}
		b, err := c.block(n, gap)
		e.value.block = b
		return err
	}
	if c.at != n.from {
		return errCut
	}
	for _, x := range gap {
		if !blank(x) {
			e.gap = append(e.gap, x)
		}
	}
	return c.piece(e, n, around)
}

// props reads anchor and tag.
func (c *cutter) props() string {
	from, to := c.at, c.at
	for r := c.peek(); r == '&' || r == '!'; r = c.peek() {
		c.at++
		for n := c.peek(); n != 0 && !isSpace(n) && !isBreak(n) && (r == '!' || isName(n)); n = c.peek() {
			c.at++
		}
		to = c.at
		for isSpace(c.peek()) {
			c.at++
		}
	}
	c.at = to
	return string(c.t.runes[from:to])
}

// isName tells what the YAML library takes for a character of an anchor.
func isName(r rune) bool {
	return r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// piece cuts a value that is written in one piece.
func (c *cutter) piece(e *entry, n *Node, around int) error {
	e.value.base = around
	c.last = e
	if r := c.peek(); n.Alias == "" && n.Kind == Scalar && (r == '|' || r == '>') {
		if e.comment != "" {
			e.gap = append(e.gap, trivia{text: e.comment})
			e.space, e.comment = "", ""
		}
		p, err := c.literal(n, around)
		e.value.piece = &inline{node: n, leaf: p}
		return err
	}
	var err error
	e.value.piece, err = c.inline(n, false)
	return err
}
