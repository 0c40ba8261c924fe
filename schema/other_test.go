package schema_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/meshc/meshc/schema"
)

// Editors have validators of their own: another implementation takes the schema,
// and finds what ours finds.
func TestAnotherValidator(t *testing.T) {
	for name, text := range map[string][]byte{"file": schema.JSON(), "editor": schema.Editor()} {
		t.Run(name, func(t *testing.T) { drive(t, text, name == "editor") })
	}
}

func drive(t *testing.T, text []byte, editor bool) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mesh.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("mesh.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	right, err := filepath.Glob("../examples/*/mesh.yaml")
	if err != nil || len(right) == 0 {
		t.Fatal("there are no examples")
	}
	for _, path := range right {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !editor && bytes.Contains(data, []byte("${")) {
			continue // the strict form is for values that were put in
		}
		if err := compiled.Validate(value(t, string(data))); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, wrong := range []string{
		"functions: []", "name: m\nfunctionz: []", "name: m\nfunctions: [{}]", "name: m\nfunctions: [{name: a, parallelism: 0}]",
		"name: m\nfunctions: [{name: a, parallelism: two}]", "name: m\nfunctions: [{name: a b}]", "name: m\nsinks: [{name: a, inputs: []}]",
		"name: m\nsources: [{name: a, output: [a, b]}]", "name: m\ntopics: [{name: a, schema: {type: STRNG}}]", "name: m\nnamespace: {create: true}",
		"name: m\nsinks: [{name: a, inputSpecs: {t: {receiverQueueSize: -1}}}]", "name: m\nsinks: [{name: a, inputSpecs: {t: {x: 1}}}]",
		"name: m\ndefaults: {functions: {parallelism: 0}}", "name: m\nfunctions: [{name: a, producerConfig: {batchingConfig: {enabled: maybe}}}]",
		"name: m\nfunctions: [{name: a, resources: {cpu: 0}}]", "name: m\nfunctions: [{name: a, lifecycle: {allow: [loss]}}]",
	} {
		if compiled.Validate(value(t, wrong)) == nil {
			t.Errorf("another validator passes\n%s", wrong)
		}
	}
	reference := "name: m\nfunctions: [{name: a, parallelism: '${n}', retainOrdering: '${ordered}'}]"
	if err := compiled.Validate(value(t, reference)); (err == nil) != editor {
		t.Errorf("references: %v", err)
	}
	t.Logf("%d examples right, 16 wrong files refused by a second validator", len(right))
}

func value(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
