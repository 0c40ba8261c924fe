package compiler

import (
	"maps"
	"slices"
	"strconv"

	"github.com/meshc/meshc/compiler/syntax"
)

// hidden stands in a spec for a value that is kept secret until the mesh file is made
// of it: where the value comes to stand there shows only then.
const hidden = "\x00meshc: kept secret\x00"

// bare is the spec without the values that are kept secret.
func (n Live) bare() map[string]any {
	spec := any(n.Spec)
	for _, path := range n.Sensitive {
		spec = without(spec, pointed(path))
	}
	out, _ := spec.(map[string]any)
	return out
}

// without hides the value at a place; what leads there is copied.
func without(v any, steps []string) any {
	if len(steps) == 0 {
		return hidden
	}
	switch v := v.(type) {
	case map[string]any:
		if inner, there := v[steps[0]]; there {
			out := maps.Clone(v)
			out[steps[0]] = without(inner, steps[1:])
			return out
		}
	case []any:
		if i, err := strconv.Atoi(steps[0]); err == nil && i >= 0 && i < len(v) {
			out := slices.Clone(v)
			out[i] = without(v[i], steps[1:])
			return out
		}
	}
	return v
}

// concealSpec is conceal for what came out of a spec.
func concealSpec(node *syntax.Node, n Live) (notes []string) {
	var walk func(v *syntax.Node, steps []string)
	walk = func(v *syntax.Node, steps []string) {
		if v.Value == hidden {
			notes = append(notes, refer(v, n.Name, steps))
			return
		}
		for _, p := range v.Pairs {
			walk(p.Value, append(slices.Clip(steps), p.Key.Value))
		}
		for i, item := range v.Items {
			walk(item, append(slices.Clip(steps), strconv.Itoa(i)))
		}
	}
	if node != nil && len(n.Sensitive) > 0 {
		walk(node, nil)
	}
	return notes
}
