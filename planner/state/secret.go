package state

import "strings"

// Bare gives a component without the values of keys that secret takes for secrets:
// each of them becomes sensitive, without a reference that says where it comes from.
// What stands under `secrets` refers to secrets, and stays.
func (c *Component) Bare(secret func(key string) bool) *Component {
	fields, _ := BareValue(c.Fields, "", c.FullName(), secret).(map[string]any)
	out := *c
	out.Fields = fields
	return &out
}

// BareValue is Bare for a value of a component's config, such as that of a field
// which differs; name is the field's, and component its full name.
func BareValue(v any, name, component string, secret func(key string) bool) any {
	out, _ := rewrite(v, "/"+strings.ReplaceAll(name, ".", "/"), func(path string, v any) (any, bool, error) {
		if strings.Contains(path+"/", "/secrets/") {
			return v, true, nil
		}
		switch value := v.(type) {
		case Sensitive:
			return v, true, nil
		case string:
			if value == "" {
				return v, false, nil
			}
		case float64:
		default:
			return v, false, nil
		}
		if key := path[strings.LastIndexByte(path, '/')+1:]; secret(key) {
			return NewSensitive("", v, component), true, nil
		}
		return v, false, nil
	})
	return out
}

// Known gives the component with the sensitive values that came without a reference,
// as far as other has the same ones at the same places; unknown are the places of the
// others, with dots.
func (c *Component) Known(other *Component) (full *Component, unknown []string) {
	have := map[string]any{}
	if other != nil {
		_, _ = rewrite(other.Fields, "", func(path string, v any) (any, bool, error) {
			_, isMap := v.(map[string]any)
			_, isList := v.([]any)
			if !isMap && !isList {
				have[path] = v
			}
			return v, false, nil
		})
	}
	fields, _ := rewrite(c.Fields, "", func(path string, v any) (any, bool, error) {
		s, ok := v.(Sensitive)
		if !ok || s.known || s.From != "" {
			return v, ok, nil
		}
		there := have[path]
		if o, hidden := there.(Sensitive); hidden {
			if !o.known {
				there = nil
			} else {
				there = o.value
			}
		}
		if there != nil {
			if _, err := s.resolved(there, c.FullName()); err == nil {
				return there, true, nil // in the open, as the mesh file had it
			}
		}
		unknown = append(unknown, strings.ReplaceAll(path[1:], "/", "."))
		return v, true, nil
	})
	out := *c
	out.Fields, _ = fields.(map[string]any)
	return &out, unknown
}
