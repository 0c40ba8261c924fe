package human

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// value writes a config value in the way of YAML, on one line.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "(none)"
	case string:
		return text(view.ShortTopic(v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return "[" + strings.Join(values(v), ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, text(k)+": "+value(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return view.Clean(fmt.Sprint(v))
	}
}

func values(list []any) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = value(e)
	}
	return out
}

// text writes a string, in quotes where it would read as something else.
func text(s string) string {
	var other any
	reads := json.Unmarshal([]byte(s), &other) == nil
	if s == "" || s == "(none)" || reads || s != strings.TrimSpace(s) || strings.ContainsAny(s, "\n\"") || strings.Contains(s, " -> ") {
		return view.Clean(strconv.Quote(s))
	}
	return view.Clean(s)
}
