package load_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/compiler/syntax"
)

const canary = "c4nary-of-the-environment"

// FuzzText holds substitution to its laws: no panic, no value of the environment
// in any finding, and what is shown of a sensitive value leads to it again.
func FuzzText(f *testing.F) {
	for _, s := range []string{"${n}", "a${n}b", "$${n}", "$$${n}", "${env:X}", "${env:X}$", "$${env:X}", "${", "${}", "${a}${b}", "${file:x}", "${HOME:-x}", "$", "${loop}", "${d}${env:X}"} {
		f.Add(s)
	}
	env := func(string) (string, bool) { return canary, true }
	load1 := func(text string) (*syntax.Node, string) {
		key := func(s string) *syntax.Node { return &syntax.Node{Kind: syntax.Scalar, Value: s} }
		mapping := func(kv ...any) *syntax.Node {
			n := &syntax.Node{Kind: syntax.Mapping}
			for i := 0; i < len(kv); i += 2 {
				n.Pairs = append(n.Pairs, syntax.Pair{Key: key(kv[i].(string)), Value: kv[i+1].(*syntax.Node)})
			}
			return n
		}
		item := mapping("name", key("f"), "userConfig", mapping("a", key(text)), "className", key(text))
		root := mapping("name", key("m"), "variables", mapping("n", key("1"), "a", key("x${b}"), "b", key("y"), "loop", key("${loop}"), "d", key("a$")),
			"functions", &syntax.Node{Kind: syntax.Sequence, Items: []*syntax.Node{item}})
		r, list := load.Trees([]*syntax.Document{{File: "m.yaml", Root: root}}, load.Options{Env: env})
		said := ""
		for _, d := range list {
			said += d.Detail + strings.Join(d.Hints, "") + "\n"
		}
		out := r.Docs[0].Root.Get("functions").Items[0]
		if strings.Contains(out.Get("className").Value, canary) {
			said += canary
		}
		return out.Get("userConfig").Get("a"), said
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 || strings.Contains(text, canary) {
			return
		}
		n, said := load1(text)
		if strings.Contains(said, canary) || strings.Contains(n.Shown(), canary) {
			t.Errorf("the value got out: %s %s", said, n.Shown())
		}
		if !strings.Contains(text, "${") && n.Value != text {
			t.Errorf("%q became %q", text, n.Value)
		}
		if n.Sensitive {
			again, _ := load1(n.From)
			if again.Value != n.Value || again.From != n.From {
				t.Errorf("%q: %q leads to %q, not %q", text, n.From, again.Value, n.Value)
			}
		}
	})
}

// FuzzSet holds the reader of --set to its laws: no panic, and places that lie in
// what was typed.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"a=b", "a.b=1", "functions.f.x=[1, {a: b}]", "functions[f].y.z=null", "a=", "=a", "a", ".a=1", "a[=1", "a[x]b=1", `a="x`, "a={b: 1}\n", "variables.n=é", "a=x: y", "a=b #c", "functions.f=null", "a=- b", "a=!t x"} {
		f.Add(s)
	}
	docs, _ := syntax.Parse("m.yaml", []byte("name: m\nvariables: {n: 1}\na: {b: 1}\nfunctions:\n- {name: f, x: [1]}\n- {name: g, x: \"${n}\"}\n"))
	f.Fuzz(func(t *testing.T, arg string) {
		if len(arg) > 1<<12 {
			return
		}
		r, list := load.Trees(docs, load.Options{Set: []string{"a.b=2", arg}})
		lines := strings.Split(strings.ToValidUTF8(r.SetText, "\ufffd"), "\n")
		inText := func(n *syntax.Node) {
			if n.Span.File != load.SetFile || n.Span.Start.Line == 0 {
				return
			}
			for _, p := range []struct{ line, column int }{{n.Span.Start.Line, n.Span.Start.Column}, {n.Span.End.Line, n.Span.End.Column}} {
				if p.line < 2 && n.Value != "2" && n.Value != "b" && n.Value != "a" || p.line > len(lines) || p.column < 1 || p.column > len([]rune(lines[p.line-1]))+1 {
					t.Errorf("%q: %+v does not lie in it", arg, n.Span)
				}
			}
		}
		var walk func(n *syntax.Node)
		walk = func(n *syntax.Node) {
			inText(n)
			for _, p := range n.Pairs {
				inText(p.Key)
				walk(p.Value)
			}
			for _, item := range n.Items {
				walk(item)
			}
		}
		walk(r.Docs[0].Root)
		for _, d := range list {
			inText(&syntax.Node{Span: d.Span, Value: "2"})
		}
	})
}

// FuzzOverlay holds merging to its laws: no panic, findings with places in the
// two files, and an overlay laid over what it made gives the same again where it
// took nothing away.
func FuzzOverlay(f *testing.F) {
	f.Add("name: m\nfunctions: [{name: f, userConfig: {a: 1}}]", "functions: [{name: f, userConfig: {a: null, $patch: replace}}]")
	f.Add("name: m\ntopics:\n- {name: t}\n", "name: m\ntopics:\n- {name: t, $patch: delete}\n- {name: u}\n- v\n")
	f.Add("name: m\nnamespace: n", "namespace: {name: x}\nfunctionInfos: []\ninputSpecs: {a: {b: c}}\n--- \n- 1")
	f.Add("functions: &a [{name: x, inputSpecs: {t: {schemaType: a}}}]\nsinks: *a", "functions: [{name: x, inputSpecs: {t: {receiverQueueSize: 1}}}]")
	f.Fuzz(func(t *testing.T, mesh, over string) {
		if len(mesh)+len(over) > 1<<12 {
			return
		}
		docs, _ := syntax.Parse("m.yaml", []byte(mesh))
		overlays, _ := syntax.Parse("o.yaml", []byte(over))
		for _, list := range [][]*syntax.Document{docs, overlays} {
			if slices.ContainsFunc(list, func(d *syntax.Document) bool { return d.Root == nil }) {
				return
			}
		}
		once, list := load.Trees(docs, load.Options{Overlays: overlays})
		for _, d := range list {
			text := map[string]string{"m.yaml": mesh, "o.yaml": over}[d.Span.File]
			if lines := strings.Split(text, "\n"); d.Span.Start.Line < 1 || d.Span.Start.Line > len(lines) {
				t.Errorf("%s %s is not in the files", d.Code, d.Span)
			}
		}
		if len(list) > 0 || strings.Contains(over, "null") || strings.Contains(over, "~") || strings.Contains(over, "patch") || strings.Contains(mesh+over, "${") {
			return
		}
		twice, _ := load.Trees(once.Docs, load.Options{Overlays: overlays})
		for i := range once.Docs {
			if diff := cmp.Diff(plain(once.Docs[i].Root), plain(twice.Docs[i].Root)); diff != "" {
				t.Errorf("once and twice differ:\n%s", diff)
			}
		}
	})
}
