package syntax

import "strings"

// inline is a value in one piece: a scalar, an alias or a collection in brackets.
type inline struct {
	node  *Node
	props string
	// word is a scalar or alias on one line, leaf one on several lines.
	word string
	leaf *piece
	// bare tells of a pair in a list without brackets of its own: [a: b].
	bare  bool
	items []flowItem
	// seps stand before, between and behind the items.
	seps []string
	// commented tells of comments within, omitted of values that are not written.
	commented, omitted bool
}

// flowItem is an item of a collection in brackets; key and colon are empty in lists.
type flowItem struct {
	key, colon string
	value      *inline // nil where nothing is written
}

// inline cuts a value from its first character on; with props, from its anchor or tag on.
func (c *cutter) inline(n *Node, props bool) (*inline, error) {
	v := &inline{node: n}
	if props {
		v.props = c.props()
		if n.Kind == Scalar && n.Value == "" && n.Type == Null {
			return v, nil
		}
		for isSpace(c.peek()) {
			c.at++
		}
		if c.at != n.from {
			return nil, errCut
		}
	}
	if n.Kind == Scalar || n.Alias != "" {
		start := c.at
		end := c.leafEnd(n)
		if end <= start || end > c.end {
			return nil, errCut
		}
		quoted := n.Alias == "" && (c.peek() == '"' || c.peek() == '\'')
		c.at = end
		v.word = string(c.t.runes[start:end])
		if broken(v.word) {
			v.leaf = &piece{}
			v.leaf.scalar(v.word, quoted)
			v.word = ""
		}
		return v, nil
	}
	if !n.Flow {
		return nil, errCut
	}
	return v, c.collection(v)
}

// collection cuts what stands in brackets.
func (c *cutter) collection(v *inline) error {
	n := v.node
	closing := ']'
	if n.Kind == Mapping {
		closing = '}'
	}
	switch r := c.peek(); {
	case r == '[' && closing == ']', r == '{' && closing == '}':
		c.at++
	case closing == '}' && len(n.Pairs) == 1:
		v.bare = true
	default:
		return errCut
	}
	for i := range len(n.Pairs) + len(n.Items) {
		sep := ""
		if !v.bare {
			sep = c.separator(v)
		}
		if strings.Contains(sep, ",") != (i > 0) {
			return errCut
		}
		v.seps = append(v.seps, sep)
		item, child := flowItem{}, (*Node)(nil)
		if n.Kind == Mapping {
			key := n.Pairs[i].Key
			end := c.leafEnd(key)
			if c.at != key.start || key.Alias != "" || end > c.end || end <= c.at {
				return errCut
			}
			item.key = string(c.t.runes[c.at:end])
			c.at = end
			child = n.Pairs[i].Value
		} else {
			child = n.Items[i]
		}
		props := child.Alias == "" && (child.Anchor != "" || child.tagged)
		written := props || child.Alias != "" || child.Kind != Scalar || child.Value != "" || child.Type != Null
		if n.Kind == Mapping {
			item.colon = c.colon(v)
			if written && !strings.Contains(item.colon, ":") {
				return errCut
			}
		}
		if written {
			if c.at != child.start && c.at != child.from {
				return errCut
			}
			value, err := c.inline(child, props)
			if err != nil {
				return err
			}
			item.value = value
			v.commented = v.commented || value.commented
			v.omitted = v.omitted || value.unwritten()
		} else {
			v.omitted = true
		}
		v.items = append(v.items, item)
	}
	if v.bare {
		if v.omitted {
			return errCut
		}
		return nil
	}
	v.seps = append(v.seps, c.separator(v))
	if c.peek() != closing {
		return errCut
	}
	c.at++
	return nil
}

// separator reads space, comments and at most one comma.
func (c *cutter) separator(v *inline) string {
	return c.between(v, ',')
}

// colon reads what stands between a key and its value. Where no value is
// written, space at the end is left for the separator.
func (c *cutter) colon(v *inline) string {
	at := c.at
	s := c.between(v, ':')
	if !strings.Contains(s, ":") {
		c.at = at
		return ""
	}
	return s
}

func (c *cutter) between(v *inline, mark rune) string {
	from := c.at
	seen := false
	for c.at < c.end {
		r := c.peek()
		switch {
		case isSpace(r) || isBreak(r):
			c.at++
		case r == '#':
			v.commented = true
			c.lineRest()
		case r == mark && !seen:
			seen = true
			c.at++
		default:
			return string(c.t.runes[from:c.at])
		}
	}
	return string(c.t.runes[from:c.at])
}

// leafEnd finds the end of a scalar, key or alias that is not in block style.
func (c *cutter) leafEnd(n *Node) int {
	if n.Alias != "" {
		return n.to
	}
	at := n.from
	if at >= len(c.t.runes) {
		return at
	}
	if r := c.t.runes[at]; (r == '"' || r == '\'') && n.from < n.to {
		return c.t.quotedEnd(at)
	}
	end := at
	for _, r := range n.Value {
		if isSpace(r) || isBreak(r) {
			continue
		}
		for at < c.end && (isSpace(c.t.runes[at]) || isBreak(c.t.runes[at])) {
			at++
		}
		if at >= c.end || c.t.runes[at] != r {
			return -1
		}
		at++
		end = at
	}
	return end
}

// unwritten tells of a value of which only an anchor or tag is written.
func (v *inline) unwritten() bool {
	return v.leaf == nil && v.word == "" && v.seps == nil
}
