package lower

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// hide makes the values sensitive that the mesh file takes from outside: v is the
// JSON of given, in the config of a component by its full name.
func hide(v any, given *mesh.Value, component string) any {
	if given == nil || v == nil {
		return v
	}
	if given.From != "" && given.Shape == mesh.Scalar {
		return state.NewSensitive(given.From, v, component)
	}
	switch v := v.(type) {
	case map[string]any:
		if given.Shape != mesh.Mapping {
			return v
		}
		out := maps.Clone(v)
		for _, e := range given.Entries {
			if inner, there := out[e.Key]; there {
				out[e.Key] = hide(inner, e.Value, component)
			}
		}
		return out
	case []any:
		if len(v) != len(given.Items) {
			return v
		}
		out := slices.Clone(v)
		for i := range out {
			out[i] = hide(out[i], given.Items[i], component)
		}
		return out
	}
	return v
}
