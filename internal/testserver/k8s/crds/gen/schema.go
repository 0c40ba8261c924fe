package main

import "maps"

// schema is a part of an OpenAPI schema.
type schema map[string]any

// fields are the properties of an object.
type fields map[string]schema

// Scalars.
var (
	text    = schema{"type": "string"}
	boolean = schema{"type": "boolean"}
	int32s  = schema{"type": "integer", "format": "int32"}
	int64s  = schema{"type": "integer", "format": "int64"}
)

// open is an object whose fields nobody knows, kept as it is.
var open = schema{"type": "object", "x-kubernetes-preserve-unknown-fields": true}

// core stands for an object of core Kubernetes, whose fields are not repeated here.
var core = open

// coreList is a list of such.
var coreList = list(core)

// quantity is a number with a unit, such as 500m or 1Gi. The pattern is for numbers
// with an optional fraction and an optional suffix or exponent.
var quantity = schema{
	"x-kubernetes-int-or-string": true,
	"anyOf":                      []any{schema{"type": "integer"}, schema{"type": "string"}},
	"pattern":                    `^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$`,
}

// replicas is a number of pods.
var replicas = with(int32s, "minimum", 0)

// object has these fields, of which required must be there.
func object(f fields, required ...string) schema {
	s := schema{"type": "object", "properties": f}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func list(of schema) schema  { return schema{"type": "array", "items": of} }
func mapOf(of schema) schema { return schema{"type": "object", "additionalProperties": of} }

func enum(values ...string) schema { return schema{"type": "string", "enum": values} }

// with returns s with one more key.
func with(s schema, key string, value any) schema {
	s = maps.Clone(s)
	s[key] = value
	return s
}

// and returns f with more fields, or other ones.
func (f fields) and(more fields) fields {
	f = maps.Clone(f)
	maps.Copy(f, more)
	return f
}
