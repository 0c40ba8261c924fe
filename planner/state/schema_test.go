package state_test

import (
	"testing"

	"github.com/meshc/meshc/planner/state"
)

// Brokers take two definitions for the same version where they differ only in
// spacing, order, documentation and aliases.
func TestDigestOfSchema(t *testing.T) {
	const order = `{"type":"record","name":"Order","fields":[{"name":"id","type":"string","default":"a"}]}`
	base := &state.Schema{Topic: "persistent://t/n/a", Type: "AVRO", Definition: order}
	for _, c := range []struct {
		name  string
		other state.Schema
		same  bool
	}{
		{"spacing and order", state.Schema{Type: "AVRO", Definition: "{\"name\": \"Order\",\n \"type\": \"record\", \"fields\": [{\"type\": \"string\", \"name\": \"id\", \"default\": \"a\"}]}\n"}, true},
		{"documentation and aliases", state.Schema{Type: "AVRO", Definition: `{"type":"record","name":"Order","doc":"x","aliases":["O"],"fields":[{"name":"id","doc":"y","type":"string","default":"a"}]}`}, true},
		{"properties", state.Schema{Type: "AVRO", Definition: order, Properties: map[string]string{"a": "b"}}, true},
		{"type", state.Schema{Type: "JSON", Definition: order}, false},
		{"field", state.Schema{Type: "AVRO", Definition: `{"type":"record","name":"Order","fields":[{"name":"no","type":"string","default":"a"}]}`}, false},
		{"doc within a default", state.Schema{Type: "AVRO", Definition: `{"type":"record","name":"Order","fields":[{"name":"id","type":"string","default":{"doc":1}}]}`}, false},
		{"no JSON", state.Schema{Type: "AVRO", Definition: order + "}"}, false},
	} {
		if got := c.other.Digest() == base.Digest(); got != c.same {
			t.Errorf("%s: same is %v", c.name, got)
		}
	}
	if (&state.Schema{Type: "NONE"}).Digest() != (&state.Schema{Type: "bytes"}).Digest() {
		t.Error("NONE and BYTES are one type")
	}
}
