package check

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// What the quick look passes, the schema passes too. Trees are drawn from the
// table, mostly right, with slips of every type.
func TestQuickNeverSaysYesWrongly(t *testing.T) {
	schema, err := meshSchema()
	if err != nil {
		t.Fatal(err)
	}
	passed, right := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		root := drawMapping(t, fields.Mesh, rapid.IntRange(0, 6).Draw(t, "slips"))
		found, err := schema.violations(plain(root))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			right++
		}
		if !quick(root, fields.Mesh, false) {
			return
		}
		passed++
		if len(found) > 0 {
			t.Fatalf("quick passes what the schema refuses: %+v\n%v", found, plain(root))
		}
	})
	t.Logf("of %d trees that keep the schema quick passes %d", right, passed)
	if passed == 0 {
		t.Error("quick never passes anything, so that nothing was compared")
	}
}

// drawMapping draws a mapping of a kind; slips of ten values are of any type.
func drawMapping(t *rapid.T, kind fields.Kind, slips int) *syntax.Node {
	n := &syntax.Node{Kind: syntax.Mapping}
	for _, f := range fields.Of(kind) {
		wanted := f.Required || rapid.IntRange(0, 5).Draw(t, "wanted") == 0
		if wanted && rapid.IntRange(0, 60).Draw(t, "left out") >= slips {
			value := drawValue(t, f, slips)
			if rapid.IntRange(0, 60).Draw(t, "slip") < slips {
				value = rapid.Custom(anything).Draw(t, "anything")
			}
			n.Pairs = append(n.Pairs, syntax.Pair{Key: scalar(syntax.Text, f.Name), Value: value})
		}
	}
	return n
}

func drawValue(t *rapid.T, f fields.Field, slips int) *syntax.Node {
	text := scalar(syntax.Text, "a-b")
	list := func(items ...*syntax.Node) *syntax.Node { return &syntax.Node{Kind: syntax.Sequence, Items: items} }
	mapping := func(v *syntax.Node) *syntax.Node {
		return &syntax.Node{Kind: syntax.Mapping, Pairs: []syntax.Pair{{Key: text, Value: v}}}
	}
	switch f.Type {
	case fields.Enum:
		return scalar(syntax.Text, rapid.SampledFrom(f.Values).Draw(t, "value"))
	case fields.Count, fields.Whole, fields.Integer, fields.Number:
		return scalar(syntax.Int, rapid.SampledFrom([]string{"1", "2", "0", "-1"}).Draw(t, "number"))
	case fields.Bool:
		return scalar(syntax.Bool, "true")
	case fields.TopicList:
		return list(text)
	case fields.TextList:
		if f.Values != nil {
			return list(scalar(syntax.Text, f.Values[0]))
		}
		return list(text)
	case fields.List:
		return list(text, scalar(syntax.Null, ""))
	case fields.Map, fields.TextMap:
		return mapping(text)
	case fields.Object:
		return drawMapping(t, f.Below, slips)
	case fields.Objects:
		return list(drawMapping(t, f.Below, slips))
	case fields.ObjectMap:
		return mapping(drawMapping(t, f.Below, slips))
	}
	return text
}

func anything(t *rapid.T) *syntax.Node {
	return rapid.SampledFrom([]*syntax.Node{
		scalar(syntax.Text, ""), scalar(syntax.Text, "a b"), scalar(syntax.Null, ""), scalar(syntax.Bool, "true"), scalar(syntax.Int, "0"),
		scalar(syntax.Int, "-3"), scalar(syntax.Float, "1.5"), scalar(syntax.Int, "7"), {Kind: syntax.Sequence}, {Kind: syntax.Mapping}, {Kind: syntax.Hole},
		{Kind: syntax.Sequence, Items: []*syntax.Node{scalar(syntax.Int, "1")}},
	}).Draw(t, "value")
}

func scalar(t syntax.Type, s string) *syntax.Node {
	return &syntax.Node{Kind: syntax.Scalar, Type: t, Value: s}
}
