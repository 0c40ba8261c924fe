package resolve

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// schemaFile finds the file with the definition of a topic's schema.
func (r *resolver) schemaFile(schema *syntax.Node) string {
	v := schema.Get("file")
	if !usable(v) {
		return ""
	}
	path := r.path(v)
	if problem := r.files.problem(path); problem != "" {
		r.missing(v.Span, problem)
	}
	return path
}

// defined are the schema types that have a definition; brokers refuse it missing
// with these, and refuse one with all others (SchemaDataValidator).
var defined = []string{"JSON", "AVRO", "PROTOBUF", "PROTOBUF_NATIVE", "KEY_VALUE"}

// pairProperties are what brokers take a KEY_VALUE schema apart by
// (KeyValueSchemaInfo).
var pairProperties = []string{"key.schema.type", "value.schema.type", "kv.encoding.type"}

// wholeSchema reports a declared schema that no broker would register. Of a topic
// of someone else the type alone may be declared.
func (r *resolver) wholeSchema(t *mesh.Topic, schema *syntax.Node) {
	kind, file := schema.Get("type"), schema.Get("file")
	if !usable(kind) {
		return
	}
	switch {
	case slices.Contains(defined, kind.Value) && file == nil && !t.External:
		r.list.Add(diag.BadSchema, kind.Span, fmt.Sprintf("The schema %s of `%s` has no definition.", kind.Value, r.mesh.Short(t)),
			"Give `file` with the definition; JSON and AVRO take an Avro schema.")
	case !slices.Contains(defined, kind.Value) && file != nil:
		r.list.Add(diag.BadSchema, file.Span, fmt.Sprintf("The schema %s of `%s` has no definition, and `file` gives one.", kind.Value, r.mesh.Short(t)),
			"Remove `file`.")
	case kind.Value == "KEY_VALUE" && file != nil:
		properties := schema.Get("properties")
		for _, name := range pairProperties {
			if properties.Get(name) == nil {
				r.list.Add(diag.BadSchema, kind.Span, fmt.Sprintf("The schema KEY_VALUE of `%s` lacks the property `%s`.", r.mesh.Short(t), name),
					"Say under `properties` how key and value are coded: `{key.schema.type: STRING, value.schema.type: JSON, kv.encoding.type: INLINE}`.")
				return
			}
		}
	}
}
