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
	for _, field := range fields.Carried(n.Kind()) {
		if field.Name == "name" || field.Update == fields.Local || field.Hidden {
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
		"logTopic": topic(c.LogTopic),
	}
	if in := n.Reads(); in != nil {
		var inputs []string
		for _, e := range in.Inputs {
			inputs = append(inputs, e.Topic.Name)
		}
		given["inputs"], given["inputSpecs"] = state.SortedTexts(inputs), special(in.Inputs, l.fullName(n))
		// Spelled out although it is the worker's default: subscriptions are meshc's.
		given[mesh.SubscriptionField(n.Kind())] = mesh.Subscription(l.mesh.ID, n)
		given["cleanupSubscription"], given["autoAck"] = false, true
		given["retainOrdering"], given["retainKeyOrdering"] = in.RetainOrdering, in.RetainKeyOrdering
		given["deadLetterTopic"] = topic(in.DeadLetter)
	}
	switch n := n.(type) {
	case *mesh.Function:
		given["subscriptionPosition"], given["runtime"], given["output"] = n.Position, string(n.Runtime), topic(n.Output)
	case *mesh.Source:
		given["topicName"], given["archive"] = topic(n.Output), n.Code.Location
	case *mesh.Sink:
		given["sourceSubscriptionPosition"], given["archive"] = n.Position, n.Code.Location
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

// special gives the settings of inputs that are not the defaults, by topic: all
// fields that name inputs with a schema or a SerDe are one to workers.
func special(inputs []mesh.Edge, component string) any {
	out := map[string]any{}
	for _, e := range inputs {
		spec := map[string]any{}
		for _, field := range fields.Of(fields.Consumer) {
			file := e.Spec.Get(field.Name)
			v := state.Canonical(hide(asGiven(field, file), file, component))
			if v != nil && !reflect.DeepEqual(v, state.Canonical(field.Default)) {
				spec[field.Name] = v
			}
		}
		for name, v := range map[string]string{"schemaType": e.SchemaType, "serdeClassName": e.SerDe} {
			if v != "" {
				spec[name] = v
			}
		}
		if len(spec) > 0 {
			out[e.Topic.Name] = spec
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
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
		if v := asGiven(below, v.Get(below.Name)); v != nil {
			out[below.Name] = v
		} else if _, have := out[below.Name]; !have && below.Default != nil {
			out[below.Name] = below.Default
		}
	}
	return out
}
