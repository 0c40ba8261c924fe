package pulsaradmin

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/schema/fields"
)

// Live turns the config of a component that runs, as GET
// /admin/v3/{kind}/{tenant}/{namespace}/{name} tells it, into a node. Values that are
// the default, or that meshc decides, are left out. notes tell of what a mesh has no
// field for.
func Live(kind fields.Kind, name string, config map[string]any) (node foreign.Node, notes []string) {
	l := live{}
	tree := foreign.Mapping(diag.Span{})
	foreign.Set(tree, "name", foreign.Text(name, diag.Span{}), diag.Span{})
	given := l.fields(kind, config, "")
	for _, key := range []string{"name", "tenant", "namespace", "cleanupSubscription", "runtime"} {
		delete(given, key)
	}
	if kind != fields.Source {
		inputs(given, config)
	}
	if kind == fields.Sink && given["processingGuarantees"] == "EFFECTIVELY_ONCE" {
		// Read back from the type of the subscription, which follows from the guarantee.
		delete(given, "retainOrdering")
	}
	if _, window := given["windowConfig"]; window {
		// Workers turn it off with a window.
		delete(given, "autoAck")
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		foreign.Set(tree, key, foreign.Plain(given[key]), diag.Span{})
	}
	foreign.Sort(tree, kind)
	return foreign.Node{Kind: kind, Tree: tree}, l.notes
}

type live struct{ notes []string }

// fields leaves out what says nothing, and notes what has no field.
func (l *live) fields(kind fields.Kind, config map[string]any, above string) map[string]any {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(config)) {
		v := settled(config[key])
		f, known := fields.Named(kind, key)
		switch {
		case v == nil, v == "", known && isDefault(f, v), known && f.Dead != "", known && !pulsars(f):
			continue
		case !known:
			l.notes = append(l.notes, fmt.Sprintf("left out: %s%s, for which meshc has no field", above, key))
			continue
		}
		if m, ok := v.(map[string]any); ok && f.Below != "" {
			v = l.below(f, m, above+key+".")
			if m, ok := v.(map[string]any); ok && len(m) == 0 {
				continue
			}
		}
		out[key] = v
	}
	return out
}

// below is fields for the value of a field that has fields of its own.
func (l *live) below(f fields.Field, m map[string]any, above string) any {
	if f.Type != fields.ObjectMap {
		whole, _ := f.Default.(map[string]any)
		rest := map[string]any{}
		for key, v := range m {
			if d, ok := whole[key]; !ok || !reflect.DeepEqual(settled(d), settled(v)) {
				rest[key] = v
			}
		}
		return l.fields(f.Below, rest, above)
	}
	out := map[string]any{}
	for key, v := range m {
		inner, _ := v.(map[string]any)
		out[key] = l.fields(f.Below, inner, above+key+".")
	}
	return out
}

// inputs parts what workers keep as one: topics without settings of their own are
// listed as inputs.
func inputs(given, config map[string]any) {
	var topics []any
	specs, _ := given["inputSpecs"].(map[string]any)
	for _, topic := range slices.Sorted(maps.Keys(specs)) {
		spec, _ := specs[topic].(map[string]any)
		if spec["regexPattern"] == true {
			continue
		}
		topics = append(topics, topic)
		if len(spec) == 0 {
			delete(specs, topic)
		}
	}
	if _, told := config["inputSpecs"]; told {
		delete(given, "inputs")
		if len(topics) > 0 {
			given["inputs"] = topics
		}
	}
	if len(specs) == 0 {
		delete(given, "inputSpecs")
	}
}

func isDefault(f fields.Field, v any) bool {
	if f.Default == nil {
		m, ok := v.(map[string]any)
		return ok && len(m) == 0
	}
	return reflect.DeepEqual(v, settled(f.Default))
}

// settled gives numbers one type, and maps no entries without a value, as workers
// drop them.
func settled(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return n
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = settled(e)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if e = settled(e); e != nil {
				out[k] = e
			}
		}
		return out
	}
	return v
}
