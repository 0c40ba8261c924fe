package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

// KindSchema is the kind of a topic's schema.
const KindSchema Kind = "schema"

// Schema is the schema of a topic. A topic that has none has no such resource.
// Nobody owns a schema and meshc deletes none: messages that are stored were
// written with it. Brokers delete it together with its topic.
type Schema struct {
	// Topic is the topic's full name.
	Topic string `json:"topic"`
	// Type is Pulsar's schema type. What brokers read back as NONE is BYTES here.
	Type string `json:"type"`
	// Definition is the text that goes with the type, empty for those without one.
	Definition string `json:"definition,omitempty"`
	// Properties are stored with a version; a broker does not take others for a
	// definition that it has already.
	Properties map[string]string `json:"properties,omitempty"`
	// Versions (not in a desired state) are the digests of all versions that the topic
	// has, the newest last; see Schema.Digest. Type and Definition are those of the newest.
	Versions []string `json:"versions,omitempty"`
	// From (desired only) names the node that the schema follows from; empty where
	// the mesh file declares it.
	From string `json:"from,omitempty"`
	// Adapts (desired only) tells that the node takes over a schema that the topic
	// has, since its type alone says how it codes messages.
	Adapts bool `json:"adapts,omitempty"`
	// Reader (desired only) names a node that reads the topic with the schema.
	Reader string `json:"reader,omitempty"`
	// External (desired only): the topic is someone else's, so that the schema is
	// compared and never registered.
	External bool `json:"external,omitempty"`
}

// SchemaAddr returns the address of the schema of a topic, given by its full name.
func SchemaAddr(topic string) Addr { return Addr(KindSchema) + "/" + Addr(topic) }

// Addr implements Resource.
func (s *Schema) Addr() Addr { return SchemaAddr(s.Topic) }

// OwnerID implements Resource: nobody owns a schema.
func (s *Schema) OwnerID() string { return "" }

func (s *Schema) resource() {}

// TypeOnly tells that of a schema on someone else's topic only the type is
// given, although its type has a definition.
func (s *Schema) TypeOnly() bool {
	if !s.External || s.Definition != "" {
		return false
	}
	switch s.Type {
	case "JSON", "AVRO", "PROTOBUF", "PROTOBUF_NATIVE", "KEY_VALUE":
		return true
	}
	return false
}

// Digest is equal for schemas that a broker takes for the same version
// (SchemaRegistryServiceImpl.getSchemaVersionBySchemaData): properties do not
// count, and neither do spacing, `doc` and `aliases` of a definition in JSON.
func (s *Schema) Digest() string {
	text := s.Definition
	var v any
	if dec := json.NewDecoder(strings.NewReader(text)); text != "" {
		dec.UseNumber()
		if err := dec.Decode(&v); err == nil && atEnd(dec) {
			canonical, _ := json.Marshal(definition(v))
			text = string(canonical)
		}
	}
	sum := sha256.Sum256([]byte(SchemaType(s.Type) + "\n" + text))
	return hex.EncodeToString(sum[:16])
}

func atEnd(dec *json.Decoder) bool {
	_, err := dec.Token()
	return errors.Is(err, io.EOF)
}

// Stored is a planned schema as reading shows it afterwards.
func (s *Schema) Stored() *Schema {
	out := &Schema{Topic: s.Topic, Type: s.Type, Definition: s.Definition, Properties: s.Properties, Versions: s.Versions}
	if len(out.Versions) == 0 {
		out.Versions = []string{s.Digest()}
	}
	return out
}

// Has tells whether one of the versions of a live schema is the wanted one.
func (s *Schema) Has(want *Schema) bool { return slices.Contains(s.Versions, want.Digest()) }

// SchemaType brings the name of a schema type into one form: case does not
// count, and brokers call BYTES by another name when they read it back.
func SchemaType(name string) string {
	if name = strings.ToUpper(name); name == "NONE" {
		return "BYTES"
	}
	return name
}

// definition drops from an Avro schema what two equal ones can differ in
// (org.apache.avro.Schema.equals). Values of defaults stay as they are.
func definition(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = definition(e)
		}
		return out
	case map[string]any:
		out := maps.Clone(v)
		for key, e := range v {
			switch key {
			case "doc", "aliases":
				delete(out, key)
			case "default":
			default:
				out[key] = definition(e)
			}
		}
		return out
	}
	return v
}
