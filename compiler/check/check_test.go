package check

import (
	"encoding/json"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/meshc/meshc/schema"
)

func TestEveryTypeOfErrorIsMapped(t *testing.T) {
	for _, name := range []string{
		"false", "required", "invalid_type", "number_any_of", "number_one_of", "number_all_of", "number_not",
		"missing_dependency", "internal", "const", "enum", "array_no_additional_items", "array_min_items",
		"array_max_items", "unique", "contains", "array_min_properties", "array_max_properties",
		"additional_property_not_allowed", "invalid_property_pattern", "invalid_property_name", "string_gte",
		"string_lte", "pattern", "format", "multiple_of", "number_gte", "number_gt", "number_lte", "number_lt",
		"condition_then", "condition_else",
	} {
		if sayers[name] == nil {
			t.Errorf("%s is not mapped", name)
		}
	}
}

// A file that is no schema would let everything pass.
func TestSchemaIsASchema(t *testing.T) {
	l := gojsonschema.NewSchemaLoader()
	l.Validate, l.Draft = true, gojsonschema.Draft7
	if _, err := l.Compile(gojsonschema.NewBytesLoader(schema.JSON())); err != nil {
		t.Error(err)
	}
}

// What the schema gives as an example, its own rules take.
func TestExamplesAreValid(t *testing.T) {
	var root struct {
		Properties  map[string]property
		Definitions map[string]struct{ Properties map[string]property }
	}
	var whole map[string]any
	for _, v := range []any{&root, &whole} {
		if err := json.Unmarshal(schema.JSON(), v); err != nil {
			t.Fatal(err)
		}
	}
	kinds := map[string]map[string]property{"mesh": root.Properties}
	for kind, d := range root.Definitions {
		kinds[kind] = d.Properties
	}
	for kind, properties := range kinds {
		for name, p := range properties {
			values := p.Examples
			if p.Default != nil {
				values = append(values, p.Default)
			}
			for _, v := range values {
				p.Schema["definitions"] = whole["definitions"]
				s, err := gojsonschema.NewSchema(gojsonschema.NewGoLoader(p.Schema))
				if err != nil {
					t.Fatal(err)
				}
				if r, err := s.Validate(gojsonschema.NewGoLoader(v)); err != nil || !r.Valid() {
					t.Errorf("%s.%s: %v is not valid: %v", kind, name, v, r.Errors())
				}
			}
		}
	}
}

type property struct {
	Examples []any
	Default  any
	Schema   map[string]any
}

// UnmarshalJSON keeps the whole property beside the parts of interest.
func (p *property) UnmarshalJSON(data []byte) error {
	type plain property
	if err := json.Unmarshal(data, (*plain)(p)); err != nil {
		return err
	}
	return json.Unmarshal(data, &p.Schema)
}
