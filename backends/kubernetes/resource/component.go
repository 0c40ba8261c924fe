package resource

import (
	"maps"
	"strings"

	"github.com/meshc/meshc/planner/state"
)

// Component gives the component that a spec is; name is the resource's. m is the
// marker of the resource, if it has one.
func Component(kind state.Kind, name string, spec map[string]any, m *Marker) *state.Component {
	c := &state.Component{Kind: kind, Fields: Fields(kind, name, spec)}
	own := Spec(c)
	c.Tenant, _ = own["tenant"].(string)
	c.Namespace, _ = own["namespace"].(string)
	c.Name, _ = own["name"].(string)
	c.Code = Code(own)
	if m == nil {
		return c
	}
	if node, ours := m.Nodes[Key(kind, c.Name)]; ours {
		if node.Paused > 0 && c.Parallelism() == 0 {
			// It is stopped for a while, and is otherwise what it was.
			own = node.running(own)
			c.Fields = Fields(kind, name, own)
		}
		c = c.Masked(node.Sensitive)
		own = Spec(c)
		c.Owner, c.Generation, c.Protect = m.Mesh, node.Generation, node.Protect
		c.Drifted = node.Spec != Digest(own)
		c.Code.SHA256 = node.SHA256
	}
	return c
}

// Stopped is a canonical spec without instances. It asks for no autoscaler, which would
// never start from 0: the webhook refuses the two together.
func Stopped(spec map[string]any) map[string]any {
	spec = WithReplicas(spec, 0)
	delete(spec, "maxReplicas")
	return spec
}

// running is the canonical spec of a stopped component when it is not.
func (n Node) running(spec map[string]any) map[string]any {
	spec = WithReplicas(spec, n.Paused)
	if n.Most > 0 {
		delete(spec, "replicas")
		spec["maxReplicas"] = float64(n.Most)
	}
	return spec
}

// WithReplicas is a canonical spec with another number of instances.
func WithReplicas(spec map[string]any, n int) map[string]any {
	spec = maps.Clone(spec)
	spec["replicas"] = float64(n)
	return spec
}

// Autoscaled tells that the cluster decides how many instances a spec has.
func Autoscaled(spec map[string]any) bool { return spec["maxReplicas"] != nil }

// Code says where the code of a canonical spec is: where it is downloaded from, or in
// the image.
func Code(spec map[string]any) state.Code {
	for _, b := range []struct{ block, path, location string }{
		{"java", "jar", "jarLocation"}, {"python", "py", "pyLocation"}, {"golang", "go", "goLocation"}, {"genericRuntime", "functionFile", "functionFileLocation"},
	} {
		code, ok := spec[b.block].(map[string]any)
		if !ok {
			continue
		}
		if location, _ := code[b.location].(string); location != "" {
			return state.Code{Mode: state.ByURL, URL: location}
		}
		path, _ := code[b.path].(string)
		if !strings.HasPrefix(path, "/") {
			path = "/pulsar/" + path // where images begin
		}
		return state.Code{Mode: state.ByURL, URL: "file://" + path}
	}
	return state.Code{}
}
