package lower

import (
	"fmt"
	"io"
	"os"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// schemas adds the schemas of topics: those that the mesh declares, and those
// that follow from the nodes at the topic.
func (l *lowerer) schemas() error {
	if l.opts.NamesOnly {
		return nil
	}
	ends := l.ends()
	for _, t := range l.mesh.Topics {
		s, place, err := l.declaredSchema(t)
		if err != nil {
			return err
		}
		if s == nil {
			s, place = derivedSchema(ends[t.Name])
		}
		if s == nil {
			continue
		}
		s.Topic, s.External, s.Reader = t.Name, t.External, readerWith(ends[t.Name])
		l.put(s, place)
	}
	return nil
}

// declaredSchema is the one under `topics:`, nil where there is none.
func (l *lowerer) declaredSchema(t *mesh.Topic) (*state.Schema, state.Place, error) {
	kind := t.Schema.Get("type").Text()
	if kind == "" {
		return nil, state.Place{}, nil
	}
	s := &state.Schema{Type: state.SchemaType(kind)}
	place := state.Place{Span: t.Schema.Get("type").Span, Fields: map[string]diag.Span{}}
	for _, e := range t.Schema.Entries {
		place.Fields[e.Key] = e.Span()
	}
	for _, e := range entries(t.Schema.Get("properties")) {
		if s.Properties == nil {
			s.Properties = map[string]string{}
		}
		s.Properties[e.Key] = e.Value.Text()
	}
	if t.SchemaFile == "" {
		return s, place, nil
	}
	text, err := readDefinition(t.SchemaFile)
	if err != nil {
		return nil, place, fmt.Errorf("schema of topic %s: %w", l.mesh.Short(t), err)
	}
	s.Definition = text
	return s, place, nil
}

func entries(v *mesh.Value) []mesh.Entry {
	if v == nil {
		return nil
	}
	return v.Entries
}

// maxDefinition is more than any broker takes: schemas are written as one entry.
const maxDefinition = 5 << 20

func readDefinition(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxDefinition+1))
	if err == nil && len(text) > maxDefinition {
		err = fmt.Errorf("%s is larger than 5 MiB", path)
	}
	return string(text), err
}

// end is a node at a topic.
type end struct {
	node mesh.Node
	edge mesh.Edge
}

func (l *lowerer) ends() map[string][]end {
	out := map[string][]end{}
	for _, n := range l.mesh.Nodes {
		for _, e := range n.Edges() {
			out[e.Topic.Name] = append(out[e.Topic.Name], end{n, e})
		}
	}
	return out
}

// derivedSchema is what the nodes at a topic register themselves when they are
// the first: that of the writers, or where they write plain bytes, that of the
// readers. It is nil where that is not certain. Whoever writes bytes may do so
// under a schema, but a reader with a schema is refused where it comes second.
func derivedSchema(ends []end) (*state.Schema, state.Place) {
	var writer, reader *end
	for i, e := range ends {
		coding := codingOf(e)
		switch {
		case coding == unknownCoding || e.edge.Role == mesh.DeadLetter || e.edge.Role == mesh.LateData:
			return nil, state.Place{}
		case coding != textCoding:
		case e.edge.Role == mesh.Output && writer == nil:
			writer = &ends[i]
		case e.edge.Role == mesh.Input && reader == nil:
			reader = &ends[i]
		}
	}
	from := writer
	if from == nil {
		from = reader
	}
	if from == nil {
		return nil, state.Place{}
	}
	return &state.Schema{Type: "STRING", From: from.node.NodeName(), Adapts: from.edge.SchemaType == ""},
		state.Place{Span: from.edge.Span}
}

// readerWith names the first node that reads with a schema of its own, "" for none.
func readerWith(ends []end) string {
	for _, e := range ends {
		if c := codingOf(e); e.edge.Role == mesh.Input && (c == textCoding || c == unknownCoding && e.edge.SchemaType != "") {
			return e.node.NodeName()
		}
	}
	return ""
}

// coding is how a node codes the messages of a topic.
type coding int

// The codings. A plain one has no schema; textCoding is STRING; what is unknown
// may be a schema that a worker derives from a class.
const (
	unknownCoding coding = iota
	plainCoding
	textCoding
)

// codingOf follows TopicSchema.newSchemaInstance of function workers, and
// get_schema of Python instances. Numbers are no INT32 there but JSON of a class,
// so nothing is certain of them.
func codingOf(e end) coding {
	if e.edge.Role == mesh.Log {
		return plainCoding
	}
	runtime, class := typeOf(e)
	switch state.SchemaType(e.edge.SchemaType) {
	case "STRING":
		if runtime == fields.Go {
			return plainCoding
		}
		return textCoding
	case "BYTES", "AUTO", "AUTO_CONSUME", "AUTO_PUBLISH":
		return plainCoding
	case "":
	default:
		if runtime == fields.Go {
			return plainCoding
		}
		return unknownCoding
	}
	switch {
	case runtime != fields.Java || !noSerDe(e.edge.SerDe):
		return plainCoding
	case class == "java.lang.String":
		return textCoding
	case plainClasses[class]:
		return plainCoding
	}
	return unknownCoding
}

// plainClasses are those whose messages workers pass on as bytes, or under
// whatever schema the topic has.
var plainClasses = map[string]bool{
	"byte[]": true, "java.nio.ByteBuffer": true, "io.netty.buffer.ByteBuf": true,
	"org.apache.pulsar.client.api.schema.GenericObject": true, "org.apache.pulsar.client.api.schema.GenericRecord": true,
}

// noSerDe tells that no SerDe of the user's is named; Pulsar passes over its default.
func noSerDe(class string) bool {
	return class == "" || class == "org.apache.pulsar.functions.api.utils.DefaultSerDe"
}

// typeOf gives a node's language, and the class that its code gives to or takes
// from the topic, "" where it is not known.
func typeOf(e end) (fields.Runtime, string) {
	writes := e.edge.Role.Writes()
	switch n := e.node.(type) {
	case *mesh.Function:
		if writes {
			return n.Runtime, n.OutputType
		}
		return n.Runtime, n.InputType
	case *mesh.Source:
		return fields.Java, n.OutputType
	case *mesh.Sink:
		if n.Fields.Get("transformFunction") != nil {
			return fields.Java, ""
		}
		return fields.Java, n.InputType
	}
	return fields.Java, ""
}
