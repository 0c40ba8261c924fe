package valid

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// chosen are fields that are drawn together with others, below.
var chosen = []string{
	"name", "className", "jar", "py", "go", "runtime", "functionType", "archive", "sourceType", "sinkType",
	"inputs", "topicsPattern", "inputSpecs", "customSerdeInputs", "customSchemaInputs", "topicToSerdeClassName", "topicToSchemaType",
	"output", "topicName", "tenant", "namespace", "processingGuarantees", "autoAck",
}

func (g *gen) node(kind fields.Kind) *syntax.Node {
	out := mapping()
	set(out, "name", text(fmt.Sprintf("node-%d", g.index)))
	runtime := g.code(kind, out)
	if kind != fields.Source {
		g.inputs(kind, out)
	}
	switch {
	case kind == fields.Source:
		set(out, "topicName", g.output())
	case kind == fields.Function && g.flip("output"):
		set(out, "output", g.output())
	}
	if g.flip("place") {
		set(out, "tenant", text(g.tenant))
		set(out, "namespace", text(g.namespace))
	}
	for _, f := range fields.Of(kind) {
		if slices.Contains(chosen, f.Name) || f.Refused[runtime] != "" || !g.seldom(3, f.Name) {
			continue
		}
		set(out, f.Name, g.value(f, kind))
	}
	guarantees := []string{"ATLEAST_ONCE", "ATMOST_ONCE"}
	if out.Pair("windowConfig") == nil && g.flip("guarantee") {
		guarantees = append(guarantees, "MANUAL")
	}
	set(out, "processingGuarantees", text(g.pick("processingGuarantees", guarantees...)))
	return out
}

func (g *gen) output() *syntax.Node {
	name := text(g.spelled(fmt.Sprintf("out-%d", g.index)))
	if g.flip("in a list") {
		return list(name)
	}
	return name
}

// code draws where the code is, and the class that goes with it.
func (g *gen) code(kind fields.Kind, out *syntax.Node) fields.Runtime {
	class := fmt.Sprintf("org.example.C%d$Inner", g.index)
	if kind != fields.Function {
		builtin := map[fields.Kind]string{fields.Source: "sourceType", fields.Sink: "sinkType"}[kind]
		if g.seldom(4, "builtin") {
			set(out, builtin, text("kafka"))
		} else {
			set(out, "archive", text(g.pick("archive", "./c.nar", "lib/c.jar", "builtin://file", string(kind)+"://public/default/c@1", "https://example.org/c.nar", "file:///pulsar/c.nar")))
		}
		if g.flip("className") {
			set(out, "className", text(class))
		}
		return fields.Java
	}
	runtime := fields.Java
	switch g.IntRange(1, 5) {
	case 1:
		runtime = fields.Python
		set(out, "py", text(g.pick("py", "words.py", "function://public/default/words@2", "file:///pulsar/words.py")))
		set(out, "className", text("words.Split"))
	case 2:
		runtime = fields.Go
		set(out, "go", text(g.pick("go", "bin/words", "http://example.org/words", "file:///pulsar/words")))
	default:
		if !g.jarFile || g.flip("own jar") {
			set(out, "jar", text(g.pick("jar", "x.jar", "../lib/x.jar", "builtin://exclamation", "function://public/default/x@1", "https://example.org/a/x.jar", "file:///pulsar/x.jar")))
		}
		set(out, "className", text(class))
	}
	if g.seldom(4, "runtime") {
		set(out, "runtime", text(string(runtime)))
	}
	return runtime
}

// inputs draws the ways to name inputs, each topic in one of them.
func (g *gen) inputs(kind fields.Kind, out *syntax.Node) {
	seen := map[string]bool{}
	topic := func() (string, bool) {
		name := g.input()
		fresh := !seen[name]
		seen[name] = true
		return g.spelled(name), fresh
	}
	names := list()
	for i := 0; i < 3; i++ {
		if name, ok := topic(); ok {
			names.Items = append(names.Items, text(name))
		}
		if g.flip("enough") {
			break
		}
	}
	set(out, "inputs", names)
	specs := mapping()
	if name, ok := topic(); ok && g.flip("inputSpecs") {
		spec := g.object(fields.Consumer, "")
		spec.Pairs = slices.DeleteFunc(spec.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "regexPattern" })
		set(specs, name, spec)
	}
	if g.seldom(4, "pattern") {
		spec := mapping()
		set(spec, "regexPattern", truth(true))
		set(specs, g.spelled("many-.*"), spec)
	}
	if len(specs.Pairs) > 0 {
		set(out, "inputSpecs", specs)
	}
	if g.seldom(4, "topicsPattern") {
		set(out, "topicsPattern", text(g.spelled("more-.*")))
	}
	serde, schema, schemaText := "customSerdeInputs", "customSchemaInputs", `{"schemaType":"STRING","schemaProperties":{"a":"b"}}`
	if kind == fields.Sink {
		serde, schema, schemaText = "topicToSerdeClassName", "topicToSchemaType", "STRING"
	}
	if name, ok := topic(); ok && g.seldom(3, serde) {
		m := mapping()
		set(m, name, text("org.example.SerDe"))
		set(out, serde, m)
	}
	if name, ok := topic(); ok && g.seldom(3, schema) {
		m := mapping()
		set(m, name, text(schemaText))
		set(out, schema, m)
	}
}

// special draws the values of fields whose text has a form of its own.
func (g *gen) special(f fields.Field) *syntax.Node {
	switch {
	case f.Name == "subName" || f.Name == "sourceSubscriptionName":
		return text(fmt.Sprintf("sub-%d", g.index))
	case f.Name == "fqfn":
		return text(fmt.Sprintf("%s/%s/node-%d", g.tenant, g.namespace, g.index))
	case f.Name == "customRuntimeOptions" || f.Name == "transformFunctionConfig":
		return text(`{"a":{"b":"c\n"}}`)
	case f.Name == "transformFunction":
		return text(g.pick(f.Name, "builtin://transform", "lib/transform.jar"))
	case f.Kind == fields.Topic && f.Name == "schema":
		return g.schema()
	case f.Name == "retention":
		return g.retention()
	case f.Kind == fields.Function && f.Name == "customSchemaOutputs":
		m := mapping()
		set(m, g.spelled(fmt.Sprintf("out-%d", g.index)), text(`{"schemaProperties":{"a":"b"}}`))
		return m
	case f.Kind == fields.Sink && f.Name == "topicToSchemaProperties":
		m := mapping()
		set(m, g.spelled("in-0"), text("a"))
		return m
	case f.Name == "secrets":
		m, ref := mapping(), mapping()
		set(ref, "path", text("orders"))
		set(ref, "key", text("token"))
		set(m, "TOKEN", ref)
		return m
	case f.Name == "resources":
		m := mapping()
		set(m, "cpu", text(""))
		m.Pairs[0].Value = &syntax.Node{Kind: syntax.Scalar, Type: syntax.Float, Value: g.pick("cpu", "0.1", "0.5", "1.25", "2")}
		set(m, "ram", number(g.IntRange(1<<20, 1<<30)))
		if g.flip("disk") {
			set(m, "disk", number(1<<30))
		}
		return m
	case f.Name == "movedFrom":
		return text("old-name")
	case f.Kind == fields.Kubernetes && (f.Type == fields.Map || f.Type == fields.List || f.Type == fields.Text):
		return example(f.Example)
	}
	return nil
}

// example makes a tree of a field's example, for values whose shape Kubernetes
// knows and the field table does not.
func example(v any) *syntax.Node {
	switch v := v.(type) {
	case string:
		return text(v)
	case bool:
		return truth(v)
	case int:
		return number(v)
	case []any:
		out := list()
		for _, item := range v {
			out.Items = append(out.Items, example(item))
		}
		return out
	case map[string]any:
		out := mapping()
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			set(out, key, example(v[key]))
		}
		return out
	}
	panic(fmt.Sprintf("valid: no example of %T", v))
}

// schema draws a topic's schema: with a file where its type has a definition.
func (g *gen) schema() *syntax.Node {
	out := mapping()
	kind := g.pick("schema", "STRING", "BYTES", "INT64", "LOCAL_DATE", "JSON", "AVRO", "PROTOBUF_NATIVE")
	set(out, "type", text(kind))
	if kind == "JSON" || kind == "AVRO" || kind == "PROTOBUF_NATIVE" {
		set(out, "file", text("order.avsc"))
	}
	if g.seldom(3, "properties") {
		m := mapping()
		set(m, g.word("key"), text(rapid.SampledFrom(HardTexts).Draw(g.T, "text")))
		set(out, "properties", m)
	}
	return out
}

// retention draws limits of which none, or both, are 0.
func (g *gen) retention() *syntax.Node {
	out := mapping()
	switch g.IntRange(1, 3) {
	case 1:
		set(out, "retentionTimeInMinutes", number(g.IntRange(1, 9)))
	case 2:
		set(out, "retentionSizeInMB", number(-1))
	default:
		set(out, "retentionTimeInMinutes", number(0))
		set(out, "retentionSizeInMB", number(0))
	}
	return out
}
