package syntax_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// cut returns the text that a span covers, lines joined by "\n".
func cut(data string, s diag.Span) string {
	lines := strings.Split(data, "\n")
	if s.Start.Line == s.End.Line {
		return string([]rune(lines[s.Start.Line-1])[s.Start.Column-1 : s.End.Column-1])
	}
	out := []string{string([]rune(lines[s.Start.Line-1])[s.Start.Column-1:])}
	out = append(out, lines[s.Start.Line:s.End.Line-1]...)
	return strings.Join(append(out, string([]rune(lines[s.End.Line-1])[:s.End.Column-1])), "\n")
}

func TestSpans(t *testing.T) {
	const data = `# head
plain: one two # beside
"quo\"ted": 'it''s'
юникод: "å, \u00e9"
empty:
next: [a, "b" , {c: d}, ] # flow
folded: several words
  on two lines
literal: |- # header
  first
  second

list:
- x
- - y
  -
anchor: &a !!str 12
alias: *a
flowmap: {k: v, # c
  l: [m,
   n]
  }
`
	docs, list := syntax.Parse("m.yaml", []byte(data))
	if len(list) != 0 || len(docs) != 1 {
		t.Fatalf("%d documents, findings %v", len(docs), list)
	}
	want := map[string]string{
		"plain": "one two", `quo"ted`: "'it''s'", "юникод": `"å, \u00e9"`, "empty": "empty",
		"next": `[a, "b" , {c: d}, ]`, "folded": "several words\n  on two lines",
		"literal": "|- # header\n  first\n  second", "list": "- x\n- - y\n  -",
		"anchor": "12", "alias": "*a", "flowmap": "{k: v, # c\n  l: [m,\n   n]\n  }",
	}
	for _, p := range docs[0].Root.Pairs {
		if got := cut(data, p.Value.Span); got != want[p.Key.Value] {
			t.Errorf("span of %s covers %q, want %q", p.Key.Value, got, want[p.Key.Value])
		}
	}
	if v := docs[0].Root.Get("alias").Value; v != "12" {
		t.Errorf("alias has value %q", v)
	}
}

// Places in a file with faults are those of the file, not of the mended copy.
func TestSpansAfterMending(t *testing.T) {
	const data = "a:\n- x\n  out:\n  - deep # here\nname:joined\nb: c: d\n\tt: u\nz: end\n"
	docs, list := syntax.Parse("m.yaml", []byte(data))
	if len(list) != 4 || len(docs) != 1 {
		t.Fatalf("%d documents, findings %v", len(docs), list)
	}
	root := docs[0].Root
	for key, want := range map[string]string{"name": "joined", "b": "c: d", "z": "end", "out": "- deep"} {
		v := root.Get(key)
		if v == nil {
			t.Errorf("no %s", key)
			continue
		}
		if got := cut(data, v.Span); got != want && got != want+"\n" {
			t.Errorf("span of %s covers %q, want %q", key, got, want)
		}
	}
}

// Files made to be slow or large end soon, with a finding.
func TestHostileFiles(t *testing.T) {
	// The larger size is that of the largest file; the smaller passes the first bound.
	for _, size := range []int{4 << 20, 200 << 10} {
		hostile(t, size)
	}
}

func hostile(t *testing.T, size int) {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, data := range map[string]string{
		"open quote":        "a: \"" + fill("x: y\n"),
		"open quote, prose": "a: \"" + fill("lorem ipsum dolor sit amet, consectetur adipiscing elit\n"),
		"open bracket":      "a: [\n" + fill("x: y\n"),
		"nested flow":       fill("["),
		"nested block":      fill("- "),
		"items":             fill("- a\n"),
		"short items":       "[" + fill("a,") + "]",
		"long line":         "a: " + fill("x") + "\n]]\n",
		"fault at end":      fill("# comment comment comment comment comment\n") + "a: b: c\n",
		"many faults":       "z: 1\n" + fill("a: b: c: d: e: f: g: h: i: j: k: l: m\n"),
		"tabs":              fill("\t"),
		"only breaks":       fill("\r"),
		"anchors":           fill("a: &b c\n"),
		"deep explicit":     fill("? "),
		"commented":         fill("a: b # c\n"),
		"document marks":    fill("---\n"),
	} {
		t.Run(fmt.Sprintf("%s %d", name, size), func(t *testing.T) {
			start := time.Now()
			syntax.Parse("m.yaml", []byte(data))
			// How long it takes is told, not judged: machines differ. One that never
			// ends is ended by go test.
			t.Log(time.Since(start))
		})
	}
}

// FuzzParse holds the parser to its laws: no panic, and every span lies in the file.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".yaml" && !strings.HasPrefix(file.Name, "out/") {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte("a: \u2028b\u0085c: [\r d"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		docs, list := syntax.Parse("m.yaml", data)
		lines := strings.Split(string(data), "\n")
		inside := func(s diag.Span, what string) {
			if s.Start == (diag.Pos{}) {
				return
			}
			for _, p := range []diag.Pos{s.Start, s.End} {
				if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
					t.Fatalf("%s: %v is not in the file", what, s)
				}
			}
			if s.End.Line < s.Start.Line || s.End.Line == s.Start.Line && s.End.Column < s.Start.Column {
				t.Fatalf("%s: %v ends at %v, before it starts", what, s, s.End)
			}
		}
		for _, d := range list {
			inside(d.Span, string(d.Code))
			for _, r := range d.Related {
				inside(r.Span, r.Note)
			}
		}
		for _, d := range docs {
			inside(d.Span, "document")
			if d.Root != nil {
				visit(d.Root, 5000, inside)
			}
		}
	})
}

// visit walks over at most so many nodes: aliases make trees large.
func visit(n *syntax.Node, left int, see func(diag.Span, string)) int {
	if left--; left < 0 {
		return left
	}
	see(n.Span, n.Value)
	for _, p := range n.Pairs {
		see(p.Key.Span, p.Key.Value)
		left = visit(p.Value, left, see)
	}
	for _, item := range n.Items {
		left = visit(item, left, see)
	}
	return left
}
