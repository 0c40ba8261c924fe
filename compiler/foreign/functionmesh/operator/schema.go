package operator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schema is what a definition (CRD) says of one field: the part of OpenAPI v3 that
// the operator's definitions use.
type Schema struct {
	// Type is one of the words of Types.
	Type Type
	// Enum are the texts that are allowed; none for any.
	Enum []string
	// Required are the properties that an object has to have.
	Required []string
	// NotNegative tells of a minimum of 0.
	NotNegative bool
	// Properties are the fields of an object by name.
	Properties map[string]*Schema
	// Values is what the values of a map are, Items what those of a list are.
	Values, Items *Schema
}

// Type says what values of a field are.
type Type string

// The types. Any holds whatever one likes (x-kubernetes-preserve-unknown-fields);
// a quantity is a number or a text of Kubernetes' form for amounts, a port a
// number or a text.
const (
	Any      Type = "any"
	Object   Type = "object"
	Map      Type = "map"
	List     Type = "list"
	Text     Type = "text"
	Whole    Type = "int"
	Number   Type = "number"
	Truth    Type = "bool"
	Quantity Type = "quantity"
	Port     Type = "port"
)

// Walk visits a schema and all below it, those above first and fields by their
// names. A path has "*" for the values of a map and "[]" for the items of a list.
func (s *Schema) Walk(visit func(path string, s *Schema)) { s.walk("", visit) }

func (s *Schema) walk(path string, visit func(string, *Schema)) {
	if s == nil {
		return
	}
	visit(path, s)
	for _, name := range s.names() {
		s.Properties[name].walk(strings.TrimPrefix(path+"."+name, "."), visit)
	}
	s.Values.walk(strings.TrimPrefix(path+".*", "."), visit)
	s.Items.walk(path+"[]", visit)
}

// At gives the schema at a path, as Walk names it; nil where there is none.
func (s *Schema) At(path string) *Schema {
	for step := range strings.SplitSeq(strings.ReplaceAll(path, "[]", ".[]"), ".") {
		switch {
		case s == nil:
			return nil
		case step == "":
		case step == "*":
			s = s.Values
		case step == "[]":
			s = s.Items
		default:
			s = s.Properties[step]
		}
	}
	return s
}

func (s *Schema) names() []string { return slices.Sorted(maps.Keys(s.Properties)) }

// without gives the schema without the fields at a path; what it does not touch is shared.
func (s *Schema) without(path string) *Schema {
	step, rest, more := strings.Cut(path, ".")
	below := s.Properties[step]
	if below == nil {
		return s
	}
	out := *s
	out.Properties = maps.Clone(s.Properties)
	if more {
		out.Properties[step] = below.without(rest)
	} else {
		delete(out.Properties, step)
		out.Required = slices.DeleteFunc(slices.Clone(s.Required), func(r string) bool { return r == step })
	}
	return &out
}

// renamed gives the schema with a field below an object under another name.
func (s *Schema) renamed(object, from, to string) *Schema {
	below := s.Properties[object]
	if below == nil || below.Properties[from] == nil {
		return s
	}
	out, inner := *s, *below
	inner.Properties = maps.Clone(below.Properties)
	inner.Properties[to] = inner.Properties[from]
	delete(inner.Properties, from)
	out.Properties = maps.Clone(s.Properties)
	out.Properties[object] = &inner
	return &out
}

// maxDepth bounds how deep a definition from outside may be.
const maxDepth = 64

// openAPI reads a schema as JSON decodes it.
func openAPI(v any, depth int) (*Schema, error) {
	m, ok := v.(map[string]any)
	if !ok || depth > maxDepth {
		return nil, fmt.Errorf("a schema in the definition is no object, or too deep")
	}
	out := &Schema{}
	typ, _ := m["type"].(string)
	for _, e := range listOf(m["enum"]) {
		if text, ok := e.(string); ok {
			out.Enum = append(out.Enum, text)
		}
	}
	for _, r := range listOf(m["required"]) {
		if name, ok := r.(string); ok {
			out.Required = append(out.Required, name)
		}
	}
	slices.Sort(out.Required)
	_, hasMinimum := m["minimum"]
	out.NotNegative = hasMinimum
	switch {
	case m["x-kubernetes-preserve-unknown-fields"] == true:
		return &Schema{Type: Any}, nil
	case m["x-kubernetes-int-or-string"] == true && m["pattern"] != nil:
		out.Type = Quantity
	case m["x-kubernetes-int-or-string"] == true:
		out.Type = Port
	case typ == "object" && m["additionalProperties"] != nil && m["additionalProperties"] != false:
		out.Type = Map
		if m["additionalProperties"] == true {
			return &Schema{Type: Any}, nil
		}
		var err error
		out.Values, err = openAPI(m["additionalProperties"], depth+1)
		return out, err
	case typ == "object":
		out.Type = Object
		properties, _ := m["properties"].(map[string]any)
		out.Properties = make(map[string]*Schema, len(properties))
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			below, err := openAPI(properties[name], depth+1)
			if err != nil {
				return nil, err
			}
			out.Properties[name] = below
		}
	case typ == "array":
		out.Type = List
		var err error
		out.Items, err = openAPI(m["items"], depth+1)
		return out, err
	case typ == "string":
		out.Type = Text
	case typ == "integer":
		out.Type = Whole
	case typ == "number":
		out.Type = Number
	case typ == "boolean":
		out.Type = Truth
	default:
		out.Type = Any
	}
	return out, nil
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}
