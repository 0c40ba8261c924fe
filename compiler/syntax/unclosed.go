package syntax

import "strings"

// scan walks over a line and tells what opens and does not close on it: the
// offset of a quote, or of the first bracket, or -1.
func scan(line string) (quote, bracket int) {
	var open []int
	var in byte
	at := 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case in == '"' && c == '\\':
			i++
		case in != 0:
			if c == in {
				in = 0
			}
		case (c == '"' || c == '\'') && startsValue(line[:i]):
			in, at = c, i
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			i = len(line)
		case (c == '[' || c == '{') && (len(open) > 0 || startsValue(line[:i])):
			open = append(open, i)
		case (c == ']' || c == '}') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	quote, bracket = -1, -1
	if in != 0 {
		quote = at
	}
	if len(open) > 0 {
		bracket = open[0]
	}
	return quote, bracket
}

// startsValue tells whether a value may begin after this head of a line.
func startsValue(head string) bool {
	trimmed := strings.TrimRight(head, " \t")
	if trimmed == "" {
		return true
	}
	last := trimmed[len(trimmed)-1]
	return strings.IndexByte("[{,", last) >= 0 || len(trimmed) < len(head) && (last == ':' || last == '-')
}

func unclosedQuote(line string) int   { q, _ := scan(line); return q }
func unclosedBracket(line string) int { _, b := scan(line); return b }
