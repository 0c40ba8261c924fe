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
	fields.Count: "a whole number from 1", fields.Number: "a number above 0", fields.Bool: "`true` or `false`",
	fields.OneTopic: "the name of one topic", fields.TopicList: "a list of topics", fields.Map: "a mapping",
	fields.Resources: "a mapping with `cpu`, `ram` and `disk`", fields.Place: "a name, or a mapping with `name` and `create`",
	fields.Topics: "a list of topics", fields.Functions: "a list of functions",
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
		return fmt.Sprintf("the truth value `%s`", n.Value)
	case syntax.Int, syntax.Float:
		return fmt.Sprintf("the number %s", n.Value)
	}
	return fmt.Sprintf("the text \"%s\"", short(n.Value))
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
	want, ok := wants[at.field.Type]
	switch {
	case at.item && itemKind(at.field.Type) != "":
		want = "a mapping of keys to values"
	case at.item:
		want = "the name of a topic"
	case !ok:
		want = "another type of value"
	}
	n := at.node
	if n.Kind == syntax.Scalar && n.Type == syntax.Float && at.field.Type == fields.Count {
		c.list.Add(diag.BadValue, n.Span, fmt.Sprintf("%s is %s, and takes %s.", c.name(at), n.Value, want), "Give a whole number.")
		hole(n)
		return
	}
	detail := fmt.Sprintf("%s is %s, and takes %s.", c.name(at), describe(n), want)
	if n.IsNull() {
		detail = fmt.Sprintf("%s has no value, and takes %s.", c.name(at), want)
	}
	c.list.Add(diag.WrongType, firstLine(n), detail, some(c.typeHint(at))...)
	hole(n)
}

var whole = regexp.MustCompile(`^[0-9]+$`)

// typeHint says how the value would be written rightly, where that is plain.
func (c *checker) typeHint(at place) string {
	n, key := at.node, "value"
	if at.key != nil {
		key = c.asWritten(at.key)
	}
	switch {
	case n.IsNull() && at.item:
		return "Remove the empty item, or give it a value."
	case n.IsNull():
		return "Give a value, or remove the key."
	case at.item && itemKind(at.field.Type) != "" && n.IsText():
		return fmt.Sprintf("Write `- name: %s`.", short(n.Value))
	}
	switch at.field.Type {
	case fields.Count, fields.Number:
		if !n.IsText() {
			return ""
		}
		if whole.MatchString(n.Value) {
			return fmt.Sprintf("Remove the quotes: `%s: %s`.", key, n.Value)
		}
		if bytes, ok := quantity(n.Value); ok && at.kind == "" && (key == "ram" || key == "disk") {
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
			return fmt.Sprintf("Put it in quotes: `%s: \"%s\"`.", key, n.Value)
		}
	case fields.TopicList:
		switch {
		case n.Kind == syntax.Scalar && at.item:
			return fmt.Sprintf("Put it in quotes: `- \"%s\"`.", n.Value)
		case n.IsText():
			return fmt.Sprintf("Write a list: `%s: [%s]`.", key, short(n.Value))
		}
	case fields.Topics, fields.Functions:
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
