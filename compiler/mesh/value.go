package mesh

import (
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// Shape is what a value is made of.
type Shape int

// The shapes of values. Unknown stands where the file has something that could
// not be read and was reported, or that is not known yet, as ${env:NAME} of an
// unset variable: nothing follows from it.
const (
	Unknown Shape = iota
	Scalar
	Mapping
	List
)

// Value is a value of a mesh file with its place. All methods take nil, which
// stands for a key that is not given.
type Value struct {
	Shape Shape
	Span  diag.Span
	// Data is a scalar as JSON decodes it: nil, bool, float64 or string.
	Data any
	// Entries are those of a mapping in the order of the file; Items those of a list.
	Entries []Entry
	Items   []*Value
	// From is the reference that a sensitive value came from, as ${env:TOKEN};
	// empty for all others. The value of one that has it must not be shown.
	From string
}

// Entry is one entry of a mapping.
type Entry struct {
	Key string
	// KeySpan is the place of the key.
	KeySpan diag.Span
	Value   *Value
}

// Get returns the value of a key of a mapping, nil where there is none.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return nil
	}
	for i := range v.Entries {
		if v.Entries[i].Key == key {
			return v.Entries[i].Value
		}
	}
	return nil
}

// At follows a path of keys of mappings.
func (v *Value) At(path ...string) *Value {
	for _, key := range path {
		v = v.Get(key)
	}
	return v
}

// Known tells that a value is given and could be read.
func (v *Value) Known() bool { return v != nil && v.Shape != Unknown }

// Text returns the text of a scalar, "" for everything else.
func (v *Value) Text() string {
	if v == nil {
		return ""
	}
	s, _ := v.Data.(string)
	return s
}

// Number returns a number and whether the value is one.
func (v *Value) Number() (float64, bool) {
	if v == nil {
		return 0, false
	}
	n, ok := v.Data.(float64)
	return n, ok
}

// Truth tells whether the value is the truth value true.
func (v *Value) Truth() bool {
	if v == nil {
		return false
	}
	b, _ := v.Data.(bool)
	return b
}

// JSON returns the value as JSON decodes it. Unknown values are left out of
// mappings and lists, and are nil by themselves.
func (v *Value) JSON() any {
	if v == nil {
		return nil
	}
	switch v.Shape {
	case Mapping:
		m := make(map[string]any, len(v.Entries))
		for _, e := range v.Entries {
			if e.Value.Shape != Unknown {
				m[e.Key] = e.Value.JSON()
			}
		}
		return m
	case List:
		list := make([]any, 0, len(v.Items))
		for _, item := range v.Items {
			if item.Shape != Unknown {
				list = append(list, item.JSON())
			}
		}
		return list
	}
	return v.Data
}

// FromJSON makes a value of what JSON decodes to, all of it at one place. Keys are
// sorted.
func FromJSON(data any, at diag.Span) *Value {
	out := &Value{Shape: Scalar, Span: at}
	switch data := data.(type) {
	case map[string]any:
		out.Shape = Mapping
		for _, key := range slices.Sorted(maps.Keys(data)) {
			out.Entries = append(out.Entries, Entry{Key: key, KeySpan: at, Value: FromJSON(data[key], at)})
		}
	case []any:
		out.Shape = List
		for _, item := range data {
			out.Items = append(out.Items, FromJSON(item, at))
		}
	default:
		out.Data = data
	}
	return out
}

// Walk visits a value and all below it, parents first, in the order of the file.
// path are the keys that lead to a value; those of lists are empty.
func (v *Value) Walk(visit func(path []string, v *Value)) { v.walk(nil, visit) }

func (v *Value) walk(path []string, visit func([]string, *Value)) {
	if v == nil {
		return
	}
	visit(path, v)
	for _, e := range v.Entries {
		e.Value.walk(append(path[:len(path):len(path)], e.Key), visit)
	}
	for _, item := range v.Items {
		item.walk(append(path[:len(path):len(path)], ""), visit)
	}
}

// Builtin returns the name behind builtin://, and whether the text has that form.
func Builtin(s string) (string, bool) { return strings.CutPrefix(s, "builtin://") }
