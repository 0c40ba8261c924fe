package kubernetes

import (
	"strings"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/state"
)

// authored is a live component with the names of those who have changed what meshc
// wrote, each with what they hold: field managers of server-side apply, that a write
// of meshc is in conflict with.
func authored(p placed, c *state.Component) *state.Component {
	by := authors(p, resource.Spec(c))
	if len(by) == 0 {
		return c
	}
	out := *c
	out.DriftedBy = by
	return &out
}

// authors finds them. What others have set of a resource of its own counts where it
// is in spec, which holds what is anyone's business; of a FunctionMesh it is the list
// that the component is in: lists are written as a whole (atomic in the definitions).
func authors(p placed, spec map[string]any) (out []string) {
	if p.object == nil || p.written == "" {
		return nil
	}
	by := map[string][]string{}
	var names []string
	for _, w := range kube.Foreign(p.object, kube.Manager) {
		switch below, ok := strings.CutPrefix(w.Field, ".spec"); {
		case !ok, w.Shared:
			continue
		case !p.own && below == "."+lists[p.component.Kind]:
			w.Field += ", which is written as a whole"
		case !p.own, !holds(spec, below):
			continue
		}
		if by[w.Manager] == nil {
			names = append(names, w.Manager)
		}
		by[w.Manager] = append(by[w.Manager], w.Field)
	}
	for _, name := range names {
		out = append(out, name+" ("+strings.Join(by[name], ", ")+")")
	}
	return out
}

// holds tells whether a spec has a field, as field managers name it: .java.jar, or
// .pod.tolerations[0].
func holds(v any, path string) bool {
	if path == "" || path[0] == '[' {
		return v != nil
	}
	m, _ := v.(map[string]any)
	for key, inner := range m {
		// Keys have points in them.
		rest, ok := strings.CutPrefix(path[1:], key)
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') && holds(inner, rest) {
			return true
		}
	}
	return false
}
