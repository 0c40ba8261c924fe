package check

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// wants describes what a field takes.
var wants = map[fields.Type]string{
	fields.Text: "text", fields.Enum: "text", fields.TopicName: "the name of a topic",
	fields.Count: "a whole number from 1", fields.Whole: "a whole number from 0", fields.Integer: "a whole number",
	fields.Number: "a number above 0", fields.Bool: "`true` or `false`",
	fields.OneTopic: "the name of one topic", fields.TopicList: "a list of topics", fields.TextList: "a list of texts",
	fields.List: "a list", fields.Map: "a mapping", fields.TextMap: "a mapping of keys to texts", fields.Place: "a name, or a mapping with `name` and `create`",
}

// want says in words what a place takes.
func want(at place) string {
	f := at.field
	switch {
	case at.inside && (f.Type == fields.TopicList || f.Type == fields.OneTopic):
		return "the name of a topic"
	case at.inside && (f.Type == fields.TextList || f.Type == fields.TextMap):
		return "text"
	case at.inside:
		return "a mapping of keys to values"
	case f.Type == fields.Object:
		return "a mapping with " + list(few(f))
	case f.Type == fields.ObjectMap:
		return "a mapping of topics to settings"
	case f.Type == fields.Objects:
		return "a list of " + f.Name
	}
	if w, ok := wants[f.Type]; ok {
		return w
	}
	return "another type of value"
}

// few names the first keys of a field's mapping.
func few(f fields.Field) []string {
	var names []string
	for _, below := range fields.Of(f.Below) {
		if names = append(names, below.Name); len(names) == 3 {
			break
		}
	}
	return names
}

// describe names the type of a value as the file gives it.
func describe(n *syntax.Node) string {
	switch n.Kind {
	case syntax.Mapping:
		return "a mapping"
	case syntax.Sequence:
		return "a list"
	}
	switch n.Type {
	case syntax.Null:
		return "nothing"
	case syntax.Bool:
		return fmt.Sprintf("the truth value `%s`", n.Shown())
	case syntax.Int, syntax.Float:
		return fmt.Sprintf("the number %s", n.Shown())
	}
	return fmt.Sprintf("the text \"%s\"", short(n.Shown()))
}

func short(s string) string {
	s, _, cut := strings.Cut(s, "\n")
	if r := []rune(s); len(r) > 40 {
		s, cut = string(r[:40]), true
	}
	if cut {
		s += "..."
	}
	return s
}

func (c *checker) wrongType(at place, _ violation) {
	want, n := want(at), at.node
	if n.Kind == syntax.Scalar && n.Type == syntax.Float && isWhole(at.field.Type) && !at.inside {
		c.list.Add(diag.BadValue, n.Span, fmt.Sprintf("%s is %s, and takes %s.", c.name(at), n.Shown(), want), "Give a whole number.")
		hole(n)
		return
	}
	detail := fmt.Sprintf("%s is %s, and takes %s.", c.name(at), describe(n), want)
	if n.IsNull() {
		detail = fmt.Sprintf("%s has no value, and takes %s.", c.name(at), want)
	}
	d := c.list.Add(diag.WrongType, firstLine(n), detail, some(c.typeHint(at))...)
	if right := respelled(at); right != "" {
		d.Mend(fmt.Sprintf("write `%s`", short(right)), diag.Edit{Span: n.Span, Old: n.Value, New: right})
	}
	hole(n)
}

// respelled gives the same value in the spelling that the field takes, "" where
// there is not just one.
func respelled(at place) string {
	n, t := at.node, at.field.Type
	number := t == fields.Number || isWhole(t)
	switch {
	case n.Kind != syntax.Scalar || n.From != "" || n.IsNull():
	case t == fields.Bool && n.IsText() && (strings.EqualFold(n.Value, "true") || strings.EqualFold(n.Value, "yes")):
		return "true"
	case t == fields.Bool && n.IsText() && (strings.EqualFold(n.Value, "false") || strings.EqualFold(n.Value, "no")):
		return "false"
	case !at.inside && number && n.IsText() && whole.MatchString(n.Value) && (n.Value == "0" || n.Value[0] != '0'):
		return n.Value
	case wantsText(at) && n.Type != syntax.Float:
		return `"` + n.Value + `"`
	}
	return ""
}

// wantsText tells of places that take text, where a number or truth value of YAML
// lacks its quotes.
func wantsText(at place) bool {
	switch at.field.Type {
	case fields.Text, fields.TopicName, fields.OneTopic, fields.Place:
		return !at.inside || at.field.Type == fields.OneTopic
	case fields.TopicList, fields.TextList, fields.TextMap:
		return at.inside
	}
	return false
}

func isWhole(t fields.Type) bool {
	return t == fields.Count || t == fields.Whole || t == fields.Integer
}

var whole = regexp.MustCompile(`^[0-9]+$`)

// typeHint says how the value would be written rightly, where that is plain.
func (c *checker) typeHint(at place) string {
	n, key := at.node, "value"
	if at.key != nil {
		key = c.asWritten(at.key)
	}
	f := at.field
	switch {
	case n.IsNull() && at.inside && f.Type == fields.ObjectMap:
		return "Write `{}` where there is nothing to set."
	case n.IsNull() && at.inside:
		return "Remove the empty item, or give it a value."
	case n.IsNull():
		return "Give a value, or remove the key."
	case at.inside && f.Type == fields.Objects && n.IsText():
		return fmt.Sprintf("Write `- name: %s`.", short(n.Shown()))
	case at.inside && f.Type == fields.TextMap && n.Kind == syntax.Scalar:
		return fmt.Sprintf("Put it in quotes: \"%s\".", n.Shown())
	}
	switch f.Type {
	case fields.Count, fields.Whole, fields.Integer, fields.Number:
		if !n.IsText() {
			return ""
		}
		if whole.MatchString(n.Value) {
			return fmt.Sprintf("Remove the quotes: `%s: %s`.", key, n.Shown())
		}
		if bytes, ok := quantity(n.Value); ok && (key == "ram" || key == "disk") {
			return fmt.Sprintf("Write the number of bytes: `%s: %d`.", key, bytes)
		}
		return "Write it in digits, without a unit."
	case fields.Bool:
		switch strings.ToLower(n.Value) {
		case "true", "yes", "on", "y", "1":
			return fmt.Sprintf("Write `%s: true`.", key)
		case "false", "no", "off", "n", "0":
			return fmt.Sprintf("Write `%s: false`.", key)
		}
	case fields.Text, fields.Enum, fields.TopicName, fields.OneTopic, fields.Place:
		if n.Kind == syntax.Scalar {
			return fmt.Sprintf("Put it in quotes: `%s: \"%s\"`.", key, n.Shown())
		}
	case fields.TopicList, fields.TextList:
		switch {
		case n.Kind == syntax.Scalar && at.inside:
			return fmt.Sprintf("Put it in quotes: `- \"%s\"`.", n.Shown())
		case n.IsText():
			return fmt.Sprintf("Write a list: `%s: [%s]`.", key, short(n.Shown()))
		}
	case fields.Objects:
		return "Start each entry with a dash: `- name: ...`."
	}
	return ""
}

var (
	amount = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([KMGT]i?)?B?$`)
	units  = map[string]float64{"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}
)

// quantity reads an amount of memory as Kubernetes spells it.
func quantity(s string) (int64, bool) {
	m := amount.FindStringSubmatch(strings.Replace(s, "k", "K", 1))
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseFloat(m[1], 64)
	v *= units[m[2]]
	if err != nil || v < 1 || v > maxExact {
		return 0, false
	}
	return int64(v), true
}
