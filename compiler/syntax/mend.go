package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
)

// maxFaults bounds how often a file is mended; each time costs some parses.
const maxFaults = 40

// edit replaces one line of the mended copy. Shift leads columns of the new line
// back to the old one.
type edit struct {
	line  int
	text  string
	shift shift
}

// fault is a place that is not YAML, and what to say about it.
type fault struct {
	code     diag.Code
	line     int // from 0
	from, to int // columns from 0
	detail   string
	hints    []string
	// edits mend the text; without any, or where they do not help, the line is left out.
	edits []edit
	// safe tells that the edits are what the author meant, beyond doubt.
	safe bool
	// last faults leave nothing to go on with.
	last bool
}

// mended makes the text YAML: it reports each fault, mends it or leaves out the
// line, and goes on. Incomplete tells that something was left out.
func (t *text) mended(list *diag.List) (docs documents, incomplete bool) {
	last := -1
	for range maxFaults {
		data := []byte(string(t.runes))
		docs, read, err := decode(data)
		if err == nil {
			return docs, incomplete
		}
		s := newSearch(data)
		s.spent = t.spent + len(data)
		at := s.culprit(read)
		t.spent = s.spent
		f := t.diagnose(at, problemOf(err))
		if at > last {
			d := list.Add(f.code, t.place(f), f.detail, f.hints...)
			if f.safe && len(t.shifts) == 0 {
				d.Mend("mend the line", t.fixed(f.edits)...)
			}
		}
		switch {
		case at > last && len(f.edits) > 0 && t.helps(f.edits, at):
			t.apply(f.edits)
		case f.last || t.spent > budget || at <= last && t.blank(at):
			return t.upTo(at, docs), true
		default:
			t.leaveOut(at)
			incomplete = true
		}
		last = max(last, at)
	}
	docs, _, _ = decode([]byte(string(t.runes)))
	return docs, true
}

// upTo reads what stands before a fault that cannot be passed.
func (t *text) upTo(at int, before documents) documents {
	docs, _, err := decode([]byte(string(t.runes[:t.lines[at]])))
	if err != nil {
		return before
	}
	return docs
}

func (t *text) place(f fault) diag.Span {
	start := t.lines[f.line]
	return t.span(start+f.from, start+max(f.to, f.from+1))
}

// fixed gives edits as changes of the author's file, which is like the text as long
// as nothing in it was shifted.
func (t *text) fixed(edits []edit) []diag.Edit {
	var out []diag.Edit
	for _, e := range edits {
		old := t.line(e.line)
		start := t.lines[e.line]
		out = append(out, diag.Edit{Span: t.span(start, start+utf8.RuneCountInString(old)), Old: old, New: strings.TrimRight(e.text, "\r")})
	}
	return out
}

// helps tries edits on a copy: the lines up to the fault have to parse then.
func (t *text) helps(edits []edit, at int) bool {
	lines := t.edited(edits)
	data := []byte(strings.Join(lines[:min(at+1, len(lines))], ""))
	t.spent += len(data)
	_, _, err := decode(data)
	return err == nil
}

func (t *text) edited(edits []edit) []string {
	lines := strings.SplitAfter(string(t.runes), "\n")
	for _, e := range edits {
		old := lines[e.line]
		body := strings.TrimRight(old, "\r\n")
		lines[e.line] = e.text + old[len(body):]
	}
	return lines
}

func (t *text) apply(edits []edit) {
	t.set(strings.Join(t.edited(edits), ""))
	for _, e := range edits {
		if e.shift.by != 0 {
			// The newest shift is the first to undo.
			t.shifts[e.line] = append([]shift{e.shift}, t.shifts[e.line]...)
		}
	}
}

// leaveOut empties a line and the lines that are indented below it.
func (t *text) leaveOut(at int) {
	edits := []edit{{line: at}}
	for i := at + 1; i < len(t.lines); i++ {
		if line := t.line(i); strings.TrimSpace(line) != "" {
			if indent(line) <= indent(t.line(at)) {
				break
			}
			edits = append(edits, edit{line: i})
		}
	}
	t.apply(edits)
}

func (t *text) blank(at int) bool { return strings.TrimSpace(t.line(at)) == "" }

// indent counts the spaces and tabs in front of a line.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// before returns the last line above that is no space and no comment, or -1.
func (t *text) before(at int) int {
	for at--; at >= 0; at-- {
		if l := strings.TrimSpace(t.line(at)); l != "" && l[0] != '#' {
			break
		}
	}
	return at
}

// reindent moves a line, and those below it that are indented as deep or
// deeper, to a column.
func (t *text) reindent(at, column int) []edit {
	depth := indent(t.line(at))
	by := column - depth
	var edits []edit
	for i := at; i < len(t.lines); i++ {
		line := t.line(i)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if indent(line) < depth {
			break
		}
		edits = append(edits, edit{i, strings.Repeat(" ", indent(line)+by) + line[indent(line):], shift{0, by}})
	}
	return edits
}
