package syntax

import "strings"

// Comments gives the texts of all comments, in the order of the file. The text of
// a document that could not be cut counts as one.
func (l *Layout) Comments() []string {
	var out []string
	for _, x := range l.parts {
		out = append(out, texts(x.lead)...)
		if i := strings.Index(x.mark, " #"); i >= 0 {
			out = append(out, x.mark[i+1:])
		}
		if strings.TrimSpace(x.raw) != "" {
			out = append(out, strings.TrimRight(x.raw, "\r\n"))
		}
		if x.root != nil {
			out = x.root.comments(out)
		}
	}
	return out
}

func texts(list []trivia) (out []string) {
	for _, x := range list {
		if !blank(x) {
			out = append(out, x.text)
		}
	}
	return out
}

func (v *value) comments(out []string) []string {
	if v == nil {
		return out
	}
	if v.piece != nil {
		return v.piece.comments(out)
	}
	if v.block == nil {
		return out
	}
	out = append(out, texts(v.block.top)...)
	for _, e := range v.block.entries {
		out = append(out, texts(e.gap)...)
		out = e.value.comments(out)
		if e.comment != "" {
			out = append(out, e.comment)
		}
	}
	return append(out, texts(v.block.tail)...)
}

func (v *inline) comments(out []string) []string {
	if v.leaf != nil && v.leaf.literal {
		if header := string(v.leaf.lines[0].text); strings.Contains(header, "#") {
			out = append(out, header[strings.IndexByte(header, '#'):])
		}
	}
	between := func(s string) {
		lines, _ := splitLines(s)
		for _, line := range lines {
			if i := strings.IndexByte(line, '#'); i >= 0 {
				out = append(out, strings.TrimRight(line[i:], " \t"))
			}
		}
	}
	for i, sep := range v.seps {
		between(sep)
		if i < len(v.items) {
			between(v.items[i].colon)
			if v.items[i].value != nil {
				out = v.items[i].value.comments(out)
			}
		}
	}
	return out
}
