package functionmesh

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// input writes the inputs in the ways that the resource has.
func (e *spec) input() {
	out := foreign.Mapping(e.at)
	set := func(name string, v *syntax.Node) {
		if v != nil && (v.Kind != syntax.Mapping || len(v.Pairs) > 0) {
			foreign.Set(out, name, v, v.Span)
		}
	}
	set("topics", e.take("inputs"))
	set("topicPattern", e.take("topicsPattern"))
	serde, schema := e.take("customSerdeInputs"), (*syntax.Node)(nil)
	if e.node.Kind() == fields.Sink {
		serde, schema = e.take("topicToSerdeClassName"), e.take("topicToSchemaType")
	}
	set("customSerdeSources", serde)
	set("customSchemaSources", schema)
	specs := foreign.Mapping(e.at)
	secrets := foreign.Mapping(e.at)
	if v := e.takeKubernetes("inputCryptoSecrets"); v != nil {
		for _, p := range v.Pairs {
			foreign.Set(secrets, foreign.Full(e.Mesh.Tenant, e.Mesh.Namespace, p.Key.Value), p.Value, p.Key.Span)
		}
	}
	if v := e.take("inputSpecs"); v != nil {
		for _, p := range v.Pairs {
			foreign.Set(specs, p.Key.Value, e.inputSpec("inputSpecs", p.Value, secrets.Get(p.Key.Value)), p.Key.Span)
			drop(secrets, p.Key.Value)
		}
	}
	if v := e.take("customSchemaInputs"); v != nil {
		for _, p := range v.Pairs {
			spec, err := fromJSON(p.Value)
			if err != nil {
				e.lost(diag.LostField, "customSchemaInputs", fmt.Sprintf("the text for `%s` is left out: it is no JSON object.", p.Key.Value))
				continue
			}
			foreign.Set(specs, p.Key.Value, e.inputSpec("customSchemaInputs", spec, secrets.Get(p.Key.Value)), p.Key.Span)
			drop(secrets, p.Key.Value)
		}
	}
	for _, p := range secrets.Pairs {
		if e.own.Get("inputCryptoSecrets") != nil {
			e.List.Add(diag.LostField, p.Key.Span, fmt.Sprintf("`kubernetes.inputCryptoSecrets` of the %s `%s` is left out for `%s`: that input has no `cryptoConfig`.", e.node.Kind(), e.node.NodeName(), p.Key.Value))
		}
	}
	set("sourceSpecs", specs)
	set("typeClassName", e.typeClass("inputTypeClassName", e.node.Reads().InputType))
	e.set("input", out)
}

func drop(n *syntax.Node, key string) {
	n.Pairs = slices.DeleteFunc(n.Pairs, func(p syntax.Pair) bool { return p.Key.Value == key })
}

// said gives the value of a field, nil for one that says nothing: a null, or what
// is so by default.
func said(kind fields.Kind, n *syntax.Node, name string) *syntax.Node {
	v := n.Get(name)
	if f, _ := fields.Named(kind, name); v == nil || v.IsNull() || isDefault(f, v) {
		return nil
	}
	return v
}

// inputSpec writes the settings of one input.
func (e *spec) inputSpec(field string, v, secrets *syntax.Node) *syntax.Node {
	out := foreign.Mapping(v.Span)
	known := map[string]bool{"cryptoConfig": true}
	for _, f := range specFields {
		known[f.pulsar] = true
		if value := said(fields.Consumer, v, f.pulsar); value != nil {
			foreign.Set(out, f.resource, value, value.Span)
		}
	}
	if config := v.Get("cryptoConfig"); config != nil && config.Kind == syntax.Mapping {
		foreign.Set(out, "cryptoConfig", e.crypto(field, config, secrets), config.Span)
	}
	for _, p := range v.Pairs {
		if f, _ := fields.Named(fields.Consumer, p.Key.Value); !known[p.Key.Value] && !isDefault(f, p.Value) {
			e.lost(diag.LostField, field, fmt.Sprintf("`%s` in it is left out: the resource has no field for it.", p.Key.Value))
		}
	}
	return out
}

func (e *spec) crypto(field string, v, secrets *syntax.Node) *syntax.Node {
	out := foreign.Mapping(v.Span)
	for _, name := range cryptoFields {
		value := said(fields.Crypto, v, name)
		if value == nil {
			continue
		}
		if name == "cryptoKeyReaderConfig" && value.Kind == syntax.Mapping {
			value = e.texts(field, value)
		}
		foreign.Set(out, name, value, value.Span)
	}
	if secrets != nil {
		foreign.Set(out, "cryptoSecrets", secrets, secrets.Span)
	}
	return out
}

// texts makes texts of the settings of a key reader, which the resource wants.
func (e *spec) texts(field string, v *syntax.Node) *syntax.Node {
	out := foreign.Mapping(v.Span)
	for _, p := range v.Pairs {
		switch {
		case p.Value.IsText():
			out.Pairs = append(out.Pairs, p)
		case p.Value.Kind == syntax.Scalar && p.Value.Type != syntax.Null:
			e.lost(diag.OtherMeaning, field, fmt.Sprintf("`%s` of its `cryptoKeyReaderConfig` becomes a text: the resource holds texts there.", p.Key.Value))
			foreign.Set(out, p.Key.Value, foreign.Text(p.Value.Value, p.Value.Span), p.Key.Span)
		default:
			e.lost(diag.LostField, field, fmt.Sprintf("`%s` of its `cryptoKeyReaderConfig` is left out: the resource holds texts there.", p.Key.Value))
		}
	}
	return out
}

// typeClass gives the class of messages: what `kubernetes:` says, Pulsar's field,
// or what the class file says.
func (e *spec) typeClass(field, found string) *syntax.Node {
	given := e.takeKubernetes(field)
	own := e.take(field)
	f, isFunction := e.node.(*mesh.Function)
	python := isFunction && f.Runtime == fields.Python
	switch {
	case own != nil && given != nil:
		e.lost(diag.LostField, field, "`kubernetes."+field+"` is taken instead.")
	case own != nil && !python:
		e.lost(diag.OtherMeaning, field, "function workers read it for Python only, and the operator for all.")
	}
	switch {
	case given != nil:
		return given
	case own != nil:
		return own
	case className(found) != "":
		return foreign.Text(className(found), e.at)
	case isFunction && f.Runtime != fields.Java:
		return nil
	}
	e.List.Add(diag.OtherMeaning, e.at, fmt.Sprintf("It is not known which class the messages of the %s `%s` have, and without it the operator takes them for arrays of bytes.", e.node.Kind(), e.node.NodeName()),
		fmt.Sprintf("Build with the code at hand, or give `kubernetes.%s`.", field))
	return nil
}

// className gives the name by which Java loads a type that was found in a class
// file; empty for one that is not known.
func className(found string) string {
	found, _, _ = strings.Cut(found, "<")
	switch {
	case found == "byte[]":
		return "[B"
	case !javaName.MatchString(found):
		return ""
	}
	return found
}

var javaName = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*(\.[\pL_$][\pL\pN_$]*)+$`)

// output writes the block of that name.
func (e *spec) output() {
	out := foreign.Mapping(e.at)
	names := []pair{{"topic", "output"}, {"sinkSerdeClassName", "outputSerdeClassName"}, {"sinkSchemaType", "outputSchemaType"}, {"customSchemaSinks", "customSchemaOutputs"}}
	found := ""
	switch n := e.node.(type) {
	case *mesh.Source:
		names = []pair{{"topic", "topicName"}, {"sinkSerdeClassName", "serdeClassName"}, {"sinkSchemaType", "schemaType"}}
		found = n.OutputType
	case *mesh.Function:
		found = n.OutputType
	}
	for _, name := range names {
		v := e.take(name.pulsar)
		if v != nil && v.Kind == syntax.Sequence && len(v.Items) == 1 {
			v = v.Items[0]
		}
		if v != nil && (v.Kind != syntax.Mapping || len(v.Pairs) > 0) {
			foreign.Set(out, name.resource, v, v.Span)
		}
	}
	if v := e.producer(); v != nil {
		foreign.Set(out, "producerConf", v, v.Span)
	}
	if out.Get("topic") != nil || e.tree.Get("outputTypeClassName") != nil || e.merged.Get("outputTypeClassName") != nil || className(found) != "" {
		if v := e.typeClass("outputTypeClassName", found); v != nil {
			foreign.Set(out, "typeClassName", v, v.Span)
		}
	}
	e.set("output", out)
}

// producer writes the producer's settings. Of a source an absent block would be
// filled in by the operator with bounds that Pulsar does not have.
func (e *spec) producer() *syntax.Node {
	v, builder := e.take("producerConfig"), e.take("batchBuilder")
	secrets := e.takeKubernetes("outputCryptoSecrets")
	if v == nil || v.Kind != syntax.Mapping {
		v = foreign.Mapping(e.at)
	}
	out := foreign.Mapping(v.Span)
	for _, name := range producerFields {
		value := said(fields.Producer, v, name)
		if name == "batchBuilder" && value == nil {
			value = builder
		}
		if value != nil {
			foreign.Set(out, name, value, value.Span)
		}
	}
	config := v.Get("cryptoConfig")
	if config != nil && config.Kind == syntax.Mapping {
		foreign.Set(out, "cryptoConfig", e.crypto("producerConfig", config, secrets), config.Span)
	} else if secrets != nil && e.own.Get("outputCryptoSecrets") != nil {
		e.List.Add(diag.LostField, secrets.Span, fmt.Sprintf("`kubernetes.outputCryptoSecrets` of the %s `%s` is left out: its `producerConfig` has no `cryptoConfig`.", e.node.Kind(), e.node.NodeName()))
	}
	if v.Get("batchingConfig") != nil {
		e.lost(diag.LostField, "producerConfig", "`batchingConfig` in it is left out: the resource has no field for it.")
	}
	if e.node.Kind() == fields.Source && out.Get("useThreadLocalProducers") == nil {
		foreign.Set(out, "useThreadLocalProducers", foreign.Truth(false, e.at), e.at)
	}
	if len(out.Pairs) == 0 {
		return nil
	}
	return out
}

// resources writes requests, with Pulsar's defaults, and limits, which the operator
// wants for memory.
func (e *spec) resources() {
	v := e.take("resources")
	requests := foreign.Mapping(e.at)
	for _, part := range []struct {
		name, field string
		write       func(float64) string
	}{{"cpu", "cpu", cores}, {"memory", "ram", bytesOf}, {"ephemeral-storage", "disk", bytesOf}} {
		var value *syntax.Node
		if v != nil {
			value = v.Get(part.field)
		}
		f, _ := fields.Named(fields.Resource, part.field)
		number, _ := f.Default.(float64)
		at := e.at
		switch {
		case foreign.Usable(value):
			at = value.Span
			number, _ = strconv.ParseFloat(value.Value, 64)
		case part.field == "disk":
			continue // workers keep the number and use it for nothing
		}
		foreign.Set(requests, part.name, foreign.Text(part.write(number), at), at)
	}
	if further := e.takeKubernetes("requests"); further != nil {
		for _, p := range further.Pairs {
			foreign.Set(requests, p.Key.Value, p.Value, p.Key.Span)
		}
	}
	out := foreign.Mapping(e.at)
	foreign.Set(out, "requests", requests, e.at)
	limits := e.takeKubernetes("limits")
	if limits == nil {
		limits = requests
	}
	foreign.Set(out, "limits", limits, e.at)
	if claims := e.takeKubernetes("claims"); claims != nil {
		foreign.Set(out, "claims", claims, e.at)
	}
	e.set("resources", out)
}

// fromJSON reads JSON in a text as a tree.
func fromJSON(n *syntax.Node) (*syntax.Node, error) {
	d := json.NewDecoder(strings.NewReader(n.Value))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return ofJSON(v, n.Span), nil
}

func ofJSON(v any, at diag.Span) *syntax.Node {
	switch v := v.(type) {
	case map[string]any:
		out := foreign.Mapping(at)
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			foreign.Set(out, key, ofJSON(v[key], at), at)
		}
		return out
	case []any:
		out := foreign.List(at)
		for _, item := range v {
			out.Items = append(out.Items, ofJSON(item, at))
		}
		return out
	case bool:
		return foreign.Truth(v, at)
	case string:
		return foreign.Text(v, at)
	case json.Number:
		f, _ := v.Float64()
		return foreign.Number(f, at)
	}
	return &syntax.Node{Kind: syntax.Scalar, Type: syntax.Null, Value: "null", Span: at, Flow: true}
}
