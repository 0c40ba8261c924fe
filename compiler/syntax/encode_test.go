package syntax_test

import (
	"bytes"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
)

func text(s string) *syntax.Node { return &syntax.Node{Kind: syntax.Scalar, Value: s} }

// Texts that some reader takes for something else, or that are hard to write.
var hardTexts = []string{
	"", " ", "y", "N", "on", "Off", "yes", "null", "~", "1", "-1", "1e3", "0x10", "1_000", "12:30", ".5", ".inf", "2020-01-01",
	"a: b", "a #b", "#a", "- a", "[a]", "{a", "*a", "&a", "!a", "%a", "@a", "`a", "'a'", "\"a\"", "a\nb", "a\nb\n", "\na", " a\nb",
	"a \nb", "a\n\n", "a\tb", "a\rb", "\u0085", "\u2028", "\ufeff", "\x00", "\x1b[0m", "---", "...", "a:", ":a", "?", "? a", "<<", "=", "😀",
	"persistent://public/default/a-.*", "org.example.Outer$Inner", "builtin://x", "a  b", "tail ", "../x", "./x", "0755", "0o7",
}

func node(t *rapid.T, depth int) *syntax.Node {
	kinds := []string{"text", "hard", "int", "float", "bool", "null"}
	if depth < 3 {
		kinds = append(kinds, "map", "map", "list", "list")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "text":
		return text(rapid.String().Draw(t, "text"))
	case "hard":
		return text(rapid.SampledFrom(hardTexts).Draw(t, "text"))
	case "int":
		return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Int, Value: rapid.StringMatching(`-?[1-9][0-9]{0,17}`).Draw(t, "int")}
	case "float":
		return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Float, Value: rapid.StringMatching(`-?[1-9][0-9]{0,3}\.[0-9]{1,3}`).Draw(t, "float")}
	case "bool":
		return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Bool, Value: rapid.SampledFrom([]string{"true", "false"}).Draw(t, "bool")}
	case "null":
		return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Null, Value: "null"}
	case "list":
		out := &syntax.Node{Kind: syntax.Sequence}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			out.Items = append(out.Items, node(t, depth+1))
		}
		return out
	}
	return mapping(t, depth)
}

func mapping(t *rapid.T, depth int) *syntax.Node {
	out := &syntax.Node{Kind: syntax.Mapping}
	for range rapid.IntRange(0, 4).Draw(t, "pairs") {
		key := text(rapid.OneOf(rapid.SampledFrom(hardTexts), rapid.StringMatching(`[a-z]{1,6}`)).Draw(t, "key"))
		if out.Pair(key.Value) != nil {
			continue
		}
		out.Pairs = append(out.Pairs, syntax.Pair{Key: key, Value: node(t, depth+1)})
	}
	return out
}

// What is written reads as it was, by our parser and, for texts, by the rules of
// YAML 1.1 (which yaml.v3 has for typed values).
func TestEncodeReadsAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := mapping(t, 0)
		out, err := syntax.Encode(root)
		if err != nil {
			t.Fatal(err)
		}
		docs, list := syntax.Parse("x.yaml", out)
		switch {
		case len(list) > 0:
			t.Fatalf("%v in\n%s", list, out)
		case len(docs) != 1 || docs[0].Root == nil || !syntax.Same(docs[0].Root, root):
			t.Fatalf("reads otherwise:\n%s", out)
		}
	})
}

func TestEncodeIsTextForYAML11(t *testing.T) {
	for _, s := range hardTexts {
		out, err := syntax.Encode(&syntax.Node{Kind: syntax.Mapping, Pairs: []syntax.Pair{{Key: text("a"), Value: text(s)}}})
		if err != nil {
			t.Fatal(err)
		}
		switch s {
		case "y", "N", "on", "Off", "yes", "12:30", "1_000", "0755", "0o7", "=":
			// Texts only where they are quoted, by YAML 1.1.
			if !bytes.Contains(out, []byte(`"`)) {
				t.Errorf("%q is not quoted in %q", s, out)
			}
		}
		var asAny struct{ A any }
		if err := yaml.Unmarshal(out, &asAny); err != nil || asAny.A != s {
			t.Errorf("%q reads as %#v in %q: %v", s, asAny.A, out, err)
		}
	}
}
