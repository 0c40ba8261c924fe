package resolve

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// parts checks the classes that a Java component names beside its own: how its
// inputs are read, how its output is written, and what goes with them.
type parts struct {
	*resolver
	jar  *jar
	code *code
	// in and out are the component's types, unknown where it has none.
	in, out artifact.Type
}

func (p parts) check(n *syntax.Node) {
	for _, serdes := range []string{"customSerdeInputs", "topicToSerdeClassName"} {
		p.each(n.Get(serdes), func(v *syntax.Node) { p.class(v, artifact.ReadingSerDe, p.in) })
	}
	p.each(n.Get("customSchemaInputs"), func(v *syntax.Node) { p.schema(schemaIn(v), artifact.ReadingSchema, p.in) })
	p.each(n.Get("topicToSchemaType"), func(v *syntax.Node) { p.schema(v, artifact.ReadingSchema, p.in) })
	p.each(n.Get("inputSpecs"), func(spec *syntax.Node) {
		p.schema(spec.Get("schemaType"), artifact.ReadingSchema, p.in)
		p.class(spec.Get("serdeClassName"), artifact.ReadingSerDe, p.in)
		p.class(spec.Get("cryptoConfig").Get("cryptoKeyReaderClassName"), artifact.KeyReader, artifact.Type{})
		p.processor(spec.Get("messagePayloadProcessorConfig"))
	})
	// Workers look at these for functions of java.lang.Void too: what is to leave them
	// out compares a class with a description of one (FunctionConfigUtils.doJavaChecks).
	p.schema(n.Get("outputSchemaType"), artifact.WritingSchema, p.out)
	p.schema(n.Get("schemaType"), artifact.WritingSchema, p.out)
	p.class(n.Get("outputSerdeClassName"), artifact.WritingSerDe, p.out)
	p.class(n.Get("serdeClassName"), artifact.WritingSerDe, p.out)
	p.class(n.Get("producerConfig").Get("cryptoConfig").Get("cryptoKeyReaderClassName"), artifact.KeyReader, artifact.Type{})
	p.class(n.Get("batchSourceConfig").Get("discoveryTriggererClassName"), artifact.Triggerer, artifact.Type{})
	p.class(n.Get("windowConfig").Get("timestampExtractorClassName"), artifact.TimestampExtractor, artifact.Type{})
}

func (p parts) each(n *syntax.Node, do func(*syntax.Node)) {
	if n == nil {
		return
	}
	for _, entry := range n.Pairs {
		do(entry.Value)
	}
}

// schemaIn is the schema type in a JSON text of customSchemaInputs, at the text's
// place; nil where there is none.
func schemaIn(n *syntax.Node) *syntax.Node {
	if !usable(n) {
		return nil
	}
	var config map[string]any
	if json.Unmarshal([]byte(n.Value), &config) != nil {
		return nil // a rule tells
	}
	name, _ := config["schemaType"].(string)
	if name == "" {
		return nil
	}
	inner := *n
	inner.Value = name
	return &inner
}

func (p parts) processor(n *syntax.Node) {
	role := artifact.Processor
	if config := n.Get("config"); config != nil && len(config.Pairs) > 0 {
		role = artifact.ConfiguredProcessor
	}
	p.class(n.Get("className"), role, artifact.Type{})
}

// schema checks a schema type that is not one of Pulsar's own: it is a class then.
func (p parts) schema(n *syntax.Node, role artifact.Role, of artifact.Type) {
	if usable(n) && !ownSchema(n.Value) {
		p.class(n, role, of)
	}
}

// ownSchemas are the names of Pulsar's schema types (SchemaType), which workers
// take in any case of letters (ValidatorUtils.getBuiltinSchemaType).
var ownSchemas = []string{
	"NONE", "STRING", "JSON", "PROTOBUF", "AVRO", "BOOLEAN", "INT8", "INT16", "INT32", "INT64", "FLOAT", "DOUBLE", "DATE", "TIME",
	"TIMESTAMP", "KEY_VALUE", "INSTANT", "LOCAL_DATE", "LOCAL_TIME", "LOCAL_DATE_TIME", "PROTOBUF_NATIVE", "BYTES", "AUTO",
	"AUTO_CONSUME", "AUTO_PUBLISH",
}

func ownSchema(name string) bool {
	for _, s := range ownSchemas {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

func (p parts) class(n *syntax.Node, role artifact.Role, of artifact.Type) {
	if !usable(n) || n.Value == "" { // workers take an empty name for none
		return
	}
	facts, err := p.jar.part(n.Value, role, of)
	shown := artifact.Clean(n.Value)
	switch {
	case err != nil && facts.Exists != artifact.No:
		p.broken(p.code, err)
	case facts.Exists == artifact.No:
		p.list.Add(diag.AbsentClass, n.Span, fmt.Sprintf("`%s` has no class `%s`, which is to be a %s.", p.code.value.Value, shown, role),
			p.partHints(n.Value, role)...).Relate(p.code.value.Span, "code file given here")
	case facts.Trouble != "":
		d := p.list.Add(diag.BadClass, n.Span, fmt.Sprintf("`%s` %s.", shown, facts.Trouble), fmt.Sprintf("It is to be a %s.", role)).
			Relate(p.code.value.Span, "code file given here")
		if !facts.Refused {
			d.Severity = diag.Warning
		}
	}
}

func (p parts) partHints(class string, role artifact.Role) []string {
	if role == artifact.ReadingSchema || role == artifact.WritingSchema {
		if near, ok := diag.Nearest(strings.ToUpper(class), ownSchemas); ok {
			return []string{fmt.Sprintf("Did you mean Pulsar's own `%s`?", near)}
		}
	}
	if near := nearClass(class, p.jar.archive.Classes()); near != "" {
		return []string{fmt.Sprintf("Did you mean `%s`?", artifact.Clean(near))}
	}
	return []string{"Build the file again, or mend the name; Java names are written in full."}
}
