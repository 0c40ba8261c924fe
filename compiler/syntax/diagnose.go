package syntax

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
)

var (
	where     = regexp.MustCompile(`^yaml: (?:line \d+: )?`)
	noSpace   = regexp.MustCompile(`^([ \t]*(?:- +)*[A-Za-z][\w-]*):([^\s/:].*)$`)
	noColon   = regexp.MustCompile(`^([ \t]*(?:- +)*[A-Za-z][\w-]*)[ \t]+([^\s:#][^:]*)$`)
	twoColons = regexp.MustCompile(`^[ \t]*(?:- +)*[A-Za-z][\w-]*:[ \t]+([^"'\[{#&*!|>\s].*?:(?: .*)?)$`)
	badStart  = regexp.MustCompile("^([ \t]*(?:- +)*(?:[A-Za-z][\\w-]*:[ \t]+)?)([@`%*&!|>].*)$")
	// A reference that no quote stands before, within brackets or braces.
	bareReference = regexp.MustCompile(`\$\{[^}"']*\}`)

	keyColumn = regexp.MustCompile(`^( *(?:- +)*)[A-Za-z"'][^:]*:(?:[ \t]|$)`)
)

// problemOf gives the library's own words without its line, which is often wrong.
func problemOf(err error) string { return where.ReplaceAllString(err.Error(), "") }

// diagnose finds words, and where it is plain an edit, for a line that is not YAML.
func (t *text) diagnose(at int, problem string) fault {
	line := t.line(at)
	f := fault{code: diag.NotYAML, line: at, from: utf8.RuneCountInString(line[:indent(line)]), to: utf8.RuneCountInString(strings.TrimRight(line, " \t"))}
	if m, ok := t.misplaced(at); ok {
		return m
	}
	above := t.before(at)
	switch {
	case strings.Contains(line[:indent(line)], "\t"):
		t.tab(&f, line)
	case above >= 0 && keyLine.MatchString(line) && noSpace.MatchString(t.line(above)):
		f.line = above
		t.missingSpace(&f, t.line(above))
	case noSpace.MatchString(line):
		t.missingSpace(&f, line)
	case noColon.MatchString(line) && t.missingColon(&f, line):
	case unclosedQuote(line) >= 0:
		t.openQuote(&f, line)
	case unclosedBracket(line) >= 0:
		t.openBracket(&f, line)
	case strings.HasPrefix(problem, "unknown anchor"):
		f.detail = upperFirst(problem) + ": no `&` before this line gives it a value."
		f.hints = []string{"Put the value in quotes if a text that begins with `*` is meant."}
	case strings.HasPrefix(line, "%"):
		f.detail = "The line begins with `%`, as a YAML directive does, and the YAML of meshes knows `%YAML 1.2` at most, as the first line."
		f.hints = []string{"Remove the line."}
	case badStart.MatchString(line):
		t.badStart(&f, line)
	case twoColons.MatchString(line):
		t.secondColon(&f, line)
	case strings.Contains(problem, "control characters"):
		f.detail = "The line holds a control character, which YAML does not allow."
		f.hints = []string{"Remove it, or write it as an escape in double quotes, like \"\\x07\"."}
	default:
		t.misfit(&f, at, above, problem)
	}
	return f
}

func (t *text) tab(f *fault, line string) {
	head := line[:indent(line)]
	f.from = strings.IndexByte(head, '\t')
	f.to = f.from + 1
	f.detail = "The line is indented with a tab; YAML takes spaces only."
	f.hints = []string{"Replace the tab by spaces."}
	if len(head) > 200 {
		return
	}
	for _, width := range []string{"  ", "    ", "        ", ""} {
		mended := strings.ReplaceAll(head, "\t", width)
		e := []edit{{f.line, mended + line[len(head):], shift{len(mended), len(mended) - len(head)}}}
		if t.helps(e, f.line) {
			f.edits = e
			return
		}
	}
}

func (t *text) missingSpace(f *fault, line string) {
	m := noSpace.FindStringSubmatch(line)
	key := strings.TrimLeft(m[1], " \t-")
	column := utf8.RuneCountInString(m[1])
	f.from, f.to = column, column+1
	f.detail = fmt.Sprintf("There is no space after the colon of `%s`, so key and value are one word.", key)
	f.hints = []string{fmt.Sprintf("Write `%s: %s`.", key, strings.TrimSpace(m[2]))}
	f.edits = []edit{{f.line, m[1] + ": " + m[2], shift{column + 2, 1}}}
	f.safe = true
}

// missingColon tells whether a colon after the first word makes the line YAML.
func (t *text) missingColon(f *fault, line string) bool {
	m := noColon.FindStringSubmatch(line)
	column := utf8.RuneCountInString(m[1])
	edits := []edit{{f.line, m[1] + ": " + m[2], shift{column + 1, 2 + utf8.RuneCountInString(m[1]+m[2]) - utf8.RuneCountInString(line)}}}
	if !t.helps(edits, f.line) {
		return false
	}
	key := strings.TrimLeft(m[1], " \t-")
	f.from, f.to = column-len(key), column
	f.detail = fmt.Sprintf("There is no colon after `%s`.", key)
	f.hints = []string{fmt.Sprintf("Write `%s: %s`.", key, strings.TrimSpace(m[2]))}
	f.edits = edits
	return true
}

func (t *text) openQuote(f *fault, line string) {
	i := unclosedQuote(line)
	f.from = utf8.RuneCountInString(line[:i])
	f.detail = fmt.Sprintf("The quote %c that opens here is never closed.", line[i])
	f.hints = []string{"Close the quote on the same line."}
	f.edits = []edit{{f.line, strings.TrimRight(line, " \t") + line[i:i+1], shift{}}}
}

func (t *text) openBracket(f *fault, line string) {
	i := unclosedBracket(line)
	closing := map[byte]string{'[': "]", '{': "}"}[line[i]]
	f.from = utf8.RuneCountInString(line[:i])
	f.detail = fmt.Sprintf("The bracket `%c` that opens here is not closed, or what stands in it cannot be read.", line[i])
	f.hints = []string{fmt.Sprintf("Close it with `%s`.", closing)}
	if strings.TrimSpace(line[i+1:]) == "" {
		// What stands in the brackets are the lines below: no telling where they end.
		f.last = true
		return
	}
	f.edits = []edit{{f.line, strings.TrimRight(line, " \t,") + closing, shift{}}}
}

func (t *text) badStart(f *fault, line string) {
	m := badStart.FindStringSubmatch(line)
	f.from = utf8.RuneCountInString(m[1])
	first, _ := utf8.DecodeRuneInString(m[2])
	value := strings.TrimRight(m[2], " \t")
	f.detail = fmt.Sprintf("A value cannot begin with `%c` without quotes.", first)
	if first == '`' {
		f.detail = "A value cannot begin with a backquote without quotes."
	}
	f.hints = []string{fmt.Sprintf("Put it in quotes: \"%s\".", value)}
	t.quote(f, m[1], value)
}

func (t *text) secondColon(f *fault, line string) {
	loc := twoColons.FindStringSubmatchIndex(line)
	value := strings.TrimRight(line[loc[2]:], " \t")
	f.from = utf8.RuneCountInString(line[:loc[2]]) + utf8.RuneCountInString(value[:colonIn(value)])
	f.to = f.from + 1
	f.detail = "A value without quotes cannot hold a colon and a space: it reads as another key."
	f.hints = []string{fmt.Sprintf("Put the value in quotes: \"%s\".", value)}
	t.quote(f, line[:loc[2]], value)
}

func colonIn(value string) int {
	if i := strings.Index(value, ": "); i >= 0 {
		return i
	}
	return len(value) - 1
}

// quote mends a value by quotes around it, where it needs no escapes.
func (t *text) quote(f *fault, head, value string) {
	if !strings.ContainsAny(value, `"\`) {
		f.edits = []edit{{f.line, head + `"` + value + `"`, shift{utf8.RuneCountInString(head) + 1, 1}}}
	}
}

// misfit speaks of lines that do not fit to those above, mostly by their indentation.
func (t *text) misfit(f *fault, at, above int, problem string) {
	f.detail = fmt.Sprintf("The line does not fit to the lines above it (%s).", problem)
	f.hints = []string{"Look at the indentation: keys of one mapping stand in one column, and so do the dashes of one list."}
	if strings.Contains(problem, "',' or") {
		f.hints = []string{"Put values that hold special characters in quotes, and a comma between any two."}
		if m := bareReference.FindString(t.line(at)); m != "" {
			f.hints = []string{fmt.Sprintf("Within brackets and braces put references in quotes: \"%s\".", m)}
		}
	}
	if above < 0 || !keyColumn.MatchString(t.line(at)) {
		return
	}
	m := keyColumn.FindStringSubmatch(t.line(above))
	if m == nil || indent(t.line(at)) == len(m[1]) || strings.HasPrefix(strings.TrimSpace(t.line(at)), "-") {
		return
	}
	edits := t.reindent(at, len(m[1]))
	if len(edits) > 1 && len(m[1]) > indent(t.line(at)) && t.helps(edits[:1], edits[1].line) {
		// Only this line stands too far to the left; what follows is in its place.
		edits = edits[:1]
	}
	if t.helps(edits, at) {
		f.edits = edits
		key := strings.TrimSpace(keyColumn.FindString(t.line(at)))
		other := strings.TrimLeft(strings.TrimSpace(keyColumn.FindString(t.line(above))), "- ")
		f.to = f.from + utf8.RuneCountInString(key)
		f.detail = fmt.Sprintf("`%s` is not in the column of the keys above it.", key)
		f.hints = []string{fmt.Sprintf("Indent it like `%s` if it belongs to the same mapping.", other)}
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
