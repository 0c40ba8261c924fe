package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/planner/state"
)

// sensitive gives a spec of a component, by its full name, with what the mesh file
// keeps secret as such. What holds nothing of the kind is not copied.
func sensitive(v any, component string) any {
	out := v
	switch v := v.(type) {
	case functionmesh.Secret:
		return state.NewSensitive(v.From, v.Value, component)
	case map[string]any:
		var copied map[string]any
		for key, inner := range v {
			if !holdsSecret(inner) {
				continue
			}
			if copied == nil {
				copied = make(map[string]any, len(v))
				for k, e := range v {
					copied[k] = e
				}
				out = copied
			}
			copied[key] = sensitive(inner, component)
		}
	case []any:
		if holdsSecret(v) {
			all := slices.Clone(v)
			for i := range all {
				all[i] = sensitive(all[i], component)
			}
			out = all
		}
	}
	return out
}

func holdsSecret(v any) bool {
	switch v := v.(type) {
	case functionmesh.Secret:
		return true
	case map[string]any:
		for _, inner := range v {
			if holdsSecret(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, holdsSecret)
	}
	return false
}

// open is the spec of a component as it is sent. A value that is not known is an
// error that names its place.
func open(c *state.Component) (map[string]any, error) {
	spec, err := state.Revealed(resource.Spec(c))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", c.Kind, c.FullName(), err)
	}
	return spec, nil
}

// masked is a live component with the values hidden that another form of it hides: a
// saved plan has digests of them only, and they are compared by these.
func (p *placed) masked(as *state.Component) *placed {
	out := *p
	out.component = p.component.Masked(as.SensitivePaths())
	return &out
}

// going is what a component is given before it is deleted. A saved plan does not hold
// the values that it keeps secret; those that are there go on.
func going(live *placed, between *state.Component) *state.Component {
	paths := between.SensitivePaths()
	known, _ := between.Known(live.component)
	return known.Masked(paths)
}

// secretPaths are the places in the spec of what a component keeps secret.
func secretPaths(c *state.Component) (out []string) {
	for _, path := range c.SensitivePaths() {
		if inSpec, ok := strings.CutPrefix(path, "/"+resource.Field); ok {
			out = append(out, inSpec)
		}
	}
	return out
}
