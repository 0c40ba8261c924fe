package lower

import (
	"reflect"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// fields gives a node's config in canonical form, with the defaults that a worker
// reads back.
func (l *lowerer) fields(n mesh.Node) map[string]any {
	given := l.wired(n)
	out := map[string]any{}
	for _, field := range fields.Of(n.Kind()) {
		if field.Name == "name" || field.Update == fields.Local || field.Into != "" || !stores(n, field) {
			continue
		}
		v, ok := given[field.Name]
		if !ok {
			file := n.Base().Fields.Get(field.Name)
			v = hide(asGiven(field, file), file, l.fullName(n))
		}
		if number, ok := v.(float64); ok && notStored(n.Kind(), field.Name, number) {
			v = nil
		}
		if v = state.Canonical(v); field.Unset(v) {
			v = state.Canonical(field.Default)
		}
		if v != nil {
			out[field.Name] = v
		}
	}
	return out
}

// wired are the fields that the model says better than the file: topics in full,
// names of subscriptions, and what meshc decides itself.
func (l *lowerer) wired(n mesh.Node) map[string]any {
	c := n.Base()
	given := map[string]any{
		"className": c.ClassName, "parallelism": c.Parallelism, "processingGuarantees": c.Guarantees,
		"logTopic": topic(c.LogTopic), "customRuntimeOptions": options(c.Fields),
	}
	if config := producer(n); config != nil {
		given["producerConfig"] = config
	}
	if in := n.Reads(); in != nil {
		var inputs []string
		for _, e := range in.Inputs {
			inputs = append(inputs, e.Topic.Name)
		}
		given["inputs"], given["topicsPattern"] = state.SortedTexts(inputs), patterns(in.Patterns)
		given["inputSpecs"] = special(n.Kind(), in, l.fullName(n))
		// Spelled out although it is the worker's default: subscriptions are meshc's.
		given[mesh.SubscriptionField(n.Kind())] = mesh.Subscription(l.mesh.ID, n)
		given["cleanupSubscription"], given["autoAck"] = false, acknowledges(c.Fields)
		given["retainOrdering"], given["retainKeyOrdering"] = in.RetainOrdering, in.RetainKeyOrdering
		given["deadLetterTopic"] = topic(in.DeadLetter)
	}
	switch n := n.(type) {
	case *mesh.Function:
		given["subscriptionPosition"], given["runtime"], given["output"] = n.Position, string(n.Runtime), topic(n.Output)
		given["customSchemaOutputs"], given["windowConfig"] = l.schemaOutput(n), window(n)
	case *mesh.Source:
		given["topicName"], given["archive"] = topic(n.Output), builtin(n.Code)
	case *mesh.Sink:
		given["sourceSubscriptionPosition"], given["archive"] = n.Position, builtin(n.Code)
		given["transformFunction"] = nil
		if url := l.transforms[n]; url != "" {
			given["transformFunction"] = url
		}
		if n.Guarantees == "EFFECTIVELY_ONCE" {
			// The flag is read back from the type of the subscription.
			given["retainOrdering"] = true
		}
	}
	return given
}

// notStored tells of numbers by which a field is as good as not given, and that
// workers do not keep (FunctionConfigUtils.convert, SinkConfigUtils.convert).
func notStored(kind fields.Kind, field string, n float64) bool {
	switch field {
	case "maxMessageRetries":
		return n < 0 || n == 0 && kind == fields.Sink
	case "negativeAckRedeliveryDelayMs", "timeoutMs":
		return n <= 0
	}
	return false
}

// special gives the settings of inputs that are not the defaults, by topic or
// pattern: all fields that name inputs with a schema or a SerDe are one to workers.
func special(kind fields.Kind, in *mesh.Reading, component string) any {
	out := map[string]any{}
	for _, e := range in.Inputs {
		spec := settings(kind, e.Spec, component)
		for name, v := range map[string]string{"schemaType": e.SchemaType, "serdeClassName": e.SerDe} {
			if v != "" {
				spec[name] = v
			}
		}
		if len(spec) > 0 {
			out[e.Topic.Name] = spec
		}
	}
	for _, p := range in.Patterns {
		if spec := settings(kind, p.Spec, component); len(spec) > 0 {
			out[p.Text] = spec
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// settings are those of one input that are not the defaults.
func settings(kind fields.Kind, given *mesh.Value, component string) map[string]any {
	spec := map[string]any{}
	for _, field := range fields.Of(fields.Consumer) {
		if field.Update == fields.Fixed || kind == fields.Sink && field.Name == "schemaProperties" {
			continue // that it is a pattern is told beside; sinks do not store properties of schemas
		}
		file := given.Get(field.Name)
		v := state.Canonical(hide(asGiven(field, file), file, component))
		if v != nil && !reflect.DeepEqual(v, state.Canonical(field.Default)) {
			spec[field.Name] = v
		}
	}
	return spec
}

func topic(e *mesh.Edge) any {
	if e == nil {
		return nil
	}
	return e.Topic.Name
}

// asGiven is a value of the file; a mapping of fields has the defaults of those
// that it leaves out, as workers fill them in.
func asGiven(field fields.Field, v *mesh.Value) any {
	if !v.Known() {
		return nil
	}
	if field.Type != fields.Object || v.Shape != mesh.Mapping {
		return v.JSON()
	}
	out := map[string]any{}
	if whole, ok := field.Default.(map[string]any); ok {
		for key, d := range whole {
			out[key] = d
		}
	}
	for _, below := range fields.Of(field.Below) {
		if below.Derived {
			continue
		}
		if v := asGiven(below, v.Get(below.Name)); v != nil {
			out[below.Name] = v
		} else if _, have := out[below.Name]; !have && below.Default != nil {
			out[below.Name] = below.Default
		}
	}
	return out
}
