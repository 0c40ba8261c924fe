package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var codecsDiffer = lint.Rule{
	Code: diag.CodecsDiffer,
	Doc:  "Finds topics that one node codes by a SerDe and another by a schema: they understand each other only where the SerDe's bytes happen to be the schema's.",
	Run: func(p *lint.Pass) {
		for _, end := range p.World.Ends(p.Mesh) {
			schema, serde := coding(end)
			if schema == "" && serde == "" || !codes(end) || clashes(p.World, end) {
				continue
			}
			topic := end.Edge.Topic.Name
			c := codings(p.World, topic)
			switch {
			case serde != "" && c.schema != nil:
				other, _ := coding(c.schema)
				tellCodec(p, end, "the SerDe `"+serde+"`", c.schema, "the schema "+other)
			case serde != "" && end.Edge.Role == mesh.Output && exact(schemaAt(p.World, topic).schema) && schemaAt(p.World, topic).topic != nil:
				declared := schemaAt(p.World, topic)
				p.Report(end.Edge.Span, fmt.Sprintf("`%s` writes `%s` by the SerDe `%s`, and the topic is declared with the schema %s.", end.Node.NodeName(), p.Short(end.Edge.Topic), serde, declared.schema),
					"Write by the schema, or declare the topic without one.").Relate(declared.topic.Schema.Get("type").Span, "declared here")
			case schema != "" && c.serde != nil && end.Edge.Role == mesh.Input:
				_, other := coding(c.serde)
				tellCodec(p, end, "the schema "+schema, c.serde, "the SerDe `"+other+"`")
			}
		}
	},
}

func tellCodec(p *lint.Pass, end *lint.End, own string, other *lint.End, its string) {
	p.Report(end.Edge.Span, fmt.Sprintf("`%s` %s `%s` by %s, and `%s` writes it by %s.", end.Node.NodeName(), verb(end.Edge), p.Short(end.Edge.Topic), own, other.Node.NodeName(), its),
		"Use the same schema type, or the same SerDe, at both ends.").Relate(other.Edge.Span, "`"+other.Node.NodeName()+"` writes here")
}

// coded holds the first writer of a topic that names a schema type, and the first
// that names a SerDe.
type coded struct{ schema, serde *lint.End }

func codings(w *lint.World, topic string) coded {
	return lint.Once(w, coded{}, func() map[string]coded {
		all := map[string]coded{}
		for e := range w.All() {
			schema, serde := coding(e)
			if e.Edge.Role != mesh.Output || schema == "" && serde == "" || !codes(e) || clashes(w, e) {
				continue
			}
			c := all[e.Edge.Topic.Name]
			if schema != "" && c.schema == nil {
				c.schema = e
			}
			if serde != "" && c.serde == nil {
				c.serde = e
			}
			all[e.Edge.Topic.Name] = c
		}
		return all
	})[topic]
}

// coding gives the schema type or the SerDe of an end, where it is known what
// comes of it. Both together are refused elsewhere.
func coding(e *lint.End) (schema, serde string) {
	if noSerDe(e.Edge.SerDe) {
		if s := schemaOf(e.Edge); exact(s) {
			return s, ""
		}
		return "", ""
	}
	if e.Edge.SchemaType != "" {
		return "", ""
	}
	return "", e.Edge.SerDe
}
