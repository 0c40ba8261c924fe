// Package resource says what a component is on Kubernetes: the spec of its custom
// resource in the one form in which specs are compared, what planning has to know of
// it by Pulsar's names, and the marker that meshc puts on what it writes.
package resource

import "github.com/meshc/meshc/planner/state"

// Field is the field of a state.Component that holds the spec, in canonical form.
// All other fields are mirrored from it and not compared.
const Field = "spec"

// Spec gives the spec that a component holds; nil where it holds none.
func Spec(c *state.Component) map[string]any {
	spec, _ := c.Fields[Field].(map[string]any)
	return spec
}

// Fields gives the fields of a component for a spec of a kind; name is that of the
// resource, and what spec.name is where the spec does not say. The spec is not changed.
func Fields(kind state.Kind, name string, spec map[string]any) map[string]any {
	canonical := Canonical(kind, name, spec)
	out := mirror(kind, canonical)
	out[Field] = canonical
	return out
}
