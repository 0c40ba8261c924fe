package foreign

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// Plain is a value of JSON (texts, truth values, float64, []any, map[string]any) as a
// tree without places, with keys in order.
func Plain(v any) *syntax.Node {
	at := diag.Span{}
	switch v := v.(type) {
	case bool:
		return Truth(v, at)
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return Text(fmt.Sprint(v), at)
		}
		return Number(v, at)
	case []any:
		out := List(at)
		for _, e := range v {
			out.Items = append(out.Items, Plain(e))
		}
		return out
	case map[string]any:
		out := Mapping(at)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			Set(out, key, Plain(v[key]), at)
		}
		return out
	}
	return Text(fmt.Sprint(v), at)
}
