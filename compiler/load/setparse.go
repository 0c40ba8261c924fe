package load

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// maxSteps bounds the depth that a path can make.
const maxSteps = 16

const setForm = "Write PATH=VALUE, such as `functions.split.parallelism=4`; a name with dots stands in brackets: `topics[words.v2].partitions=8`."

// parseSet reads "path=value". Steps of the path are parted by dots; one in
// brackets may hold anything but a closing bracket. The line is where the
// argument stands in the text of [SetFile].
func parseSet(arg string, line int) (setting, *diag.Diagnostic) {
	fail := func(from, to int, detail string, hints ...string) (setting, *diag.Diagnostic) {
		return setting{}, badSet(spanIn(arg, line, from, to), detail, append(hints, setForm)...)
	}
	if !utf8.ValidString(arg) {
		return setting{}, badSet(diag.Span{File: SetFile}, "A value of --set is not UTF-8 text.", setForm)
	}
	var s setting
	at := 0
	for {
		from, to, next, ok := step(arg, at)
		if !ok {
			return fail(at, len(arg), fmt.Sprintf("`%s` is not of the form PATH=VALUE.", pathOf(arg)))
		}
		if from == to {
			return fail(at, next, "A step of the path is empty.")
		}
		if len(s.path) == maxSteps {
			return fail(from, to, fmt.Sprintf("The path has more than %d steps.", maxSteps))
		}
		s.path = append(s.path, &syntax.Node{Kind: syntax.Scalar, Value: arg[from:to], Span: spanIn(arg, line, from, to), Flow: true})
		at = next
		if arg[at] == '=' {
			at++
			break
		}
		if arg[at] == '.' {
			at++
		}
	}
	value, problem := setValue(arg, line, at)
	s.value = value
	return s, problem
}

// pathOf gives the part of an argument that is no value, which may be a secret.
func pathOf(arg string) string {
	path, _, _ := strings.Cut(arg, "=")
	return path
}

// step reads one step of a path that begins at an offset; next is where the dot,
// the bracket or the equals sign behind it stands.
func step(arg string, at int) (from, to, next int, ok bool) {
	if at < len(arg) && arg[at] == '[' {
		end := strings.IndexByte(arg[at:], ']')
		if end < 0 {
			return 0, 0, 0, false
		}
		next = at + end + 1
		return at + 1, at + end, next, next < len(arg) && strings.IndexByte(".[=", arg[next]) >= 0
	}
	end := strings.IndexAny(arg[at:], ".[=")
	if end < 0 {
		return 0, 0, 0, false
	}
	return at, at + end, at + end, true
}

// setValue reads the value from an offset on: what begins with a bracket, a brace
// or a quote is YAML, everything else a scalar as it is written, of the type that
// YAML gives it.
func setValue(arg string, line, at int) (*syntax.Node, *diag.Diagnostic) {
	text := arg[at:]
	whole := spanIn(arg, line, at, len(arg))
	if strings.TrimSpace(text) == "" {
		return nil, badSet(spanIn(arg, line, 0, len(arg)), "There is no value behind the equals sign.",
			`Write "" in quotes for an empty text, or null to take the key away.`)
	}
	docs, list := syntax.Parse(SetFile, []byte(text))
	parsed := len(docs) == 1 && docs[0].Root != nil && !list.HasErrors() && !docs[0].Incomplete
	if strings.IndexByte("[{\"'", text[0]) < 0 {
		n := &syntax.Node{Kind: syntax.Scalar, Value: text, Span: whole, Flow: true}
		if parsed && docs[0].Root.Kind == syntax.Scalar && docs[0].Root.Value == text {
			n.Type = docs[0].Root.Type
		}
		return n, nil
	}
	if !parsed {
		detail := "The value begins like YAML and is not."
		if list.HasErrors() {
			detail += " " + list[0].Detail
		}
		return nil, badSet(whole, detail, `Close what is open, or put the whole in quotes: '"[text]"'.`)
	}
	return moved(docs[0].Root, spanIn(arg, line, at, at).Start), nil
}

// moved gives a tree whose places are those of a text that begins elsewhere.
func moved(n *syntax.Node, start diag.Pos) *syntax.Node {
	shift := func(p diag.Pos) diag.Pos {
		if p.Line == 1 {
			return diag.Pos{Line: start.Line, Column: start.Column + p.Column - 1}
		}
		return diag.Pos{Line: start.Line + p.Line - 1, Column: p.Column}
	}
	out := *n
	out.Span.Start, out.Span.End = shift(n.Span.Start), shift(n.Span.End)
	out.Pairs, out.Items = nil, nil
	for _, p := range n.Pairs {
		out.Pairs = append(out.Pairs, syntax.Pair{Key: moved(p.Key, start), Value: moved(p.Value, start)})
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, moved(item, start))
	}
	return &out
}

// spanIn gives the place of a stretch of an argument that begins on a line.
func spanIn(arg string, line, from, to int) diag.Span {
	pos := func(at int) diag.Pos {
		before := arg[:at]
		l := line + strings.Count(before, "\n")
		return diag.Pos{Line: l, Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1}
	}
	return diag.Span{File: SetFile, Start: pos(from), End: pos(to)}
}
