package rules

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var typesDiffer = lint.Rule{
	Code: diag.TypesDiffer,
	Doc:  "Finds Java nodes that read another type than what is written to the topic, as far as their class files tell it for sure: a text for a number, a class of the user's for a text. Bytes and generic records go with everything, and two classes of users may have the same fields.",
	Run: func(p *lint.Pass) {
		for _, reader := range p.World.Ends(p.Mesh) {
			if reader.Edge.Role != mesh.Input || !plain(reader.Edge) || clashes(p.World, reader) {
				continue
			}
			takes := takenType(reader.Node)
			want := groupOf(takes)
			if want == "" {
				continue
			}
			for _, writer := range givers(p.World, reader.Edge.Topic.Name) {
				gives := givenType(writer.Node)
				if gives == takes || groupOf(gives) == userClass && want == userClass {
					continue
				}
				d := p.Report(reader.Edge.Span, fmt.Sprintf("`%s` writes `%s` to `%s`, and `%s` takes `%s`.", writer.Node.NodeName(), gives, p.Short(reader.Edge.Topic), reader.Node.NodeName(), takes),
					"Let both use one type, or let the reader take `byte[]` or GenericObject, which go with every writer.")
				if groupOf(gives) == number && want == number {
					d.Severity = diag.Warning // some namespaces allow a wider number
				}
				d.Relate(writer.Edge.Span, "`"+writer.Node.NodeName()+"` writes here")
				break
			}
		}
	},
}

// The groups of types that are sure to differ from each other.
const (
	text      = "text"
	truth     = "truth value"
	number    = "number"
	userClass = "class"
)

var groups = map[string]string{
	"java.lang.String": text, "java.lang.Boolean": truth,
	"java.lang.Byte": number, "java.lang.Short": number, "java.lang.Integer": number,
	"java.lang.Long": number, "java.lang.Float": number, "java.lang.Double": number,
}

// Classes of these packages may be interfaces or wrappers of anything.
var libraries = []string{"java.", "javax.", "jakarta.", "kotlin.", "scala.", "groovy.", "clojure.", "org.apache.", "com.google.", "com.fasterxml.", "io.netty."}

// groupOf gives the group of a type, "" for one that may go with others.
func groupOf(class string) string {
	if group := groups[class]; group != "" {
		return group
	}
	name, _, _ := strings.Cut(class, "<")
	if !strings.Contains(name, ".") || strings.ContainsAny(name, "[? ") {
		return "" // an array, a variable, a wildcard, nothing
	}
	for _, l := range libraries {
		if strings.HasPrefix(name, l) {
			return ""
		}
	}
	return userClass
}

// givenType is what a node's code writes to its output, takenType what it takes
// from its inputs; both are empty where that is not known.
func givenType(n mesh.Node) string {
	switch n := n.(type) {
	case *mesh.Function:
		if n.Runtime == fields.Java {
			return n.OutputType
		}
	case *mesh.Source:
		return n.OutputType
	}
	return ""
}

func takenType(n mesh.Node) string {
	switch n := n.(type) {
	case *mesh.Function:
		if n.Runtime == fields.Java {
			return n.InputType
		}
	case *mesh.Sink:
		// A transform function stands between the topic and the sink.
		if n.Fields.Get("transformFunction") == nil {
			return n.InputType
		}
	}
	return ""
}

// plain tells that a type is coded by Pulsar's own means, by which different
// types have different schemas (TopicSchema): no SerDe and no schema class.
func plain(e mesh.Edge) bool {
	if !noSerDe(e.SerDe) {
		return false
	}
	switch schemaOf(e) {
	case "", "STRING", "JSON", "AVRO", "PROTOBUF", "PROTOBUF_NATIVE":
		return true
	}
	return false
}

// givers are writers of a topic, one of each type that is known for sure.
func givers(w *lint.World, topic string) []*lint.End {
	type key struct{ topic, class string }
	return lint.Once(w, key{}, func() map[string][]*lint.End {
		out := map[string][]*lint.End{}
		seen := map[key]bool{}
		for e := range w.All() {
			class := givenType(e.Node)
			group := groupOf(class)
			if group == userClass {
				class = userClass // one stands for all: their names say nothing
			}
			topic := e.Edge.Topic.Name
			if group == "" || seen[key{topic, class}] || e.Edge.Role != mesh.Output || !plain(e.Edge) || clashes(w, e) {
				continue
			}
			seen[key{topic, class}] = true
			out[topic] = append(out[topic], e)
		}
		return out
	})[topic]
}
