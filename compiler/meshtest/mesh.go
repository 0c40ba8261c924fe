package meshtest

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/schema/fields"
)

// Pair is an entry of a [Map].
type Pair struct {
	Key   string
	Value any
}

// Map is a mapping with its keys in an order. Values are Map, []any, string,
// bool, int, float64 and nil.
type Map struct {
	// Kind is the kind that the keys are fields of, under Pulsar's own names; empty
	// where they are the user's.
	Kind  fields.Kind
	Pairs []Pair
}

// Mesh draws a mesh: names differ, what is required is there, nodes are wired by a
// few topics, and code is a Python file that does not exist. What the compiler has
// to say about it beyond that is left to chance.
func Mesh(t *rapid.T) Map {
	d := drawer{t: t}
	m := d.kind(fields.Mesh, 0)
	for _, list := range []struct {
		key  string
		kind fields.Kind
	}{{"topics", fields.Topic}, {"functions", fields.Function}} {
		m.set(list.key, d.list(list.kind, rapid.IntRange(1, 3).Draw(t, list.key)))
	}
	return m
}

// set gives a key a value.
func (m *Map) set(key string, value any) {
	for i := range m.Pairs {
		if m.Pairs[i].Key == key {
			m.Pairs[i].Value = value
			return
		}
	}
	m.Pairs = append(m.Pairs, Pair{key, value})
}

type drawer struct {
	t     *rapid.T
	names int
}

func (d *drawer) chance(of int, label string) bool {
	return rapid.IntRange(0, of-1).Draw(d.t, label) == of-1
}

// kind draws a mapping of fields of a kind, in any order.
func (d *drawer) kind(kind fields.Kind, depth int) Map {
	m := Map{Kind: kind}
	for _, f := range fields.Of(kind) {
		often := 3 + 3*depth
		if len(fields.Of(kind)) > 12 {
			often *= 2
		}
		if !f.Required && !d.chance(often, f.Name) {
			continue
		}
		m.Pairs = append(m.Pairs, Pair{f.Name, d.field(f, depth)})
	}
	if kind == fields.Function {
		m.Pairs = slices.DeleteFunc(m.Pairs, func(p Pair) bool { return p.Key == "jar" || p.Key == "go" })
		m.set("py", "code/f.py")
		m.set("className", "f.F")
	}
	if len(m.Pairs) > 0 {
		m.Pairs = rapid.Permutation(m.Pairs).Draw(d.t, "order")
	}
	return m
}

func (d *drawer) list(kind fields.Kind, n int) []any {
	var out []any
	for range n {
		out = append(out, d.kind(kind, 1))
	}
	return out
}

// field draws a value for a field.
func (d *drawer) field(f fields.Field, depth int) any {
	switch f.Type {
	case fields.TopicName, fields.OneTopic:
		if f.Kind == fields.Topic {
			return d.name()
		}
		return d.topic()
	case fields.TopicList:
		return []any{d.topic(), d.name()}
	case fields.Count:
		return rapid.IntRange(1, 9).Draw(d.t, f.Name)
	case fields.Bool:
		return rapid.Bool().Draw(d.t, f.Name)
	case fields.Enum:
		return rapid.SampledFrom(f.Values).Draw(d.t, f.Name)
	case fields.Map:
		return d.free(2)
	case fields.Object, fields.Place:
		return d.kind(f.Below, depth+1)
	case fields.Objects:
		return d.list(f.Below, 1)
	case fields.ObjectMap:
		return Map{Pairs: []Pair{{d.topic(), d.kind(f.Below, depth+1)}}}
	}
	if f.Name == "name" || f.Example == nil {
		return d.name()
	}
	return fromExample(f.Example)
}

func (d *drawer) topic() string {
	return rapid.SampledFrom([]string{"t1", "t2", "t3", "persistent://public/default/t4"}).Draw(d.t, "topic")
}

func (d *drawer) name() string {
	d.names++
	return fmt.Sprintf("n%d", d.names)
}

// free draws a value whose keys are the user's: among them words that are aliases
// of fields elsewhere.
func (d *drawer) free(depth int) Map {
	var m Map
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"replicas", "name", "classname", "b", "a", "a b", "output", "#", "- x", "true", ""}), 0, 4, rapid.ID).Draw(d.t, "keys")
	for _, k := range keys {
		m.Pairs = append(m.Pairs, Pair{k, d.anything(depth)})
	}
	return m
}

func (d *drawer) anything(depth int) any {
	top := 7
	if depth == 0 {
		top = 5
	}
	switch rapid.IntRange(0, top).Draw(d.t, "shape") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(d.t, "bool")
	case 2:
		return rapid.IntRange(-5, 2000).Draw(d.t, "int")
	case 3, 4, 5:
		return rapid.SampledFrom([]string{
			"", "word", "two words", "of three words", " in front", "behind ", "it's", `a "quoted" \ text`, "# no comment", "a: b", "two\nlines\n",
			"no end\nof line", "blank\n\n\nlines\n\n", "  indented\n less\n", "tab\there", "ends: ", "- item", "{x}", "*no", "&no", "ü ☃ \u00a0", "null", "12", "trailing  \nspace \n",
			"long enough to be folded over a few lines when somebody feels like it",
		}).Draw(d.t, "text")
	case 6:
		var list []any
		for range rapid.IntRange(0, 3).Draw(d.t, "items") {
			list = append(list, d.anything(depth-1))
		}
		return list
	}
	return d.free(depth - 1)
}

// fromExample turns a value of the table into those of a mesh.
func fromExample(v any) any {
	switch v := v.(type) {
	case map[string]any:
		var m Map
		for _, k := range slices.Sorted(maps.Keys(v)) {
			m.Pairs = append(m.Pairs, Pair{k, fromExample(v[k])})
		}
		return m
	case []any:
		var list []any
		for _, item := range v {
			list = append(list, fromExample(item))
		}
		return list
	}
	return v
}
