package artifact

import "strings"

// pyLine is one logical line of Python: joined over brackets and backslashes,
// without comments, each string literal shrunk to "".
type pyLine struct {
	indent int
	text   string
}

// pyLines splits a module into its logical lines as the Python reference (2.1,
// lexical analysis) describes, but forgives what the language does not: ok is
// false where the text ends within a string or a bracket.
func pyLines(src string) (lines []pyLine, ok bool) {
	s := &pyScanner{src: strings.TrimPrefix(src, "\ufeff")}
	for s.pos < len(s.src) {
		s.line()
	}
	return s.lines, !s.broken
}

type pyScanner struct {
	src    string
	pos    int
	lines  []pyLine
	broken bool
}

// line reads one logical line.
func (s *pyScanner) line() {
	indent := 0
	for ; s.pos < len(s.src); s.pos++ {
		switch s.src[s.pos] {
		case ' ':
			indent++
			continue
		case '\t':
			indent += 8 - indent%8
			continue
		case '\f':
			indent = 0
			continue
		}
		break
	}
	var b strings.Builder
	depth := 0
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '#':
			for s.pos < len(s.src) && s.src[s.pos] != '\n' && s.src[s.pos] != '\r' {
				s.pos++
			}
			continue
		case c == '\n' || c == '\r':
			s.newline()
			if depth <= 0 {
				s.add(indent, b.String())
				return
			}
			b.WriteByte(' ')
			continue
		case c == '\\' && s.pos+1 < len(s.src) && (s.src[s.pos+1] == '\n' || s.src[s.pos+1] == '\r'):
			s.pos++
			s.newline()
			b.WriteByte(' ')
			continue
		case c == '"' || c == '\'':
			s.str(c)
			b.WriteString(`""`)
			continue
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		}
		b.WriteByte(c)
		s.pos++
	}
	s.broken = s.broken || depth > 0
	s.add(indent, b.String())
}

func (s *pyScanner) add(indent int, text string) {
	if text = strings.TrimSpace(text); text != "" {
		s.lines = append(s.lines, pyLine{indent, text})
	}
}

func (s *pyScanner) newline() {
	if s.src[s.pos] == '\r' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '\n' {
		s.pos++
	}
	s.pos++
}

// str passes over a string literal, whose prefix counts as part of the text before.
func (s *pyScanner) str(quote byte) {
	long := strings.Repeat(string(quote), 3)
	if strings.HasPrefix(s.src[s.pos:], long) {
		s.pos += 3
		for s.pos < len(s.src) {
			switch {
			case s.src[s.pos] == '\\':
				s.pos++
			case strings.HasPrefix(s.src[s.pos:], long):
				s.pos += 3
				return
			}
			s.pos++
		}
		s.pos, s.broken = len(s.src), true
		return
	}
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch c := s.src[s.pos]; {
		case c == quote:
			s.pos++
			return
		case c == '\n' || c == '\r':
			return // not closed: the line ends it
		case c == '\\' && s.pos+1 < len(s.src):
			s.pos++
			if s.src[s.pos] == '\r' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '\n' {
				s.pos++
			}
		}
	}
}

// splitTop splits at a separator that stands outside of brackets.
func splitTop(s string, sep byte) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case sep:
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

// cutTop cuts at the first separator that stands outside of brackets.
func cutTop(s string, sep byte) (before, after string, found bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case sep:
			if depth == 0 {
				return s[:i], s[i+1:], true
			}
		}
	}
	return s, "", false
}

// word takes an identifier off the front of s.
func word(s string) (name, rest string) {
	s = strings.TrimLeft(s, " \t")
	end := 0
	for end < len(s) && (s[end] == '_' || s[end] >= 0x80 || s[end] >= '0' && s[end] <= '9' || s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z') {
		end++
	}
	return s[:end], s[end:]
}
