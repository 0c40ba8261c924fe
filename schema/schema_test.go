package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

func TestFileIsFresh(t *testing.T) {
	if !bytes.Equal(JSON(), Generate()) {
		t.Error("schema/mesh.schema.json is stale: run `go generate ./schema`")
	}
}

// A validator ignores keywords that it does not know without a word, so a
// keyword of a later draft would check nothing.
func TestOnlyDraft7Keywords(t *testing.T) {
	var root any
	if err := json.Unmarshal(JSON(), &root); err != nil {
		t.Fatal(err)
	}
	walk(t, "#", root)
}

var (
	annotations = []string{"$schema", "title", "description", "default", "examples"}
	assertions  = []string{"type", "enum", "pattern", "minLength", "minimum", "exclusiveMinimum", "minItems", "maxItems", "required", "$ref"}
)

// walk knows the part of draft-07 that the generator uses; oneOf is left out on
// purpose, since its messages hide the true fault.
func walk(t *testing.T, path string, schema any) {
	if _, ok := schema.(bool); ok {
		return
	}
	for word, value := range schema.(map[string]any) {
		switch {
		case slices.Contains(annotations, word), slices.Contains(assertions, word):
		case word == "properties", word == "definitions":
			for name, sub := range value.(map[string]any) {
				walk(t, path+"/"+word+"/"+name, sub)
			}
		case word == "items", word == "additionalProperties":
			walk(t, path+"/"+word, value)
		default:
			t.Errorf("%s: %q is not one of the draft-07 keywords in use", path, word)
		}
	}
}
