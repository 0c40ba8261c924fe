package lower

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// policies adds what the mesh declares of its namespace and of its topics.
func (l *lowerer) policies() {
	if l.opts.NamesOnly {
		return
	}
	values, spans := policiesOf(l.mesh.NamespacePolicies, fields.Namespace)
	if len(values) > 0 {
		on := state.NamespaceAddr(l.mesh.Tenant + "/" + l.mesh.Namespace)
		l.put(&state.Policies{On: on, Values: values}, state.Place{Span: l.mesh.NamespaceSpan, Fields: spans})
	}
	for _, t := range l.mesh.Topics {
		if t.Retention == nil || t.External {
			continue
		}
		l.put(&state.Policies{On: state.TopicAddr(t.Name), Values: map[string]any{"retention": retention(t.Retention)}, Owner: l.mesh.ID.String()},
			state.Place{Span: t.Span, Fields: map[string]diag.Span{"retention": spanOf(t.Retention)}})
	}
}

// policiesOf takes the policies out of a mapping, with their places.
func policiesOf(v *mesh.Value, kind fields.Kind) (map[string]any, map[string]diag.Span) {
	values, spans := map[string]any{}, map[string]diag.Span{}
	for _, e := range entries(v) {
		field, ok := fields.Named(kind, e.Key)
		switch {
		case !ok || field.Update == fields.Local || !e.Value.Known() || e.Value.Data == nil && e.Value.Shape == mesh.Scalar:
			continue
		case e.Key == "retention":
			values[e.Key] = retention(e.Value)
		default:
			values[e.Key] = state.Canonical(e.Value.JSON())
		}
		spans[e.Key] = e.Span()
	}
	return values, spans
}

// retention fills in the limit that is not given: there is none.
func retention(v *mesh.Value) map[string]any {
	r := state.Retention{Minutes: -1, MB: -1}
	if n, ok := v.Get("retentionTimeInMinutes").Number(); ok {
		r.Minutes = int64(n)
	}
	if n, ok := v.Get("retentionSizeInMB").Number(); ok {
		r.MB = int64(n)
	}
	return r.Value()
}

// spanOf is the first line of a value.
func spanOf(v *mesh.Value) diag.Span {
	if len(v.Entries) > 0 {
		return v.Entries[0].KeySpan
	}
	return v.Span
}
