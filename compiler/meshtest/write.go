package meshtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/schema/fields"
)

// File is the text of a mesh file.
type File struct {
	Text string
	// Comments are all comments in it. No two are alike, and none is part of another.
	Comments []string
}

// Files draws files of one or two meshes.
func Files() *rapid.Generator[File] {
	return rapid.Custom(func(t *rapid.T) File {
		meshes := []Map{Mesh(t)}
		if rapid.IntRange(0, 5).Draw(t, "second") == 5 {
			meshes = append(meshes, Mesh(t))
		}
		return Write(t, meshes...)
	})
}

// Write writes meshes as one file, a document each, in ways that people write
// them: any indentation, any style of value, spellings of PIP-66 and Pulsar,
// comments and blank lines at any place that YAML has for them.
func Write(t *rapid.T, meshes ...Map) File {
	w := &writer{t: t}
	w.noise(0)
	for i, m := range meshes {
		if i > 0 {
			w.b.WriteString("---")
			w.endLine()
		}
		if w.chance(12) {
			w.flow(m, 0)
			w.endLine()
		} else {
			w.mapping(m, w.pick(0, 0, 0, 2), false)
		}
		w.noise(0)
	}
	text := w.b.String()
	switch w.n(9) {
	case 0:
		text = strings.TrimSuffix(text, "\n")
	case 1:
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return File{text, w.comments}
}

type writer struct {
	t        *rapid.T
	b        strings.Builder
	comments []string
	// text tells that the last value would go on with what is indented deeper.
	text    bool
	anchors []string
}

func (w *writer) n(top int) int        { return rapid.IntRange(0, top).Draw(w.t, "choice") }
func (w *writer) chance(of int) bool   { return w.n(of-1) == of-1 }
func (w *writer) pick(from ...int) int { return from[w.n(len(from)-1)] }
func (w *writer) spaces(n int)         { w.b.WriteString(strings.Repeat(" ", n)) }
func (w *writer) put(text string)      { w.b.WriteString(text) }

// comment makes one up.
func (w *writer) comment() string {
	words := []string{"# note %d.", "#note %d.", "## - name: %d.", "# \"%d.", "#", "# {a: [%d."}
	text := words[w.n(len(words)-1)]
	if text == "#" {
		text = "#%d."
	}
	text = fmt.Sprintf(text, len(w.comments))
	w.comments = append(w.comments, text)
	return text
}

// endLine ends a line, with a comment perhaps.
func (w *writer) endLine() {
	switch w.n(7) {
	case 0, 1:
		w.spaces(w.pick(1, 1, 3))
		w.put(w.comment())
	case 2:
		w.spaces(2)
	}
	w.put("\n")
}

// noise writes comments and blank lines above a line that begins at a column.
func (w *writer) noise(column int) {
	for w.chance(3) {
		if w.n(2) == 0 {
			w.put(strings.Repeat("\n", w.pick(1, 1, 2, 3)))
			continue
		}
		at := column
		if w.chance(3) {
			at = w.n(column)
			if !w.text {
				at = w.n(column + 4)
			}
		}
		w.spaces(at)
		w.put(w.comment())
		w.put("\n")
		w.text = false
	}
}

// mapping writes a mapping in block style; begun tells that the line of its first
// key has begun.
func (w *writer) mapping(m Map, column int, begun bool) {
	for i, p := range m.Pairs {
		if !begun || i > 0 {
			w.noise(column)
			w.spaces(column)
		}
		w.text = false
		w.put(w.key(m.Kind, p.Key))
		w.put(":")
		value := p.Value
		if f, ok := fields.Named(m.Kind, p.Key); ok && f.Type == fields.OneTopic && w.chance(2) {
			value = []any{value}
		}
		w.value(value, column, m.Kind == "", false)
	}
}

// key spells a key.
func (w *writer) key(kind fields.Kind, name string) string {
	if f, ok := fields.Named(kind, name); ok && w.chance(2) {
		name = append([]string{name}, f.Aliases...)[w.n(len(f.Aliases))]
	}
	if !plain.MatchString(name) || words[name] || w.chance(10) {
		return strconv.Quote(name)
	}
	return name
}

// value writes what comes behind a key or dash, and ends the line.
func (w *writer) value(v any, column int, free, item bool) {
	if free && len(w.anchors) > 0 && w.chance(8) {
		w.put(" *" + w.anchors[w.n(len(w.anchors)-1)])
		w.endLine()
		return
	}
	anchor := ""
	if free && w.chance(8) {
		anchor = fmt.Sprintf("a%d", len(w.anchors))
		w.put(" &" + anchor)
		defer func() { w.anchors = append(w.anchors, anchor) }()
	}
	switch v := v.(type) {
	case Map:
		switch {
		case len(v.Pairs) == 0 || w.chance(4):
			w.spaces(w.pick(1, 1, 2))
			w.flow(v, column+1)
			w.endLine()
		case item && anchor == "" && !w.chance(8):
			gap := w.pick(1, 1, 1, 3)
			w.spaces(gap)
			w.mapping(v, column+1+gap, true)
		default:
			w.endLine()
			w.mapping(v, column+w.pick(2, 2, 2, 1, 4), false)
		}
	case []any:
		switch {
		case len(v) == 0 || w.chance(3):
			w.spaces(1)
			w.flow(v, column+1)
			w.endLine()
		case item && anchor == "" && w.chance(2):
			w.spaces(1)
			w.list(v, column+2, true)
		default:
			w.endLine()
			at := column + w.pick(2, 2, 1, 4)
			if !item && w.chance(2) {
				at = column
			}
			w.list(v, at, false)
		}
	case string:
		w.string(v, column, anchor == "")
	default:
		w.spaces(w.pick(1, 1, 2))
		w.put(scalar(v))
		w.endLine()
	}
}

// list writes a list in block style.
func (w *writer) list(list []any, column int, begun bool) {
	for i, v := range list {
		if !begun || i > 0 {
			w.noise(column)
			w.spaces(column)
		}
		w.text = false
		w.put("-")
		w.value(v, column, false, true)
	}
}

// string writes a text in one of its styles.
func (w *writer) string(s string, column int, below bool) {
	safe := plain.MatchString(s) && !words[s]
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	literal := s != "" && lines[0] != "" && !strings.Contains(s, "\n\n\n\n") && strings.TrimSpace(s) != ""
	switch {
	case literal && (strings.Contains(s, "\n") || w.chance(12)) && w.chance(2):
		w.literal(s, lines, column)
		return
	case safe && w.chance(10) && below:
		w.put("\n")
		w.spaces(column + 2)
		w.put(s)
	case safe && w.chance(3):
		w.put(" " + strings.ReplaceAll(s, " ", w.fold(column)))
	case safe && !w.chance(4):
		w.spaces(w.pick(1, 1, 2))
		w.put(s)
	case !strings.ContainsAny(s, "\n\t") && strings.TrimSpace(s) == s && w.chance(2):
		w.put(" '" + strings.ReplaceAll(strings.ReplaceAll(s, "'", "''"), " ", w.fold(column)) + "'")
	default:
		quoted := strconv.Quote(s)
		if w.chance(3) && len(s) > 4 {
			// A line break that is escaped leaves no trace.
			quoted = quoted[:3] + "\\\n" + strings.Repeat(" ", column+1+w.n(3)) + "\\" + quoted[3:]
			if strings.IndexByte(" ", quoted[strings.LastIndex(quoted, "\n")+1:][0]) < 0 || !escapable.MatchString(quoted) {
				quoted = strconv.Quote(s)
			}
		}
		w.put(" " + quoted)
	}
	w.endLine()
}

// escapable are texts that go on with a space after an escaped line break.
var escapable = regexp.MustCompile(`\\\n +\\ `)

// fold gives a space, or a line break that reads as one.
func (w *writer) fold(column int) string {
	if w.chance(3) {
		return "\n" + strings.Repeat(" ", column+1+w.n(4))
	}
	return " "
}

// literal writes a text after |.
func (w *writer) literal(s string, lines []string, column int) {
	in := w.pick(1, 2, 2, 4)
	head := " |"
	if strings.HasPrefix(lines[0], " ") || w.chance(6) {
		head += strconv.Itoa(in)
	}
	switch ends := len(s) - len(strings.TrimRight(s, "\n")); {
	case ends == 0:
		head += "-"
	case ends > 1 || w.chance(6):
		head += "+"
	}
	w.put(head)
	if w.chance(6) {
		w.put(" " + w.comment())
	}
	w.put("\n")
	for _, line := range lines {
		if line != "" {
			w.spaces(column + in)
		}
		w.put(line + "\n")
	}
	w.put(strings.Repeat("\n", max(len(s)-len(strings.TrimRight(s, "\n"))-1, 0)))
	w.text = true
}

// flow writes a value in one piece; further lines begin at a column or behind it.
func (w *writer) flow(v any, column int) {
	sep := func() {
		switch w.n(11) {
		case 0:
			w.put("\n")
			w.spaces(column + w.n(3))
		case 1:
			w.put(" " + w.comment() + "\n")
			w.spaces(column + w.n(3))
		case 2:
			w.put("  ")
		}
	}
	switch v := v.(type) {
	case Map:
		w.put("{")
		sep()
		for i, p := range v.Pairs {
			if i > 0 {
				w.put(", ")
				sep()
			}
			w.put(w.key(v.Kind, p.Key) + ": ")
			w.flow(p.Value, column)
			if w.chance(6) {
				sep()
			}
		}
		w.put("}")
	case []any:
		w.put("[")
		sep()
		for i, item := range v {
			if i > 0 {
				w.put(",")
				sep()
			}
			w.flow(item, column)
		}
		w.put("]")
	case string:
		if plain.MatchString(v) && !words[v] {
			w.put(v)
			return
		}
		w.put(strconv.Quote(v))
	default:
		w.put(scalar(v))
	}
}

func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

var plain = regexp.MustCompile(`^[A-Za-z][\w./-]*( [\w.-]+)*$`)

// words read as something else than text.
var words = map[string]bool{"true": true, "null": true, "yes": true, "no": true, "on": true, "y": true, "n": true}
