package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var schemaClash = lint.Rule{
	Code: diag.SchemaClash,
	Doc:  "Finds topics whose writers, readers and declaration name different schema types: a topic has one, and brokers refuse who comes with another.",
	Run: func(p *lint.Pass) {
		for _, t := range p.Mesh.Topics {
			agreed := schemaAt(p.World, t.Name)
			if own := declaredSchema(t); agreed.topic != nil && agreed.topic != t && own != "" && own != agreed.schema {
				tellClash(p, t.Schema.Get("type").Span, fmt.Sprintf("`%s` is declared with the schema %s", p.Short(t), own), agreed)
			}
		}
		for _, end := range p.World.Ends(p.Mesh) {
			agreed := schemaAt(p.World, end.Edge.Topic.Name)
			if way := clashing(agreed, end); way != "" {
				tellClash(p, end.Edge.Span, fmt.Sprintf("`%s` %s `%s` %s", end.Node.NodeName(), verb(end.Edge), p.Short(end.Edge.Topic), way), agreed)
			}
		}
	},
}

// clashing says how an end comes to a topic that has another schema; empty where
// it does not, or where that is not sure.
func clashing(agreed agreement, end *lint.End) string {
	if agreed.schema == "" || agreed.end == end || !codes(end) {
		return ""
	}
	own, class := schemaOf(end.Edge), typeAt(end)
	switch {
	case exact(own) && own != agreed.schema:
		return "with the schema " + own
	case own == "" && noSerDe(end.Edge.SerDe) && refusesType(agreed, class):
		return "as `" + class + "`"
	}
	return ""
}

// clashes tells that the end was reported for its schema.
func clashes(w *lint.World, end *lint.End) bool {
	return clashing(schemaAt(w, end.Edge.Topic.Name), end) != ""
}

func tellClash(p *lint.Pass, at diag.Span, what string, agreed agreement) {
	if agreed.topic != nil {
		p.Report(at, fmt.Sprintf("%s, and the topic is declared with %s.", what, agreed.schema), "Name one schema type at all places of the topic.").
			Relate(agreed.topic.Schema.Get("type").Span, "declared here")
		return
	}
	p.Report(at, fmt.Sprintf("%s, and `%s` %s it with %s.", what, agreed.end.Node.NodeName(), verb(agreed.end.Edge), agreed.schema), "Name one schema type at all places of the topic.").
		Relate(agreed.end.Edge.Span, "`"+agreed.end.Node.NodeName()+"` "+verb(agreed.end.Edge)+" here")
}

func verb(e mesh.Edge) string {
	if e.Role.Writes() {
		return "writes"
	}
	return "reads"
}

// agreement is the schema type of a topic and who says so: its declaration, or
// else the first writer that names one, or else the first reader.
type agreement struct {
	schema string
	topic  *mesh.Topic
	end    *lint.End
}

func schemaAt(w *lint.World, topic string) agreement {
	return lint.Once(w, agreement{}, func() map[string]agreement {
		all := map[string]agreement{}
		agree := func(topic string, a agreement) {
			if _, taken := all[topic]; !taken {
				all[topic] = a
			}
		}
		for _, m := range w.Meshes() {
			for _, t := range m.Topics {
				if schema := declaredSchema(t); schema != "" {
					agree(t.Name, agreement{schema: schema, topic: t})
				}
			}
		}
		for _, role := range []mesh.Role{mesh.Output, mesh.Input} {
			for e := range w.All() {
				if schema := schemaOf(e.Edge); e.Edge.Role == role && exact(schema) && codes(e) {
					agree(e.Edge.Topic.Name, agreement{schema: schema, end: e})
				}
			}
		}
		return all
	})[topic]
}

func declaredSchema(t *mesh.Topic) string { return t.Schema.Get("type").Text() }

// codes tells whether the schema type of an end is used: Go functions never look
// at theirs, and logs and dead letters are not coded by it.
func codes(e *lint.End) bool {
	if f, ok := e.Node.(*mesh.Function); ok && f.Runtime == fields.Go {
		return false
	}
	return e.Edge.Role == mesh.Output || e.Edge.Role == mesh.Input
}

// schemaOf gives the schema type of an edge as Pulsar reads it: case does not
// count, and a class stays as it is.
func schemaOf(e mesh.Edge) string {
	if strings.Contains(e.SchemaType, ".") {
		return e.SchemaType
	}
	return strings.ToUpper(e.SchemaType)
}

// exact tells whether a schema type is one that goes with no other: neither one
// that adapts itself, as AUTO_CONSUME, nor raw bytes, nor a class.
func exact(schema string) bool { return slices.Contains(exactSchemas, schema) }

var exactSchemas = []string{"STRING", "JSON", "AVRO", "PROTOBUF", "PROTOBUF_NATIVE", "KEY_VALUE"}

func typeAt(e *lint.End) string {
	if e.Edge.Role == mesh.Output {
		return givenType(e.Node)
	}
	return takenType(e.Node)
}

// refusesType tells whether a node without a schema type cannot use the topic's
// with its class. Such a node takes over the schema that the topic has, and
// function workers know few (TopicSchema.newSchemaInstance).
func refusesType(agreed agreement, class string) bool {
	group := groupOf(class)
	switch {
	case group == "" || agreed.topic == nil || agreed.schema == "BYTES":
		return false
	case agreed.schema == "STRING":
		return group != text
	}
	return !exact(agreed.schema)
}

// noSerDe tells that no SerDe of the user's is named. The class is the default
// that Pulsar passes over.
func noSerDe(class string) bool {
	return class == "" || class == "org.apache.pulsar.functions.api.utils.DefaultSerDe"
}
