package schema

import (
	"bytes"
	"encoding/json"
	"slices"

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

// Generate renders the schema from the field table, ending in a line break. It is
// for values as they are when variables have been put in.
//
// Kinds of nodes are told apart by the list they stand in, never by oneOf, so
// that a validator names the true fault. Every spelling is a property of its
// own: that only one of them may be given is for the checker to say.
func Generate() []byte { return render(form{}) }

// Editor renders the schema for editors, which see values as they are written:
// where a number, a truth value or one of several words is taken, a reference such
// as ${name} may stand as well.
func Editor() []byte { return render(form{references: true}) }

// form says which of the two a schema is for.
type form struct{ references bool }

func render(g form) []byte {
	root := object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", "Function mesh"},
		{"description", "A mesh of Apache Pulsar functions, sources and sinks, wired by topics, as PIP-66 describes it."},
	}
	root = append(root, g.mapping(fields.Mesh, false)...)
	var definitions object
	for _, kind := range fields.Kinds() {
		if kind == fields.Mesh || kind == fields.Namespace {
			continue
		}
		definitions = append(definitions, member{string(kind), g.mapping(kind, false)})
		if partial(kind) {
			definitions = append(definitions, member{string(kind) + "Defaults", g.mapping(kind, true)})
		}
	}
	root = append(root, member{"definitions", definitions})
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("schema: the field table does not render as JSON: " + err.Error())
	}
	return append(out, '\n')
}

// partial tells whether a kind is used somewhere without its requirements.
func partial(kind fields.Kind) bool {
	return slices.ContainsFunc(fields.Of(fields.Defaults), func(f fields.Field) bool { return f.Partial && f.Below == kind })
}

// mapping describes a mapping of the fields of one kind.
func (g form) mapping(kind fields.Kind, partial bool) object {
	var properties object
	var required []string
	for _, f := range fields.Of(kind) {
		// A required field with aliases is left to the checker, which knows them all.
		if f.Required && !partial && len(f.Aliases) == 0 {
			required = append(required, f.Name)
		}
		properties = append(properties, member{f.Name, g.property(f)})
		for _, alias := range f.Aliases {
			other := f
			other.Doc = "Another spelling of `" + f.Name + "`. " + f.Doc
			properties = append(properties, member{alias, g.property(other)})
		}
	}
	out := object{{"type", "object"}, {"additionalProperties", false}}
	if required != nil {
		out = append(out, member{"required", required})
	}
	return append(out, member{"properties", properties})
}

// property describes the value of one field. Draft-07 validators pass over what
// stands beside a $ref; editors show it.
func (g form) property(f fields.Field) object {
	out := append(object{{"description", f.Doc}}, g.written(f)...)
	// What a mapping reads back as is said by its own fields.
	if f.Default != nil && f.Type != fields.Object {
		out = append(out, member{"default", f.Default})
	}
	if f.Example != nil {
		out = append(out, member{"examples", []any{f.Example}})
	}
	return out
}

// written is the shape of a value as it stands in a file.
func (g form) written(f fields.Field) object {
	strict := g.shape(f)
	switch f.Type {
	case fields.Count, fields.Whole, fields.Integer, fields.Number, fields.Bool, fields.Enum:
		if g.references {
			return object{{"anyOf", []any{strict, object{{"type", "string"}, {"pattern", `^\$\{[^}]+\}$`}}}}}
		}
	}
	return strict
}

func (g form) shape(f fields.Field) object {
	text := object{{"type", "string"}}
	below := reference(f)
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
	case fields.Whole:
		return object{{"type", "integer"}, {"minimum", 0}}
	case fields.Integer:
		return object{{"type", "integer"}}
	case fields.Number:
		return object{{"type", "number"}, {"exclusiveMinimum", 0}}
	case fields.Bool:
		return object{{"type", "boolean"}}
	case fields.OneTopic:
		return object{{"type", []string{"string", "array"}}, {"items", text}, {"minItems", 1}, {"maxItems", 1}}
	case fields.TopicList:
		return object{{"type", "array"}, {"items", text}, {"minItems", 1}}
	case fields.TextList:
		if f.Values != nil {
			text = append(text, member{"enum", f.Values})
		}
		return object{{"type", "array"}, {"items", text}}
	case fields.List:
		return object{{"type", []string{"array", "null"}}}
	case fields.Map:
		return object{{"type", []string{"object", "null"}}}
	case fields.TextMap:
		return object{{"type", []string{"object", "null"}}, {"additionalProperties", text}}
	case fields.Place:
		out := g.mapping(f.Below, false)
		out[0].value = []string{"string", "object"}
		return append(out, member{"pattern", f.Pattern})
	case fields.Object:
		return below
	case fields.Objects:
		return object{{"type", []string{"array", "null"}}, {"items", below}}
	case fields.ObjectMap:
		return object{{"type", []string{"object", "null"}}, {"additionalProperties", below}}
	}
	panic("schema: no shape for fields of type " + string(f.Type))
}

func reference(f fields.Field) object {
	name := string(f.Below)
	if f.Partial {
		name += "Defaults"
	}
	return object{{"$ref", "#/definitions/" + name}}
}
