package check

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// quick tells whether a value plainly keeps the schema, which is made of the same
// table. Most files do, so that the schema need not even be compiled for them. It
// never says yes where the schema says no (a test compares them); where it says
// no the schema is asked, which alone says what is wrong.
func quick(n *syntax.Node, kind fields.Kind, partial bool) bool {
	if n.Kind != syntax.Mapping {
		return false
	}
	required := 0
	for _, p := range n.Pairs {
		f, ok := fields.Lookup(kind, p.Key.Value)
		if !ok || !takes(f, p.Value) {
			return false
		}
		if f.Required && len(f.Aliases) == 0 {
			required++
		}
	}
	return partial || required == needed[kind]
}

// needed counts the fields that the schema requires of a kind.
var needed = func() map[fields.Kind]int {
	out := map[fields.Kind]int{}
	for _, kind := range fields.Kinds() {
		for _, f := range fields.Of(kind) {
			if f.Required && len(f.Aliases) == 0 {
				out[kind]++
			}
		}
	}
	return out
}()

// takes tells whether a field plainly takes a value.
func takes(f fields.Field, n *syntax.Node) bool {
	switch f.Type {
	case fields.Text, fields.TopicName:
		return n.IsText() && fits(f.Pattern, n.Value)
	case fields.Enum:
		return n.IsText() && slices.Contains(f.Values, n.Value)
	case fields.Count, fields.Whole, fields.Integer:
		v, err := strconv.ParseInt(n.Value, 10, 64)
		return n.Kind == syntax.Scalar && n.Type == syntax.Int && err == nil &&
			(f.Type == fields.Integer || v >= 1 || v == 0 && f.Type == fields.Whole)
	case fields.Number:
		v, err := strconv.ParseFloat(n.Value, 64)
		return n.Kind == syntax.Scalar && (n.Type == syntax.Int || n.Type == syntax.Float) && err == nil && v > 0
	case fields.Bool:
		return n.Kind == syntax.Scalar && n.Type == syntax.Bool
	case fields.OneTopic:
		return n.IsText() || n.Kind == syntax.Sequence && len(n.Items) == 1 && full(n.Items[0])
	case fields.TopicList:
		return n.Kind == syntax.Sequence && len(n.Items) > 0 && !slices.ContainsFunc(n.Items, func(i *syntax.Node) bool { return !full(i) })
	case fields.Map:
		return n.Kind == syntax.Mapping
	case fields.List:
		return n.Kind == syntax.Sequence
	case fields.Object:
		return quick(n, f.Below, f.Partial)
	case fields.Place:
		return n.IsText() && fits(f.Pattern, n.Value) || quick(n, f.Below, false)
	case fields.Objects:
		return n.Kind == syntax.Sequence && !slices.ContainsFunc(n.Items, func(i *syntax.Node) bool { return !quick(i, f.Below, false) })
	case fields.ObjectMap:
		return n.Kind == syntax.Mapping && !slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return !quick(p.Value, f.Below, false) })
	}
	return false
}

func full(n *syntax.Node) bool { return n.IsText() && n.Value != "" }

// fits tells whether a text matches a pattern, or is not empty where there is none.
func fits(pattern, s string) bool {
	if pattern == "" {
		return s != ""
	}
	return pattern == fields.EntityName && entity.MatchString(s)
}

var entity = regexp.MustCompile(fields.EntityName)
