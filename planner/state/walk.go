package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Equal compares two config values in canonical form. A sensitive value is equal
// to another, or to an open one, of the same content, wherever it came from.
func Equal(a, b any) bool {
	if s, ok := a.(Sensitive); ok {
		return equalSensitive(s, b)
	}
	if s, ok := b.(Sensitive); ok {
		return equalSensitive(s, a)
	}
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b
	case float64:
		b, ok := b.(float64)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, e := range a {
			if o, there := b[k]; !there || !Equal(e, o) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Equal)
	}
	return reflect.DeepEqual(a, b)
}

// rewrite gives v with each leaf, and each value that see takes as one, replaced
// by what see gives. Maps and lists without a change stay the same. path is a JSON
// pointer (RFC 6901).
func rewrite(v any, path string, see func(path string, v any) (out any, leaf bool, err error)) (any, error) {
	if out, leaf, err := see(path, v); leaf || err != nil {
		return out, err
	}
	switch v := v.(type) {
	case map[string]any:
		var out map[string]any
		for _, k := range slices.Sorted(maps.Keys(v)) {
			e, err := rewrite(v[k], path+"/"+pointerEscape.Replace(k), see)
			if err != nil {
				return nil, err
			}
			if changed(e, v[k]) {
				if out == nil {
					out = maps.Clone(v)
				}
				out[k] = e
			}
		}
		if out != nil {
			return out, nil
		}
	case []any:
		var out []any
		for i := range v {
			e, err := rewrite(v[i], path+"/"+strconv.Itoa(i), see)
			if err != nil {
				return nil, err
			}
			if changed(e, v[i]) {
				if out == nil {
					out = slices.Clone(v)
				}
				out[i] = e
			}
		}
		if out != nil {
			return out, nil
		}
	}
	return v, nil
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// changed tells whether two values are not one and the same, or cannot be told.
func changed(a, b any) bool {
	switch a.(type) {
	case map[string]any, []any:
		if reflect.TypeOf(a) != reflect.TypeOf(b) {
			return true
		}
		return reflect.ValueOf(a).Pointer() != reflect.ValueOf(b).Pointer()
	}
	if _, ok := b.(map[string]any); ok {
		return true
	}
	if _, ok := b.([]any); ok {
		return true
	}
	return a != b
}

// SensitivePaths lists where a component's config has sensitive values, as JSON
// pointers into its fields, in order.
func (c *Component) SensitivePaths() []string {
	if !holdsSensitive(c.Fields) {
		return nil // as nearly all have none, and paths cost
	}
	var out []string
	_, _ = rewrite(c.Fields, "", func(path string, v any) (any, bool, error) {
		_, ok := v.(Sensitive)
		if ok {
			out = append(out, path)
		}
		return v, ok, nil
	})
	return out
}

// holdsSensitive tells whether a config has a sensitive value.
func holdsSensitive(v any) bool {
	switch v := v.(type) {
	case Sensitive:
		return true
	case map[string]any:
		for _, e := range v {
			if holdsSensitive(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, holdsSensitive)
	}
	return false
}

// Masked gives the component with the values at these places of its config made
// sensitive; places that it does not have are passed over.
func (c *Component) Masked(paths []string) *Component {
	if len(paths) == 0 {
		return c
	}
	fields, _ := rewrite(c.Fields, "", func(path string, v any) (any, bool, error) {
		if _, already := v.(Sensitive); already {
			return v, true, nil
		}
		if slices.Contains(paths, path) {
			return NewSensitive("", v, c.FullName()), true, nil
		}
		return v, false, nil
	})
	out := *c
	out.Fields = fields.(map[string]any)
	return &out
}

// SensitivePaths are those of all components that have any.
func (s *State) SensitivePaths() map[Addr][]string {
	out := map[Addr][]string{}
	for addr, r := range s.Resources {
		if c, ok := r.(*Component); ok {
			if paths := c.SensitivePaths(); len(paths) > 0 {
				out[addr] = paths
			}
		}
	}
	return out
}

// Mask makes values of components sensitive, by address and place.
func (s *State) Mask(paths map[Addr][]string) {
	for addr, list := range paths {
		if c, ok := s.Resources[addr].(*Component); ok {
			s.Resources[addr] = c.Masked(list)
		}
	}
}

// Revealed gives a config with the sensitive values in the open, to be sent to a
// cluster. One whose value is not known is an error that names its place.
func Revealed(fields map[string]any) (map[string]any, error) {
	out, err := rewrite(fields, "", func(path string, v any) (any, bool, error) {
		s, ok := v.(Sensitive)
		if ok && !s.known {
			return nil, false, fmt.Errorf("the sensitive value at %s is not known here", path)
		}
		return s.value, ok, nil
	})
	if err != nil {
		return nil, err
	}
	return out.(map[string]any), nil
}

// Resolve gives the component with the values of its references, which a plan
// file does not hold. Errors of resolve, and ErrOtherValue where a value is not the
// planned one, name the place.
func (c *Component) Resolve(resolve func(from string) (string, error)) (*Component, error) {
	fields, err := rewrite(c.Fields, "", func(path string, v any) (any, bool, error) {
		s, ok := v.(Sensitive)
		if !ok || s.known || s.From == "" {
			return v, ok, nil
		}
		value, err := resolve(s.From)
		if err == nil {
			s, err = s.resolved(value, c.FullName())
		}
		if err != nil {
			err = fmt.Errorf("%s of %s %s, %s: %w", strings.ReplaceAll(path[1:], "/", "."), c.Kind, c.FullName(), s.From, err)
		}
		return s, true, err
	})
	if err != nil {
		return nil, err
	}
	out := *c
	out.Fields = fields.(map[string]any)
	return &out, nil
}

// Revived gives a value that came out of JSON with its sensitive values as such.
func Revived(v any) any {
	out, _ := rewrite(v, "", func(_ string, v any) (any, bool, error) {
		m, ok := v.(map[string]any)
		if !ok || len(m) != 2 {
			return v, false, nil
		}
		from, ok1 := m[sensitiveKey].(string)
		digest, ok2 := m["digest"].(string)
		if !ok1 || !ok2 {
			return v, false, nil
		}
		return Sensitive{From: from, Digest: digest}, true, nil
	})
	return out
}

// FieldsDigest is a digest of a config, the same wherever its sensitive values came from.
func FieldsDigest(fields map[string]any) string {
	var bare any = fields
	if holdsSensitive(fields) {
		bare, _ = rewrite(fields, "", func(_ string, v any) (any, bool, error) {
			if s, ok := v.(Sensitive); ok {
				return s.Digest, true, nil
			}
			return v, false, nil
		})
	}
	// Values in canonical form always encode, and maps in the order of their keys.
	data, ok := appendJSON(nil, bare)
	if !ok {
		data = nil
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
