package state

import (
	"encoding/json"
	"slices"
)

// Canonical brings a config value into the one form in which values are
// compared: numbers are float64, as function workers keep them (Gson); null map
// entries vanish, as workers drop them; empty text is absence (nil).
func Canonical(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return v
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = canonicalElement(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			if c := canonicalElement(e); c != nil {
				out[k] = c
			}
		}
		return out
	default:
		return v
	}
}

// canonicalElement is Canonical for what lies inside lists and maps, where
// empty text is a value of its own.
func canonicalElement(v any) any {
	if s, ok := v.(string); ok {
		return s
	}
	return Canonical(v)
}

// SortedTexts returns the canonical list of texts, sorted and without repeats.
func SortedTexts(list []string) []any {
	s := slices.Compact(slices.Sorted(slices.Values(list)))
	out := make([]any, len(s))
	for i, e := range s {
		out[i] = e
	}
	return out
}
