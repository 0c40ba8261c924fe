package syntax

import (
	"errors"
	"strings"
)

// Layout is a file cut into pieces that can be put together in another order:
// keys, values as they are written, comments and blank lines. It is what [Parse]
// leaves out, so that a file can be written anew without touching how its author
// spelled, quoted and folded the values.
type Layout struct {
	eol   string // how lines end
	parts []part
}

// part is a document, what stands before the first one, or a line between two.
type part struct {
	mark string   // a line with `---` or `...`, or a directive
	lead []trivia // comments and blank lines of a part without values
	root *value   // nil without values
	raw  string   // kept as it is: it could not be cut
}

// trivia is a comment on a line of its own, or a blank line.
type trivia struct {
	text   string // with its `#`; empty for a blank line
	column int
}

func blank(x trivia) bool { return x.text == "" }

// block is a mapping or sequence in block style.
type block struct {
	node    *Node
	column  int
	entries []*entry
	top     []trivia // stands above the first entry, whichever that is
	tail    []trivia // stands below the last entry, whichever that is
}

// entry is a pair of a mapping or an item of a sequence.
type entry struct {
	gap   []trivia // above: goes where the entry goes
	foot  []trivia // below: goes where the entry goes
	node  *Node    // the key
	key   string   // as written, with an anchor if it has one; empty for items
	value *value   // nil where nothing is written
	// space and comment end the line of the key, or the last line of a value in one piece.
	space, comment string
}

// value is what stands behind a key or dash.
type value struct {
	node  *Node
	props string  // anchor and tag
	block *block  // nil for what is written in one piece
	piece *inline // nil for blocks, and where only props are written
	base  int     // the column of the collection around
}

// errCut says that a document is written in a way that cutting does not know.
var errCut = errors.New("cannot be cut")

// Lay cuts the text of a file into pieces. Docs are what [Parse] gave for the same
// data, without errors. A document that is written in a way that it does not know,
// such as with keys after `?`, is taken as one piece.
func Lay(data []byte, docs []*Document) *Layout {
	t := newText("", string(data))
	l := &Layout{eol: "\n"}
	if len(t.breaks) > 1 && t.breaks[1] >= 2 && t.runes[t.breaks[1]-2] == '\r' {
		l.eol = "\r\n"
	}
	roots := make([]*Node, 0, len(docs))
	for _, d := range docs {
		if d.Root != nil {
			roots = append(roots, d.Root)
		}
	}
	for _, s := range t.segments() {
		if s.mark != "" {
			l.parts = append(l.parts, part{mark: s.mark})
		}
		var root *Node
		if len(roots) > 0 && roots[0].start < s.to {
			root, roots = roots[0], roots[1:]
		}
		l.parts = append(l.parts, t.part(s, root))
	}
	return l
}

// segment is a stretch without document marks, and the mark above it.
type segment struct {
	mark     string
	from, to int
}

// segments splits the text at document marks and directives, which always begin a line.
func (t *text) segments() []segment {
	var out []segment
	now := segment{}
	seen := false // a value since the last mark: then `%` begins no directive
	for i, from := range t.breaks {
		to := len(t.runes)
		if i+1 < len(t.breaks) {
			to = t.breaks[i+1]
		}
		line := strings.TrimRight(string(t.runes[from:to]), " \t\r\n\u0085\u2028\u2029")
		directive := !seen && strings.HasPrefix(line, "%")
		if !directive && !isMark(line) {
			seen = seen || line != "" && strings.TrimLeft(line, " \t")[0] != '#'
			continue
		}
		now.to = from
		out = append(out, now)
		now = segment{mark: line, from: to}
		seen = false
	}
	now.to = len(t.runes)
	return append(out, now)
}

func isMark(line string) bool {
	for _, m := range []string{"---", "..."} {
		if rest, ok := strings.CutPrefix(line, m); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			return true
		}
	}
	return false
}

// part cuts one segment.
func (t *text) part(s segment, root *Node) part {
	raw := part{raw: string(t.runes[s.from:s.to])}
	c := &cutter{t: t, at: s.from, start: s.from, end: s.to}
	if root == nil {
		lead := c.gap()
		if c.at < c.end {
			return raw
		}
		return part{lead: lead}
	}
	if root.start < s.from {
		return raw // it stands on the line of the mark
	}
	v, err := c.document(root)
	if err != nil {
		return raw
	}
	v.block.tail = append(v.block.tail, c.tail()...)
	if c.at < c.end {
		return raw
	}
	return part{root: v}
}
