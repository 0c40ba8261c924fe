package native

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// optionsField is the field that holds the marker.
const optionsField = "customRuntimeOptions"

// propertiesKey is the setting of inputs that functions of some versions do not give
// back (FunctionConfigUtils.convertFromDetails; 4.0.8 does not, 4.2.4 does), and its
// key in the marker.
const propertiesKey = "consumerProperties"

// hidden collects what reading a component back will not show, or will not tell from
// what was not given: a marker tells of it. nil for nothing.
func hidden(c *state.Component) map[string]any {
	out := map[string]any{}
	for _, field := range fields.Of(fields.Kind(c.Kind)) {
		if v := c.Fields[field.Name]; unshown(field) && v != nil && !state.Equal(v, state.Canonical(field.Default)) {
			out[field.Name] = v
		}
	}
	if properties := propertiesOf(c); len(properties) > 0 {
		out[propertiesKey] = properties
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// unshown tells of fields that no reply has, or that a reply leaves out for a value:
// forwardSourceMessageProperty comes as true or not at all.
func unshown(field fields.Field) bool {
	return field.Hidden || field.Update == fields.Lossy
}

// unread tells of fields that the function's language never reads and that no reply
// has: meshes do not have them either, whatever the file says.
func unread(field fields.Field, config map[string]any) bool {
	runtime, _ := config["runtime"].(string)
	return field.Kind == fields.Function && field.Hidden && slices.Contains(field.Ignored, fields.Runtime(runtime))
}

// unsaid is the value of a field that a reply does not have: what the marker says.
// Without a marker an absent truth value is false.
func unsaid(field fields.Field, m *marker) any {
	switch {
	case !unshown(field):
		return nil
	case m != nil:
		return state.Revived(state.Canonical(m.Hidden[field.Name]))
	case field.Type == fields.Bool:
		return false
	}
	return nil
}

// withoutDerived leaves out what workers fill in inside of a value.
func withoutDerived(field fields.Field, v any) any {
	m, ok := v.(map[string]any)
	if !ok || field.Type != fields.Object {
		return v
	}
	maps.DeleteFunc(m, func(key string, _ any) bool {
		below, _ := fields.Named(field.Below, key)
		return below.Derived
	})
	return m
}

// propertiesOf are the consumerProperties of a function by input.
func propertiesOf(c *state.Component) map[string]any {
	out := map[string]any{}
	specs, _ := c.Fields["inputSpecs"].(map[string]any)
	for topic, s := range specs {
		if spec, ok := s.(map[string]any); ok && c.Kind == state.KindFunction && spec[propertiesKey] != nil {
			out[topic] = spec[propertiesKey]
		}
	}
	return out
}

// consumersOf completes the settings of inputs as a reply has them. A function whose
// reply has consumerProperties for one input has them for all; where it has none for
// any, the server may not give them back, and the marker counts.
func consumersOf(kind state.Kind, specs map[string]any, m *marker) map[string]any {
	if kind != state.KindFunction || m == nil {
		return specs
	}
	for _, s := range specs {
		if spec, ok := s.(map[string]any); ok && spec[propertiesKey] != nil {
			return specs
		}
	}
	noted, _ := state.Revived(state.Canonical(m.Hidden[propertiesKey])).(map[string]any)
	for topic, properties := range noted {
		spec, ok := specs[topic].(map[string]any)
		if !ok {
			spec = map[string]any{}
			specs[topic] = spec
		}
		spec[propertiesKey] = properties
	}
	return specs
}
