package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

const unknownKey = "additional_property_not_allowed"

// sayer puts a violation of one rule into words.
type sayer func(c *checker, at place, v violation)

// sayers maps the library's types of errors to our findings. Those that the
// schema's keywords cannot cause are answered all the same.
var sayers = map[string]sayer{
	"required":                  (*checker).missing,
	"invalid_type":              (*checker).wrongType,
	"enum":                      (*checker).notOneOf,
	"array_min_items":           (*checker).count,
	"array_max_items":           (*checker).count,
	"number_gte":                (*checker).tooSmall,
	"number_gt":                 (*checker).tooSmall,
	"pattern":                   (*checker).badName,
	"string_gte":                (*checker).empty,
	unknownKey:                  (*checker).other,
	"false":                     (*checker).other,
	"number_any_of":             (*checker).other,
	"number_one_of":             (*checker).other,
	"number_all_of":             (*checker).other,
	"number_not":                (*checker).other,
	"missing_dependency":        (*checker).other,
	"internal":                  (*checker).other,
	"const":                     (*checker).other,
	"array_no_additional_items": (*checker).other,
	"unique":                    (*checker).other,
	"contains":                  (*checker).other,
	"array_min_properties":      (*checker).other,
	"array_max_properties":      (*checker).other,
	"invalid_property_pattern":  (*checker).other,
	"invalid_property_name":     (*checker).other,
	"string_lte":                (*checker).other,
	"format":                    (*checker).other,
	"multiple_of":               (*checker).other,
	"number_lte":                (*checker).other,
	"number_lt":                 (*checker).other,
	"condition_then":            (*checker).other,
	"condition_else":            (*checker).other,
}

// value reports a violation, unless it follows from one that was reported.
func (c *checker) value(at place, v violation) {
	if at.node.Kind == syntax.Hole {
		return
	}
	if at.key != nil && c.guessedKeys[at.key] {
		hole(at.node)
		return
	}
	say, ok := sayers[v.rule]
	if !ok {
		say = (*checker).other
	}
	say(c, at, v)
}

// name is how a sentence calls the value at a place.
func (c *checker) name(at place) string {
	switch {
	case at.key == nil:
		return "The mesh"
	case at.inside && at.field.Type == fields.Objects:
		one, _ := title(at.field.Below)
		return upper(one)
	case at.inside && at.node.Kind != syntax.Sequence && (at.field.Type == fields.TextMap || at.field.Type == fields.ObjectMap):
		return fmt.Sprintf("`%s` of `%s`", c.asWritten(at.key), at.field.Name)
	case at.inside:
		return fmt.Sprintf("An item of `%s`", c.asWritten(at.key))
	}
	return fmt.Sprintf("`%s`", c.asWritten(at.key))
}

func (c *checker) missing(at place, v violation) {
	if c.doc.Incomplete || slices.Contains(c.guessed[at.node], v.key) {
		return
	}
	span := firstLine(at.node)
	_, in := title(at.kind)
	who := upper(in)
	if name := at.node.Get("name"); name != nil && name.IsText() {
		span = name.Span
		who = fmt.Sprintf("%s `%s`", upper(strings.TrimPrefix(in, "a ")), name.Value)
	}
	hint := ""
	if f, ok := fields.Named(at.kind, v.key); ok {
		doc, _, _ := strings.Cut(f.Doc, ". ")
		hint = fmt.Sprintf("Add %s. %s.", example(f), strings.TrimSuffix(doc, "."))
	}
	hints := some(hint)
	if at.kind == fields.Mesh && v.key == "name" {
		hints = append(hints, "If the file is an overlay of another, give it by `--overlay` alone.")
	}
	c.list.Add(diag.MissingKey, span, fmt.Sprintf("%s needs a key `%s`.", who, v.key), hints...)
}

func example(f fields.Field) string {
	switch v := f.Example.(type) {
	case nil:
		return "`" + f.Name + ": ...`"
	case []any:
		return fmt.Sprintf("`%s: %v`", f.Name, v)
	default:
		return fmt.Sprintf("`%s: %v`", f.Name, v)
	}
}

func (c *checker) notOneOf(at place, _ violation) {
	hints := []string{"Allowed are " + list(at.field.Values) + "."}
	near, ok := diag.Nearest(at.node.Value, at.field.Values)
	if ok {
		hints = append([]string{fmt.Sprintf("Did you mean `%s`?", near)}, hints...)
	}
	d := c.list.Add(diag.BadValue, at.node.Span, fmt.Sprintf("%s cannot be `%s`.", c.name(at), at.node.Shown()), hints...)
	if ok {
		d.Mend(fmt.Sprintf("write `%s`", near), diag.Edit{Span: at.node.Span, Old: at.node.Value, New: near})
	}
	hole(at.node)
}

func (c *checker) count(at place, v violation) {
	switch {
	case v.rule == "array_min_items" && at.field.Type == fields.TopicList:
		c.list.Add(diag.BadValue, at.node.Span, fmt.Sprintf("%s is empty; it takes at least one topic.", c.name(at)),
			"List the topics to read.")
	case v.rule == "array_min_items":
		c.list.Add(diag.BadValue, at.node.Span, fmt.Sprintf("%s is empty.", c.name(at)),
			"Give one topic, or remove the key if the function returns nothing.")
	default:
		span := at.node.Span
		if len(at.node.Items) > 1 {
			span = firstLine(at.node.Items[1])
		}
		c.list.Add(diag.BadValue, span, fmt.Sprintf("%s is a list of %d topics; a component writes to one.", c.name(at), len(at.node.Items)),
			"Keep one topic; a second function can copy messages to another.")
	}
	hole(at.node)
}

func (c *checker) tooSmall(at place, _ violation) {
	least := "Give a whole number from 1."
	switch at.field.Type {
	case fields.Number:
		least = "Give a number above 0."
	case fields.Whole:
		least = "Give a whole number from 0."
	}
	c.list.Add(diag.BadValue, at.node.Span, fmt.Sprintf("%s cannot be %s.", c.name(at), at.node.Shown()), least)
	hole(at.node)
}

// badName keeps the value: as a name it still tells nodes apart.
func (c *checker) badName(at place, _ violation) {
	if at.node.Value == "" {
		c.empty(at, violation{})
		return
	}
	bad := strings.IndexFunc(at.node.Value, func(r rune) bool {
		return !(r < 128 && strings.ContainsRune("-=:._", r)) && !('0' <= r && r <= '9') && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z')
	})
	what := ""
	if bad >= 0 {
		what = fmt.Sprintf(" It holds %q.", []rune(at.node.Value[bad:])[0])
	}
	c.list.Add(diag.BadName, at.node.Span, fmt.Sprintf("%s cannot be `%s`.%s", c.name(at), at.node.Shown(), what),
		"Use letters, digits and the characters - = : . _ only.")
}

func (c *checker) empty(at place, _ violation) {
	c.list.Add(diag.BadValue, at.node.Span, fmt.Sprintf("%s is empty.", c.name(at)), "Give a value, or remove the key.")
	hole(at.node)
}

// other answers for rules that the schema does not use today.
func (c *checker) other(at place, v violation) {
	c.list.Add(diag.BadValue, firstLine(at.node), fmt.Sprintf("%s breaks the rule `%s` of the mesh schema.", c.name(at), v.rule))
	hole(at.node)
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// list joins words as a sentence does.
func list(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " and " + quoted[len(quoted)-1]
}
