package schema

import (
	"bytes"
	"encoding/json"

	"github.com/meshc/meshc/schema/fields"
)

// object is a JSON object whose members keep their order, so that the file reads
// in the order of the field table.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Generate renders the schema from the field table, ending in a line break.
//
// Kinds of nodes are told apart by the list they stand in, never by oneOf, so
// that a validator names the true fault. Every spelling is a property of its
// own: that only one of them may be given is for the checker to say.
func Generate() []byte {
	root := object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", "Function mesh"},
		{"description", "A mesh of Apache Pulsar functions, wired by topics, as PIP-66 describes it."},
	}
	root = append(root, mapping(fields.Mesh)...)
	root = append(root, member{"definitions", object{
		{"topic", mapping(fields.Topic)},
		{"function", mapping(fields.Function)},
	}})
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("schema: the field table does not render as JSON: " + err.Error())
	}
	return append(out, '\n')
}

// mapping describes a mapping of the fields of one kind.
func mapping(kind fields.Kind) object {
	var properties object
	var required []string
	for _, f := range fields.Of(kind) {
		if f.Internal {
			continue
		}
		if f.Required {
			required = append(required, f.Name)
		}
		properties = append(properties, member{f.Name, property(f)})
		for _, alias := range f.Aliases {
			other := f
			other.Doc = "Another spelling of `" + f.Name + "`. " + f.Doc
			properties = append(properties, member{alias, property(other)})
		}
	}
	out := object{{"type", "object"}, {"additionalProperties", false}}
	if required != nil {
		out = append(out, member{"required", required})
	}
	return append(out, member{"properties", properties})
}

// property describes the value of one field.
func property(f fields.Field) object {
	out := append(object{{"description", f.Doc}}, shape(f)...)
	if f.Default != nil {
		out = append(out, member{"default", f.Default})
	}
	if f.Example != nil {
		out = append(out, member{"examples", []any{f.Example}})
	}
	return out
}

func shape(f fields.Field) object {
	text := object{{"type", "string"}}
	switch f.Type {
	case fields.Text, fields.TopicName:
		if f.Pattern != "" {
			return append(text, member{"pattern", f.Pattern})
		}
		return append(text, member{"minLength", 1})
	case fields.Enum:
		return append(text, member{"enum", f.Values})
	case fields.Count:
		return object{{"type", "integer"}, {"minimum", 1}}
	case fields.Number:
		return object{{"type", "number"}, {"exclusiveMinimum", 0}}
	case fields.Bool:
		return object{{"type", "boolean"}}
	case fields.OneTopic:
		return object{{"type", []string{"string", "array"}}, {"items", text}, {"minItems", 1}, {"maxItems", 1}}
	case fields.TopicList:
		return object{{"type", "array"}, {"items", text}, {"minItems", 1}}
	case fields.Map:
		return object{{"type", []string{"object", "null"}}}
	case fields.Resources:
		return mapping(fields.Resource)
	case fields.Place:
		out := mapping(fields.Namespace)
		out[0].value = []string{"string", "object"}
		return append(out, member{"pattern", f.Pattern})
	case fields.Topics:
		return object{{"type", []string{"array", "null"}}, {"items", object{{"$ref", "#/definitions/topic"}}}}
	case fields.Functions:
		return object{{"type", []string{"array", "null"}}, {"items", object{{"$ref", "#/definitions/function"}}}}
	}
	panic("schema: no shape for fields of type " + string(f.Type))
}
