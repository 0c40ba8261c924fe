package manager

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// schemaOf gives the JSON Schema of what a type's JSON form is. top keeps the type
// itself from becoming a reference to itself.
func schemaOf(t reflect.Type, top bool) object {
	if !top {
		for name, known := range schemaTypes {
			if t == known {
				return ref(name)
			}
		}
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return object{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), false)
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		// A list that is nil is null in JSON.
		return object{"type": []any{"array", "null"}, "items": schemaOf(t.Elem(), false)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schemaOf(t.Elem(), false)}
	case reflect.Struct:
		properties, required := object{}, []string{}
		fieldsOf(t, properties, &required)
		out := object{"type": "object", "properties": properties, "additionalProperties": false}
		if slices.Sort(required); len(required) > 0 {
			out["required"] = required
		}
		return out
	}
	return object{}
}

// fieldsOf adds the fields of a struct; those that are left out when empty are not required.
func fieldsOf(t reflect.Type, properties object, required *[]string) {
	for f := range structFields(t) {
		name, options, tagged := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			fieldsOf(f.Type, properties, required)
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		properties[name] = schemaOf(f.Type, false)
		if !tagged || !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}

func structFields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}
