package functionmesh

import (
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// input reads the block of that name.
func (e *element) input(p syntax.Pair) {
	known := []string{"topics", "topicPattern", "customSerdeSources", "customSchemaSources", "sourceSpecs", "typeClassName"}
	specs := foreign.Mapping(p.Value.Span)
	specKey := p.Key
	e.fields(p.Value, "`input`", known, func(q syntax.Pair) {
		switch q.Key.Value {
		case "topics":
			if q.Value.Kind != syntax.Sequence || len(q.Value.Items) > 0 {
				e.put("inputs", q.Key, q.Value)
			}
		case "topicPattern":
			e.put("topicsPattern", q.Key, q.Value)
		case "typeClassName":
			e.typeClass("inputTypeClassName", q)
		case "customSerdeSources":
			e.put(map[fields.Kind]string{fields.Function: "customSerdeInputs", fields.Sink: "topicToSerdeClassName"}[e.kind], q.Key, q.Value)
		case "customSchemaSources":
			if e.kind == fields.Sink {
				e.put("topicToSchemaType", q.Key, q.Value)
				return
			}
			// The operator takes the text for a type of schema; Pulsar's field of that
			// name for functions holds JSON.
			if !e.mapping(q.Value, "`customSchemaSources`") {
				return
			}
			for _, topic := range q.Value.Pairs {
				if specs.Pair(topic.Key.Value) != nil {
					continue
				}
				spec := foreign.Mapping(topic.Value.Span)
				foreign.Set(spec, "schemaType", topic.Value, topic.Key.Span)
				specs.Pairs = append(specs.Pairs, syntax.Pair{Key: topic.Key, Value: spec})
			}
		case "sourceSpecs":
			specKey = q.Key
			if !e.mapping(q.Value, "`sourceSpecs`") {
				return
			}
			for _, topic := range q.Value.Pairs {
				spec := e.inputSpec(topic)
				if own := specs.Pair(topic.Key.Value); own != nil {
					own.Value = spec
					continue
				}
				specs.Pairs = append(specs.Pairs, syntax.Pair{Key: topic.Key, Value: spec})
			}
		}
	})
	if len(specs.Pairs) > 0 {
		e.put("inputSpecs", specKey, specs)
	}
}

// inputSpec reads the settings of one input.
func (e *element) inputSpec(topic syntax.Pair) *syntax.Node {
	out := *topic.Value
	out.Pairs = nil
	if topic.Value.IsNull() {
		return foreign.Mapping(topic.Key.Span)
	}
	known := []string{"cryptoConfig"}
	for _, f := range specFields {
		known = append(known, f.resource)
	}
	e.fields(topic.Value, "An entry of `sourceSpecs`", known, func(q syntax.Pair) {
		if q.Key.Value == "cryptoConfig" {
			config, secrets := e.crypto(q)
			out.Pairs = append(out.Pairs, syntax.Pair{Key: q.Key, Value: config})
			if secrets != nil {
				e.inputSecrets(topic.Key, secrets)
			}
			return
		}
		i := slices.IndexFunc(specFields, func(f pair) bool { return f.resource == q.Key.Value })
		f, _ := fields.Named(fields.Consumer, specFields[i].pulsar)
		if !isDefault(f, q.Value) {
			out.Pairs = append(out.Pairs, syntax.Pair{Key: foreign.Renamed(q.Key, f.Name), Value: q.Value})
		}
	})
	return &out
}

// inputSecrets keeps the secrets of an input's keys under the topic's full name.
func (e *element) inputSecrets(topic *syntax.Node, secrets *syntax.Pair) {
	all := e.block.Get("inputCryptoSecrets")
	if all == nil {
		all = foreign.Mapping(secrets.Key.Span)
		e.kubernetes(secrets.Key, "inputCryptoSecrets", all)
		// An empty mapping says nothing, so that it was not taken.
		foreign.Set(e.block, "inputCryptoSecrets", all, secrets.Key.Span)
	}
	foreign.Set(all, foreign.Full("public", "default", topic.Value), secrets.Value, topic.Span)
}

// crypto reads a cryptoConfig and the secrets in it.
func (e *element) crypto(p syntax.Pair) (config *syntax.Node, secrets *syntax.Pair) {
	out := *p.Value
	out.Pairs = nil
	e.fields(p.Value, "`cryptoConfig`", append([]string{"cryptoSecrets"}, cryptoFields...), func(q syntax.Pair) {
		if q.Key.Value == "cryptoSecrets" {
			secrets = &q
			return
		}
		f, _ := fields.Named(fields.Crypto, q.Key.Value)
		if !isDefault(f, q.Value) {
			out.Pairs = append(out.Pairs, q)
		}
	})
	return &out, secrets
}

// typeClass keeps the class of messages where it says something. Python's is a
// field of Pulsar's; of Java, Pulsar reads the class file.
func (e *element) typeClass(field string, p syntax.Pair) {
	switch {
	case e.kind == fields.Function && given(e.spec, "python"):
		e.put(field, p.Key, p.Value)
	default:
		e.kubernetes(p.Key, field, p.Value)
	}
}

// output reads the block of that name.
func (e *element) output(p syntax.Pair) {
	names := map[string]string{
		"topic": "output", "sinkSerdeClassName": "outputSerdeClassName", "sinkSchemaType": "outputSchemaType", "customSchemaSinks": "customSchemaOutputs",
	}
	if e.kind == fields.Source {
		names = map[string]string{"topic": "topicName", "sinkSerdeClassName": "serdeClassName", "sinkSchemaType": "schemaType"}
	}
	known := []string{"topic", "typeClassName", "sinkSerdeClassName", "sinkSchemaType", "producerConf", "customSchemaSinks"}
	e.fields(p.Value, "`output`", known, func(q syntax.Pair) {
		switch key := q.Key.Value; {
		case key == "typeClassName":
			e.typeClass("outputTypeClassName", q)
		case key == "producerConf":
			e.producer(q)
		case names[key] == "":
			e.lost(q.Key.Span, key, "the operator does not read it for a source.")
		case q.Value.Kind == syntax.Scalar && q.Value.Type == syntax.Text && q.Value.Value == "":
			// The operator takes an empty text for none.
		default:
			e.put(names[key], q.Key, q.Value)
		}
	})
}

func (e *element) producer(p syntax.Pair) {
	out := *p.Value
	out.Pairs = nil
	e.fields(p.Value, "`producerConf`", append([]string{"cryptoConfig"}, producerFields...), func(q syntax.Pair) {
		f, _ := fields.Named(fields.Producer, q.Key.Value)
		switch {
		case q.Key.Value == "cryptoConfig":
			config, secrets := e.crypto(q)
			out.Pairs = append(out.Pairs, syntax.Pair{Key: q.Key, Value: config})
			if secrets != nil {
				e.kubernetes(secrets.Key, "outputCryptoSecrets", secrets.Value)
			}
		case !isDefault(f, q.Value):
			out.Pairs = append(out.Pairs, q)
		}
	})
	if out.Kind == syntax.Mapping && len(out.Pairs) > 0 {
		e.put("producerConfig", p.Key, &out)
	}
}

// resources reads requests as the node's resources, and keeps what those cannot
// hold. Without a request Kubernetes takes the limit for it.
func (e *element) resources(p syntax.Pair) {
	var requests, limits *syntax.Node
	e.fields(p.Value, "`resources`", []string{"requests", "limits", "claims"}, func(q syntax.Pair) {
		switch q.Key.Value {
		case "claims":
			e.kubernetes(q.Key, "claims", q.Value)
		case "requests":
			if e.mapping(q.Value, "`requests`") {
				requests = q.Value
			}
		case "limits":
			if e.mapping(q.Value, "`limits`") {
				limits = q.Value
			}
		}
	})
	if requests == nil && limits == nil {
		return
	}
	out := foreign.Mapping(p.Value.Span)
	further := foreign.Mapping(p.Value.Span)
	effective := foreign.Mapping(p.Value.Span)
	for _, block := range []*syntax.Node{requests, limits} {
		if block == nil {
			continue
		}
		for _, q := range block.Pairs {
			if _, ok := operator.Amount(q.Value); !ok && q.Value.Kind != syntax.Hole {
				e.list.Add(diag.BadValue, q.Value.Span, "`"+textOf(q.Value)+"` is no quantity of Kubernetes.", "Write such as 500m, 2, 512Mi or 1Gi.")
				continue
			}
			if effective.Pair(q.Key.Value) == nil {
				effective.Pairs = append(effective.Pairs, q)
			}
		}
	}
	for _, q := range effective.Pairs {
		e.request(q, out, further)
	}
	for _, part := range []struct{ name, says string }{{"cpu", "1 core"}, {"memory", "1 GiB"}} {
		if effective.Pair(part.name) == nil {
			e.list.Add(diag.OtherMeaning, p.Key.Span, "No `"+part.name+"` is requested here, and of a mesh "+part.says+" is.", "Write down how much the component needs.")
		}
	}
	if len(out.Pairs) > 0 {
		e.put("resources", p.Key, out)
	}
	if len(further.Pairs) > 0 {
		e.kubernetes(p.Key, "requests", further)
	}
	if limits != nil && !sameAmounts(limits, effective) {
		e.kubernetes(p.Value.Pair("limits").Key, "limits", limits)
	}
}

// request puts one request where it belongs.
func (e *element) request(q syntax.Pair, out, further *syntax.Node) {
	name := map[string]string{"cpu": "cpu", "memory": "ram", "ephemeral-storage": "disk", "storage": "disk"}[q.Key.Value]
	if name == "" || out.Pair(name) != nil {
		further.Pairs = append(further.Pairs, q)
		return
	}
	value, _ := operator.Amount(q.Value)
	v, _ := value.Float64()
	if name != "cpu" && !value.IsInt() {
		v = float64(int64(v) + 1) // bytes are whole; Kubernetes rounds up
	}
	n := foreign.Number(v, q.Value.Span)
	f, _ := fields.Named(fields.Resource, name)
	if !isDefault(f, n) {
		out.Pairs = append(out.Pairs, syntax.Pair{Key: foreign.Renamed(q.Key, name), Value: n})
	}
}

// sameAmounts compares two mappings of quantities by value.
func sameAmounts(a, b *syntax.Node) bool {
	if len(a.Pairs) != len(b.Pairs) {
		return false
	}
	for _, p := range a.Pairs {
		x, ok := operator.Amount(p.Value)
		y, same := operator.Amount(b.Get(p.Key.Value))
		if !ok || !same || x.Cmp(y) != 0 {
			return false
		}
	}
	return true
}
