package operator

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/schema/fields"
)

// Lacks names the fields of a spec that definitions do not have, and that an API
// server drops, each with the version of the operator that brought it where that is
// known: "pod.startupProbe (came with the version after 0.27.2)". spec holds the values
// that JSON knows.
func (f Features) Lacks(kind fields.Kind, spec map[string]any) []string {
	var out []string
	lacks(f.Schema(kind), spec, "", func(path string) {
		if version := since(kind, path); version != "" {
			path += " (came with " + version + ")"
		}
		out = append(out, path)
	})
	return out
}

func lacks(s *Schema, v any, path string, found func(string)) {
	switch v := v.(type) {
	case map[string]any:
		if s == nil || s.Type == Any || s.Type == Map && s.Values == nil {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			below := s.Values
			if s.Type == Object {
				below = s.Properties[key]
			}
			if below == nil {
				found(join(path, "."+key))
				continue
			}
			lacks(below, v[key], join(path, "."+key), found)
		}
	case []any:
		if s == nil || s.Items == nil {
			return
		}
		for _, e := range v {
			lacks(s.Items, e, path+"[]", found)
		}
	}
}
