package syntax

import (
	"slices"
	"strings"
)

// Changes say what is to be different when a file is written anew. Nodes are those
// of the documents that the layout was made with.
type Changes struct {
	// Order gives for a mapping the indexes of its pairs as they will stand.
	Order map[*Node][]int
	// Names are new names for keys; quotes stay.
	Names map[*Node]string
	// Unwrap are lists of one that are written as their only item.
	Unwrap map[*Node]bool
}

// Print writes the file: blocks are indented by two columns, lists too where they
// stand in a mapping; there is one space behind a dash or colon, one blank line at
// most in a row, no space at the end of lines and a line break at the end of the
// file. How values are quoted and folded, comments, and how lines end stays.
//
// A comment directly above a key or item goes where it goes, and so does one
// directly below followed by a blank line. What stands above the first key of a
// document, or at the end of a block, stays there.
func (l *Layout) Print(ch Changes) []byte {
	p := &printer{Changes: ch, eol: l.eol}
	for _, x := range l.parts {
		if x.mark != "" {
			p.line(0, x.mark)
		}
		p.trivia(0, x.lead)
		if x.raw != "" {
			p.raw(x.raw)
		}
		if x.root != nil {
			p.block(x.root.block, 0, false, true)
		}
	}
	return []byte(p.b.String())
}

type printer struct {
	Changes
	b   strings.Builder
	eol string
	// pending is a blank line that is written before the next line.
	pending bool
	// kept tells that the last line ends a text that blank lines would go on.
	kept bool
	// lead are dashes that the next line begins with.
	lead string
}

// line writes a line of its own.
func (p *printer) line(column int, text string) {
	p.first(column, text)
	p.end("")
}

// first writes a line but for its end.
func (p *printer) first(column int, text string) {
	if p.pending && !p.kept && p.b.Len() > 0 {
		p.b.WriteString(p.eol)
	}
	p.pending, p.kept = false, false
	if p.lead == "" {
		p.lead = strings.Repeat(" ", column)
	}
	p.b.WriteString(p.lead + text)
	p.lead = ""
}

// within writes a further line of a piece.
func (p *printer) within(column int, text []byte, eol string) {
	if len(text) > 0 {
		p.b.WriteString(strings.Repeat(" ", column))
		p.b.Write(text)
	}
	p.end(eol)
}

func (p *printer) end(eol string) {
	if eol == "" {
		eol = p.eol
	}
	p.b.WriteString(eol)
}

func (p *printer) trivia(column int, list []trivia) {
	for _, x := range list {
		if blank(x) {
			p.pending = true
			continue
		}
		p.line(column, x.text)
	}
}

// raw writes a document as it is.
func (p *printer) raw(s string) {
	if p.pending && !p.kept && p.b.Len() > 0 {
		p.b.WriteString(p.eol)
	}
	p.pending, p.kept = false, false
	p.b.WriteString(s)
}

// block writes a block at a column. What stands above its first entry was written
// already if the block begins on the line of a dash.
func (p *printer) block(b *block, column int, begun, root bool) {
	top, entries := p.arranged(b, root)
	if !begun {
		p.trivia(column, top)
	}
	for i, e := range entries {
		p.entry(b, e, column, begun && i == 0)
	}
	p.trivia(column, b.tail)
}

func (p *printer) entry(b *block, e entry, column int, begun bool) {
	if !begun {
		p.trivia(column, e.gap)
	}
	text := "-"
	switch {
	case b.node == nil:
		text = "" // a collection in brackets at the root
	case e.key != "":
		text = p.name(b, e) + ":"
	}
	v := e.value
	switch {
	case v == nil:
		p.line(column, text+e.space+e.comment)
	case compact(e):
		if !begun {
			p.trivia(column, p.above(e))
		}
		if p.lead == "" {
			p.lead = strings.Repeat(" ", column)
		}
		p.lead += "- "
		p.block(v.block, column+2, true, false)
	case v.block != nil:
		if v.props != "" {
			text += " " + v.props
		}
		p.line(column, text+e.space+e.comment)
		p.block(v.block, column+2, false, false)
	default:
		p.value(text, v, e.space+e.comment, column)
	}
	p.trivia(column, e.foot)
}

// compact tells of items whose block begins on the line of the dash.
func compact(e entry) bool {
	return e.key == "" && e.value != nil && e.value.block != nil && e.value.props == ""
}

// above gives what has to be written above the dash of a compact item.
func (p *printer) above(e entry) []trivia {
	var out []trivia
	if e.comment != "" {
		out = append(out, trivia{text: e.comment})
	}
	top, entries := p.arranged(e.value.block, false)
	out = append(append(out, top...), entries[0].gap...)
	for len(out) > 0 && blank(out[0]) {
		out = out[1:]
	}
	for len(out) > 0 && blank(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	if compact(entries[0]) {
		out = append(out, p.above(entries[0])...)
	}
	return out
}

// name gives the key as it will be written.
func (p *printer) name(b *block, e entry) string {
	if b.node.Kind != Mapping {
		return e.key
	}
	return p.rename(e.node, e.key)
}

// value writes a value in one piece behind a key or dash.
func (p *printer) value(text string, v *value, comment string, column int) {
	join := func(more string) {
		if text != "" {
			text += " "
		}
		text += more
	}
	if v.props != "" {
		join(v.props)
	}
	if v.piece == nil {
		p.line(column, text+comment)
		return
	}
	q := p.render(v.piece)
	join(string(q.lines[0].text))
	last := len(q.lines) - 1
	if last == 0 {
		p.line(column, text+comment)
		p.kept = q.keep
		return
	}
	p.first(column, text)
	p.end(q.lines[0].eol)
	by := column - v.base
	if q.literal {
		by = column + q.indent
	}
	for i, l := range q.lines[1:] {
		if i+1 == last {
			l.text = append(slices.Clip(l.text), comment...)
		}
		// In brackets, lines may stand left of what is around, but what was no mark
		// of a document must not become one.
		p.within(max(l.column+by, min(l.column, 1)), l.text, l.eol)
	}
	p.kept = q.keep
}
