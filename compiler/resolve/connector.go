package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

func (r *resolver) source(n *syntax.Node) *mesh.Source {
	s := &mesh.Source{Component: r.component(fields.Source, n)}
	if n.Get("topicName") == nil {
		r.needs(fields.Source, n, "topicName")
		r.allDoubt = r.allDoubt || r.doc.Incomplete || len(r.doc.Passed) > 0
	}
	s.Output = r.writes(mesh.Output, n.Get("topicName"))
	if s.Output != nil {
		s.Output.SchemaType, s.Output.SerDe = textOf(n, "schemaType"), textOf(n, "serdeClassName")
	}
	s.OutputType = typeName(r.archive(&s.Component, n, fields.Source, "sourceType"))
	return s
}

func (r *resolver) sink(n *syntax.Node) *mesh.Sink {
	s := &mesh.Sink{Component: r.component(fields.Sink, n)}
	s.Reading = r.reading(fields.Sink, n)
	s.InputType = typeName(r.archive(&s.Component, n, fields.Sink, "sinkType"))
	s.Transform = r.transform(n)
	return s
}

// archive finds a connector's code, looks into it, and gives the type of the
// messages, the unknown type where that cannot be told.
func (r *resolver) archive(c *mesh.Component, n *syntax.Node, kind fields.Kind, builtin string) (messages artifact.Type) {
	pair, byName := n.Pair("archive"), n.Pair(builtin)
	if pair != nil && byName != nil {
		r.list.Add(diag.TwoRuntimes, byName.Key.Span, fmt.Sprintf("`archive` and `%s` are both given, so it is not clear which connector runs.", builtin),
			"Keep one of the two.").Relate(pair.Key.Span, "first given here")
		return messages
	}
	switch {
	case pair == nil && byName != nil && usable(byName.Value):
		c.Code = mesh.Code{Location: "builtin://" + byName.Value.Value, Span: byName.Value.Span}
		return messages
	case pair == nil && byName == nil:
		if !r.doc.Incomplete && len(r.doc.Passed) == 0 {
			r.list.Add(diag.NoRuntime, c.Span, fmt.Sprintf("Nothing says where the code of the %s is.", kind),
				"Give `archive`: a NAR or jar, or `builtin://` and the name of a connector that the workers have.")
		}
		return messages
	case pair == nil || !usable(pair.Value):
		return messages
	}
	found := &code{key: pair.Key, value: pair.Value, runtime: fields.Java, kind: kind}
	if c.Code = r.file(found); !c.Code.Found {
		return messages
	}
	messages = r.connector(c, n, kind, found)
	if jar := r.files.jar(c.Code.Path); jar.err == nil {
		in, out := messages, artifact.Type{}
		if kind == fields.Source {
			in, out = out, in
		}
		parts{resolver: r, jar: jar, code: found, in: in, out: out}.check(n)
	}
	return messages
}
