package fidelity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/schema/fields"
)

// shape is a component of one sort, as small as it can be.
type shape struct {
	kind fields.Kind
	name string
	base map[string]any
}

func object(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

var (
	plain     = shape{fields.Function, "function", object("jar", "fidelity.jar", "className", pkg+"Functions$Same", "inputs", []any{"in0"}, "output", "out0")}
	windowed  = shape{fields.Function, "window", object("jar", "fidelity.jar", "className", pkg+"Functions$Join", "inputs", []any{"in0"}, "output", "out0", "windowConfig", object("windowLengthCount", 5))}
	source    = shape{fields.Source, "source", object("archive", "fidelity.jar", "className", pkg+"Connectors$Silent", "topicName", "out0")}
	batch     = shape{fields.Source, "batch", object("archive", "fidelity.jar", "className", pkg+"Connectors$Batches", "topicName", "out0", "batchSourceConfig", object("discoveryTriggererClassName", pkg+"Connectors$Never"))}
	sink      = shape{fields.Sink, "sink", object("archive", "fidelity.jar", "className", pkg+"Connectors$Drop", "inputs", []any{"in0"})}
	transform = shape{fields.Sink, "transform", object("archive", "fidelity.jar", "className", pkg+"Connectors$Drop", "inputs", []any{"in0"}, "transformFunction", "fidelity.jar", "transformFunctionClassName", pkg+"Functions$Pass")}
)

// setting is a field at its place in a component, and what it needs beside it.
type setting struct {
	shape
	path  []string
	field fields.Field
	// beside is put into the base first.
	beside map[string]any
}

// String gives the setting as messages name it.
func (s setting) String() string { return s.name + " " + strings.Join(s.path, ".") }

// with gives a config with a value put at a path; nil takes it away.
func with(config map[string]any, path []string, v any) map[string]any {
	out := maps.Clone(config)
	if out == nil {
		out = map[string]any{}
	}
	switch {
	case len(path) > 1:
		below, _ := out[path[0]].(map[string]any)
		if inner := with(below, path[1:], v); len(inner) > 0 || path[0] == "in0" {
			out[path[0]] = inner
		} else {
			delete(out, path[0])
		}
	case v == nil:
		delete(out, path[0])
	default:
		out[path[0]] = v
	}
	return out
}

func at(config map[string]any, path []string) any {
	v := config[path[0]]
	if len(path) == 1 {
		return v
	}
	below, _ := v.(map[string]any)
	return at(below, path[1:])
}

// needs are what settings need beside them, by kind and name.
var needs = map[string]map[string]any{
	"function.deadLetterTopic":                 object("maxMessageRetries", 3),
	"sink.deadLetterTopic":                     object("maxMessageRetries", 3),
	"windowConfig.windowLengthDurationMs":      object("windowConfig", object("windowLengthDurationMs", 5000)),
	"windowConfig.slidingIntervalDurationMs":   object("windowConfig", object("windowLengthDurationMs", 5000)),
	"windowConfig.lateDataTopic":               object("windowConfig", object("windowLengthDurationMs", 5000, "timestampExtractorClassName", pkg+"Parts$Stamp")),
	"windowConfig.maxLagMs":                    object("windowConfig", object("windowLengthDurationMs", 5000, "timestampExtractorClassName", pkg+"Parts$Stamp")),
	"windowConfig.watermarkEmitIntervalMs":     object("windowConfig", object("windowLengthDurationMs", 5000, "timestampExtractorClassName", pkg+"Parts$Stamp")),
	"windowConfig.timestampExtractorClassName": object("windowConfig", object("windowLengthDurationMs", 5000)),
}

// settings are all of one shape, nested ones included, that plans carry out.
func settings(s shape) []setting {
	var out []setting
	for _, f := range fields.Of(s.kind) {
		isPart := strings.HasPrefix(f.Name, "transformFunction")
		switch {
		case f.Update == fields.Local || f.Steered || f.Name == "name":
			continue
		case s.name == "transform" && !isPart, s.name == "sink" && isPart, s.name == "window" && f.Name != "windowConfig" && f.Name != "className",
			s.name == "batch" && f.Name != "batchSourceConfig" && f.Name != "configs" && f.Name != "parallelism", (s.name == "function" || s.name == "python") && f.Name == "windowConfig", s.name == "source" && f.Name == "batchSourceConfig":
			continue
		}
		one := setting{shape: s, path: []string{f.Name}, field: f, beside: needs[string(f.Kind)+"."+f.Name]}
		if f.Type == fields.Object {
			out = append(out, below(one, one.path)...)
			continue
		}
		if len(one.values()) > 0 {
			out = append(out, one)
		}
		if f.Type == fields.ObjectMap {
			out = append(out, below(one, []string{f.Name, "in0"})...)
		}
	}
	return out
}

// below are the settings inside of a value.
func below(s setting, path []string) []setting {
	var out []setting
	for _, f := range fields.Of(s.field.Below) {
		if f.Derived || s.kind == fields.Sink && f.Name == "schemaProperties" || f.Within != "" && f.Within != s.field.Kind && s.field.Below == fields.Crypto && f.Within != outer(path) {
			continue
		}
		one := setting{shape: s.shape, path: append(slices.Clone(path), f.Name), field: f, beside: needs[string(f.Kind)+"."+f.Name]}
		if f.Since == "" {
			one.field.Since = s.field.Since
		}
		switch f.Kind {
		case fields.Crypto:
			config := object("cryptoKeyReaderClassName", pkg+"Parts$Keys")
			if outer(path) == fields.Producer {
				config["encryptionKeys"] = []any{"key"}
			}
			one.beside = with(nil, path, config)
		case fields.Processor:
			one.beside = with(nil, path, object("className", pkg+"Parts$Unpack"))
		}
		if f.Type == fields.Object {
			out = append(out, below(one, one.path)...)
		} else if len(valuesOf(f)) > 0 {
			out = append(out, one)
		}
	}
	return out
}

// outer is the kind that a cryptoConfig stands in.
func outer(path []string) fields.Kind {
	if path[0] == "producerConfig" {
		return fields.Producer
	}
	return fields.Consumer
}

// start is the config that a setting is changed from.
func (s setting) start() map[string]any { return merge(s.base, s.beside) }

// values are those that the setting is changed to.
func (s setting) values() []any {
	if v, ok := values[s.name+":"+s.field.Name]; ok {
		return v
	}
	return valuesOf(s.field)
}

func merge(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	for k, v := range b {
		x, isMap := out[k].(map[string]any)
		if y, both := v.(map[string]any); isMap && both && k != "windowConfig" {
			out[k] = merge(x, y)
		} else {
			out[k] = v
		}
	}
	return out
}

// one is a component and the configs that it goes through.
type one struct {
	about string
	shape
	path    []string
	field   fields.Field
	configs []map[string]any
}

// tooNew tells whether a version of Pulsar, such as 4.0.8, has not got a field yet.
func tooNew(f fields.Field, version string) bool {
	short, err := fields.Version(version)
	if err != nil {
		panic(err)
	}
	return f.Since != "" && fields.Before(short, f.Since)
}

// singles are the components that change in one field at a time: it is given, its
// value changes, it goes away, and all that in the other order.
func singles(version string) []one {
	var out []one
	for _, s := range []shape{plain, windowed, source, batch, sink, transform} {
		out = append(out, singlesOf(s, version)...)
	}
	return out
}

func singlesOf(s shape, version string) []one {
	var out []one
	for _, set := range settings(s) {
		if tooNew(set.field, version) {
			continue
		}
		start := set.start()
		c := one{about: set.String(), shape: s, path: set.path, field: set.field, configs: []map[string]any{start}}
		for _, v := range set.values() {
			c.configs = append(c.configs, with(start, set.path, v))
		}
		// And backwards, so that each value also comes and goes as the other did.
		c.configs = append(c.configs, start)
		for _, v := range slices.Backward(set.values()) {
			c.configs = append(c.configs, with(start, set.path, v))
		}
		out = append(out, c)
	}
	return out
}

// TestEveryFieldHasValues makes sure that a new row of the table is not passed over.
func TestEveryFieldHasValues(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []shape{plain, windowed, source, batch, sink, transform} {
		for _, set := range settings(s) {
			seen[string(set.field.Kind)+"."+set.field.Name] = true
		}
	}
	for _, kind := range fields.Kinds() {
		switch kind {
		case fields.Mesh, fields.Namespace, fields.Topic, fields.Schema, fields.Retention, fields.Lifecycle, fields.Defaults, fields.Kubernetes:
			continue
		}
		for _, f := range fields.Of(kind) {
			name := fmt.Sprintf("%s.%s", kind, f.Name)
			v, listed := values[name]
			if f.Update == fields.Local || f.Steered || f.Derived && f.Dead != "" || f.Name == "name" || f.Type == fields.Object || listed && len(v) == 0 {
				continue
			}
			if !seen[name] {
				t.Errorf("no case changes %s", name)
			}
		}
	}
}
