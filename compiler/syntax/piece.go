package syntax

import (
	"bytes"
	"slices"
	"strings"
)

// piece is text that is written line by line at another column than it stood.
type piece struct {
	lines []pieceLine
	// literal tells of a scalar after | or >, whose lines count from their own
	// column: indent columns from the collection around it.
	literal bool
	indent  int
	// keep tells that blank lines below are part of the value.
	keep bool
}

// pieceLine is a line without the space in front of it. The first line of a piece
// stands where the piece stands.
type pieceLine struct {
	// text is bytes, since lines of many values are put together bit by bit.
	text   []byte
	column int
	// within lines begin inside of a text: a blank one is part of its value.
	within bool
	// eol is a line break that is part of the value; empty for those that are not.
	eol string
}

// lines splits at line breaks as YAML knows them.
func splitLines(s string) (lines, eols []string) {
	from := 0
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		if !isBreak(runes[i]) {
			continue
		}
		eol := ""
		if runes[i] == '\u2028' || runes[i] == '\u2029' {
			eol = string(runes[i])
		}
		lines, eols = append(lines, string(runes[from:i])), append(eols, eol)
		if runes[i] == '\r' && i+1 < len(runes) && runes[i+1] == '\n' {
			i++
		}
		from = i + 1
	}
	return append(lines, string(runes[from:])), append(eols, "")
}

// scalar adds a scalar in plain or quoted style. Space in front of its lines is no
// part of the value; space at their end is kept where it is escaped, so all of it is.
func (p *piece) scalar(raw string, quoted bool) {
	lines, eols := splitLines(raw)
	for i, line := range lines {
		text := line
		if i > 0 {
			text = strings.TrimLeft(line, " \t")
		}
		if !quoted && i+1 < len(lines) {
			text = strings.TrimRight(text, " \t")
		}
		p.add(pieceLine{[]byte(text), len([]rune(line)) - len([]rune(strings.TrimLeft(line, " \t"))), true, eols[i]}, i == 0)
	}
}

// space adds what stands between values: space, commas, brackets, comments.
func (p *piece) space(raw string) {
	lines, _ := splitLines(raw)
	for i, line := range lines {
		text := line
		if i > 0 {
			text = strings.TrimLeft(line, " \t")
		}
		if i+1 < len(lines) {
			text = strings.TrimRight(text, " \t")
			if i == 0 && len(p.lines) > 0 {
				// Space at the end of what came before: it is outside of values.
				last := &p.lines[len(p.lines)-1]
				last.text = bytes.TrimRight(append(last.text, text...), " \t")
				text = ""
			}
		}
		column := len([]rune(line)) - len([]rune(strings.TrimLeft(line, " \t")))
		blank := i > 0 && i+1 < len(lines) && text == ""
		if n := len(p.lines); blank && n > 0 && len(p.lines[n-1].text) == 0 && !p.lines[n-1].within {
			continue
		}
		p.add(pieceLine{text: []byte(text), column: column}, i == 0)
	}
}

// add adds a line, or with join goes on with the last one.
func (p *piece) add(l pieceLine, join bool) {
	if n := len(p.lines); join && n > 0 {
		p.lines[n-1].text = append(p.lines[n-1].text, l.text...)
		p.lines[n-1].eol = l.eol
		return
	}
	l.text = slices.Clip(l.text) // it may be a line of another piece
	p.lines = append(p.lines, l)
}

// put goes on with the last line.
func (p *piece) put(text string) { p.add(pieceLine{text: []byte(text)}, true) }

// join adds another piece behind this one.
func (p *piece) join(q *piece) {
	for i, l := range q.lines {
		p.add(l, i == 0)
	}
}

// literal cuts a scalar after | or >; around is the column of the collection that it stands in.
func (c *cutter) literal(n *Node, around int) (*piece, error) {
	header := c.lineRest()
	p := &piece{literal: true, indent: 2}
	style, digit := strings.TrimRight(strings.SplitN(header, " ", 2)[0], " \t"), 0
	style, _, _ = strings.Cut(style, "\t")
	strip := strings.Contains(style, "-")
	p.keep = strings.Contains(style, "+")
	for _, r := range style[1:] {
		switch {
		case r >= '1' && r <= '9':
			digit = int(r - '0')
		case r != '+' && r != '-':
			return nil, errCut
		}
	}
	p.lines = append(p.lines, pieceLine{text: []byte(header)})
	c.last = nil
	if c.at >= c.end {
		return p, nil
	}
	c.lineBreak()
	indent := around + digit
	if digit > 0 {
		p.indent = digit
	} else {
		indent = c.firstIndent()
		if indent <= around {
			// No text: blank lines only.
			if strings.Trim(n.Value, "\n") != "" {
				return nil, errCut
			}
			indent = len(c.t.runes) + 1
		}
	}
	at, open := c.at, 0 // the end of the text, and blank lines that may follow it
	for c.at < c.end {
		from := c.at
		for c.peek() == ' ' && c.at-from < indent {
			c.at++
		}
		spaces := c.at - from
		r := c.peek()
		blank := r == 0 || isBreak(r)
		if !blank && spaces < indent {
			break
		}
		if blank && indent > len(c.t.runes) && spaces > 0 && p.keep {
			return nil, errCut
		}
		text := c.at
		for c.at < c.end && !isBreak(c.t.runes[c.at]) {
			c.at++
		}
		l := pieceLine{text: []byte(string(c.t.runes[text:c.at])), within: true}
		ended := c.at < c.end
		if ended {
			if r := c.peek(); r == '\u2028' || r == '\u2029' {
				l.eol = string(r)
			}
			c.lineBreak()
		}
		if blank {
			if ended {
				open++
				p.lines = append(p.lines, l)
			}
			continue
		}
		p.lines = append(p.lines, l)
		at, open = c.at, 0
		if !ended && !strip {
			// The value does not end with a line break, and the file will.
			p.lines[0].text = []byte(style[:1] + "-" + strings.Trim(style[1:], "+") + header[len(style):])
			p.keep = false
		}
	}
	if !p.keep {
		p.lines = p.lines[:len(p.lines)-open]
		c.at = at
	} else {
		for c.at > c.start && !isBreak(c.t.runes[c.at-1]) {
			c.at--
		}
	}
	return p, nil
}

// firstIndent counts the spaces in front of the first line that is not blank, or -1.
func (c *cutter) firstIndent() int {
	spaces, most := 0, 0
	for i := c.at; i < c.end; i++ {
		switch r := c.t.runes[i]; {
		case r == ' ':
			spaces++
		case isBreak(r):
			most = max(most, spaces)
			spaces = 0
		case spaces < most:
			return -1 // blank lines that reach further than the text
		default:
			return spaces
		}
	}
	return -1
}
