package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Value writes a config value in the way of YAML, on one line; nothing is "(none)".
func Value(v any) string {
	switch v := v.(type) {
	case nil:
		return "(none)"
	case string:
		return text(ShortTopic(v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return "[" + strings.Join(Values(v), ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, text(k)+": "+Value(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return Clean(fmt.Sprint(v))
	}
}

// Values is Value for each element.
func Values(list []any) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = Value(e)
	}
	return out
}

// text writes a string, in quotes where it would read as something else.
func text(s string) string {
	var other any
	reads := json.Unmarshal([]byte(s), &other) == nil
	if s == "" || s == "(none)" || reads || s != strings.TrimSpace(s) || strings.ContainsAny(s, "\n\"") || strings.Contains(s, " -> ") {
		return Clean(strconv.Quote(s))
	}
	return Clean(s)
}
