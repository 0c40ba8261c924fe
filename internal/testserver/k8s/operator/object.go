package operator

import (
	"encoding/json"
	"fmt"
	"slices"
)

// object is any JSON object.
type object map[string]any

// at returns what is at a path, nil where nothing is.
func (o object) at(path ...string) any {
	var v any = map[string]any(o)
	for _, key := range path {
		switch m := v.(type) {
		case map[string]any:
			v = m[key]
		case object:
			v = m[key]
		default:
			return nil
		}
	}
	return v
}

// sub returns the object at a path, empty where nothing is.
func (o object) sub(path ...string) object {
	switch m := o.at(path...).(type) {
	case map[string]any:
		return m
	case object:
		return m
	}
	return object{}
}

// has tells whether there is something other than null at a path.
func (o object) has(path ...string) bool { return o.at(path...) != nil }

// text returns the string at a path, or a number as it is written; empty where nothing is.
func (o object) text(path ...string) string {
	switch v := o.at(path...).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// list returns the objects of a list at a path.
func (o object) list(path ...string) (out []object) {
	items, _ := o.at(path...).([]any)
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// texts returns the strings of a list at a path.
func (o object) texts(path ...string) (out []string) {
	items, _ := o.at(path...).([]any)
	for _, i := range items {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

func (o object) name() string       { return o.text("metadata", "name") }
func (o object) uid() string        { return o.text("metadata", "uid") }
func (o object) generation() string { return o.text("metadata", "generation") }
func (o object) deleted() bool      { return o.has("metadata", "deletionTimestamp") }

func (o object) managed() bool {
	return o.text("metadata", "annotations", computeGroup+"/managed") != "false"
}

// owner returns a reference to o as the owner of another object.
func (o object) owner(apiVersion, kind string) []any {
	return []any{object{ // items of a list do not say what they are
		"apiVersion": apiVersion, "kind": kind, "name": o.name(), "uid": o.uid(),
		"controller": true, "blockOwnerDeletion": true,
	}}
}

// finalizers returns those of o with one more, or less.
func (o object) finalizers(name string, want bool) (out []string, changed bool) {
	out = o.texts("metadata", "finalizers")
	have := slices.Contains(out, name)
	switch {
	case want && !have:
		return append(out, name), true
	case !want && have:
		return slices.DeleteFunc(out, func(f string) bool { return f == name }), true
	}
	return out, false
}

// same compares two values by their JSON.
func same(a, b any) bool {
	x, errA := json.Marshal(a) // sorts keys
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}
