package syntax

import "unicode"

// The YAML library tells where a node starts and not where it ends. These
// functions find the end by reading the text again from the start.

// skipProperties steps over anchors and tags in front of a node.
func (t *text) skipProperties(at int) int {
	for at < len(t.runes) && (t.runes[at] == '&' || t.runes[at] == '!') {
		for at < len(t.runes) && !unicode.IsSpace(t.runes[at]) {
			at++
		}
		at = t.skipSpace(at)
	}
	return at
}

// skipSpace steps over white space and comments.
func (t *text) skipSpace(at int) int {
	for at < len(t.runes) {
		switch {
		case unicode.IsSpace(t.runes[at]):
			at++
		case t.runes[at] == '#':
			at = t.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

func (t *text) lineEnd(at int) int {
	for at < len(t.runes) && t.runes[at] != '\n' {
		at++
	}
	return at
}

// quotedEnd finds the end of a quoted scalar.
func (t *text) quotedEnd(at int) int {
	quote := t.runes[at]
	for i := at + 1; i < len(t.runes); i++ {
		switch {
		case quote == '"' && t.runes[i] == '\\':
			i++
		case t.runes[i] == quote:
			if quote == '\'' && i+1 < len(t.runes) && t.runes[i+1] == quote {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(t.runes)
}

// matchEnd finds the end of a scalar whose lines may be folded: it walks the
// value and the text side by side and lets white space differ.
func (t *text) matchEnd(at int, value string) int {
	end := at
	for _, r := range value {
		if unicode.IsSpace(r) {
			continue
		}
		for at < len(t.runes) && unicode.IsSpace(t.runes[at]) {
			at++
		}
		if at == len(t.runes) || t.runes[at] != r {
			return end
		}
		at++
		end = at
	}
	return end
}

// blockEnd finds the end of a scalar after | or >.
func (t *text) blockEnd(at int, value string) int {
	header := t.lineEnd(at)
	if end := t.matchEnd(header, value); end > header {
		return end
	}
	return at + 1
}

// closeEnd finds the bracket that closes a flow collection, from the end of its last item.
func (t *text) closeEnd(at int, bracket rune) int {
	for i := at; i < len(t.runes); i++ {
		i = t.skipSpace(i)
		if i == len(t.runes) {
			break
		}
		switch t.runes[i] {
		case bracket:
			return i + 1
		case ',', ':', '?':
		default:
			return at
		}
	}
	return at
}

// dashBefore finds the dash of a list item that has no value.
func (t *text) dashBefore(at int) (from, to int) {
	i := min(at, len(t.runes)-1)
	for i > 0 && (unicode.IsSpace(t.runes[i])) {
		i--
	}
	if i >= 0 && t.runes[i] == '-' {
		return i, i + 1
	}
	return at, at
}
