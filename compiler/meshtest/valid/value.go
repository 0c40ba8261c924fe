package valid

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// HardTexts are texts that some readers of YAML take for something else, or that
// are hard to write.
var HardTexts = []string{
	"", " ", "y", "N", "on", "Off", "yes", "null", "~", "true", "1", "-1", "1e3", "0x10", "1_000", "12:30", ".5", "2020-01-01",
	"a: b", "a #b", "#a", "- a", "[a]", "{a", "*a", "&a", "!a", "'a'", "\"a\"", "a\nb", "a\nb\n", "\na", " a\nb", "a \nb", "a\n\n",
	"a\tb", "---", "...", "a:", "?", "<<", "=", "\u2028", "é", "😀", "0755", "4.0.8", "`a`", "tail ",
	"$${a", "$${env:A}", "$$", "$a",
}

// value draws a value of a field.
func (g *gen) value(f fields.Field, kind fields.Kind) *syntax.Node {
	if v := g.special(f); v != nil {
		return v
	}
	switch f.Type {
	case fields.Text:
		return text(g.plainText(f))
	case fields.Count:
		return number(g.IntRange(1, 1<<20))
	case fields.Whole:
		return number(g.IntRange(0, 100000))
	case fields.Integer:
		return number(g.IntRange(1, 100000))
	case fields.Number:
		return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Float, Value: g.pick("number", "0.5", "0.25", "1.5", "2.125")}
	case fields.Bool:
		return truth(g.flip("truth"))
	case fields.Enum:
		return text(g.pick("enum", f.Values...))
	case fields.TopicName, fields.OneTopic:
		name := text(g.spelled(fmt.Sprintf("%s-%d", f.Name, g.index)))
		if f.Type == fields.OneTopic && g.flip("in a list") {
			return list(name)
		}
		return name
	case fields.TextList:
		if f.Values != nil {
			return list(text(g.pick("item", f.Values...)))
		}
		return list(text(g.plainText(f)), text(g.plainText(f)))
	case fields.Map:
		return g.settings(0)
	case fields.TextMap:
		out := mapping()
		for i := range g.IntRange(1, 3) {
			set(out, fmt.Sprintf("%s-%d", g.word("key"), i), text(rapid.SampledFrom(HardTexts).Draw(g.T, "text")))
		}
		return out
	case fields.List:
		return list(g.settings(1))
	case fields.Object:
		return g.object(f.Below, kind)
	}
	panic("valid: no values for fields of type " + string(f.Type))
}

func (g *gen) plainText(f fields.Field) string {
	if f.Pattern != "" {
		return rapid.StringMatching(`[a-z][a-z0-9-]{0,6}`).Draw(g.T, f.Name)
	}
	return g.pick(f.Name, "y", "a b", "org.example.Thing", "4.0.8", "a: b", "on", "x\ny") // never empty
}

// object draws some of the fields of a kind, with those that are needed.
func (g *gen) object(kind, _ fields.Kind) *syntax.Node {
	out := mapping()
	for _, f := range fields.Of(kind) {
		if f.Required || g.seldom(3, string(kind)+"."+f.Name) {
			set(out, f.Name, g.value(f, kind))
		}
	}
	return out
}

// settings draws what users write in maps of their own.
func (g *gen) settings(depth int) *syntax.Node {
	out := mapping()
	for range g.IntRange(1, 3) {
		key := rapid.OneOf(rapid.SampledFrom([]string{"y", "no", "a b", "1", "a.b/c", "#"}), rapid.StringMatching(`[a-zA-Z]{1,5}`)).Draw(g.T, "key")
		if out.Pair(key) == nil {
			set(out, key, g.setting(depth))
		}
	}
	return out
}

func (g *gen) setting(depth int) *syntax.Node {
	most := 7
	if depth > 1 {
		most = 5
	}
	switch g.IntRange(1, most) {
	case 1:
		return text(rapid.SampledFrom(HardTexts).Draw(g.T, "text"))
	case 2:
		return number(g.IntRange(-1<<40, 1<<40))
	case 3:
		v := rapid.Float64Range(-1e9, 1e9).Draw(g.T, "float")
		return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Float, Value: strconv.FormatFloat(v, 'e', -1, 64)}
	case 4:
		return truth(g.flip("truth"))
	case 5:
		return text(rapid.String().Filter(printable).Draw(g.T, "text"))
	case 6:
		return list(g.setting(depth+1), g.setting(depth+1))
	}
	return g.settings(depth + 1)
}

// printable leaves out what no mesh file can hold, and what begins a reference.
func printable(s string) bool {
	return !strings.Contains(s, "${") && !slices.ContainsFunc([]rune(s), func(r rune) bool { return r == 0 || r == '\ufeff' || r == '\ufffe' || r == '\uffff' })
}

func text(s string) *syntax.Node { return &syntax.Node{Kind: syntax.Scalar, Value: s} }

func number(n int) *syntax.Node {
	return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Int, Value: strconv.Itoa(n)}
}

func truth(b bool) *syntax.Node {
	return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Bool, Value: strconv.FormatBool(b)}
}

func list(items ...*syntax.Node) *syntax.Node {
	return &syntax.Node{Kind: syntax.Sequence, Items: items}
}

func mapping() *syntax.Node { return &syntax.Node{Kind: syntax.Mapping} }

func set(n *syntax.Node, key string, value *syntax.Node) {
	n.Pairs = append(n.Pairs, syntax.Pair{Key: text(key), Value: value})
}
