package syntax

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// maxBlock bounds the lines that a finding gives to copy.
const maxBlock = 60

var (
	keyLine   = regexp.MustCompile(`^([ \t]*)([A-Za-z][\w-]*):(?:[ \t].*)?$`)
	itemLine  = regexp.MustCompile(`^( *)-[ \t]+([^\s#\[{&*!|>].*)$`)
	ownerLine = regexp.MustCompile(`^( *(?:- +)*)([A-Za-z][\w-]*):[ \t]*(?:#.*)?$`)
	joined    = regexp.MustCompile(`^name:\S`)
)

// misplaced recognises the mistake that PIP-66 prints: a key indented under the
// last item of the list before it, as in
//
//	inputs:
//	- sentences
//	  output:
//	  - words
func (t *text) misplaced(at int) (fault, bool) {
	key := keyLine.FindStringSubmatch(t.line(at))
	above := t.before(at)
	if key == nil || above < 0 {
		return fault{}, false
	}
	item := itemLine.FindStringSubmatch(t.line(above))
	if item == nil || strings.Contains(item[2], ": ") || strings.HasSuffix(item[2], ":") ||
		joined.MatchString(item[2]) || len(key[1]) <= len(item[1]) || strings.Contains(key[1], "\t") {
		return fault{}, false
	}
	owner, column, name := t.owner(above, len(item[1]))
	if owner < 0 {
		return fault{}, false
	}
	edits := t.reindent(at, column)
	f := fault{
		code: diag.MisplacedOutput, line: at, from: len(key[1]), to: len(key[1]) + len(key[2]) + 1, edits: edits, safe: true,
		detail: fmt.Sprintf("`%s:` is indented under an item of the list `%s:`, where no key can stand.", key[2], name),
		hints:  []string{fmt.Sprintf("Indent `%s:` like `%s:`, and what belongs to it with it:", key[2], name)},
	}
	var block []string
	for i := owner; i < at; i++ {
		block = append(block, t.line(i))
	}
	for _, e := range edits {
		block = append(block, e.text)
	}
	for i := range block {
		block[i] = strings.TrimRight(block[i], " \t\r")
	}
	if len(block) > maxBlock {
		f.hints = []string{fmt.Sprintf("Indent `%s:` like `%s:`, and what belongs to it with it.", key[2], name)}
		return f, true
	}
	f.hints = append(f.hints, strings.Join(block, "\n"))
	return f, true
}

// owner finds the key whose list the item on a line belongs to, and its column.
func (t *text) owner(item, dash int) (line, column int, name string) {
	for i := item - 1; i >= 0; i-- {
		l := t.line(i)
		trimmed := strings.TrimSpace(l)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if m := ownerLine.FindStringSubmatch(l); m != nil && len(m[1]) <= dash {
			return i, len(m[1]), m[2]
		}
		if indent(l) < dash || indent(l) == dash && trimmed[0] != '-' {
			break
		}
	}
	return -1, 0, ""
}
