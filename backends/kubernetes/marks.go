package kubernetes

import (
	"maps"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/state"
)

// marksFields are the fields of components with the labels and annotations that the
// mesh gives the resource that they are in. All elements of a FunctionMesh have its.
// They are fields and not the layout's, so that a saved plan has them too.
var marksFields = []string{"labels", "annotations"}

// mark notes what the mesh wants.
func mark(c *state.Component, labels, annotations map[string]string) {
	for i, texts := range []map[string]string{labels, annotations} {
		if len(texts) > 0 {
			c.Fields[marksFields[i]] = anyMap(texts)
		}
	}
}

// marked gives a component's labels or annotations.
func marked(c *state.Component, field string) map[string]string {
	m, _ := c.Fields[field].(map[string]any)
	return stringMap(m)
}

// marks are the labels and annotations of a resource by field, but for those that are
// meshc's own.
func marks(o kube.Object) map[string]map[string]any {
	var out map[string]map[string]any
	for _, field := range marksFields {
		for key, v := range o.Map("metadata", field) {
			switch key {
			case resource.MarkerAnnotation, resource.MeshLabel: // which is functionmesh.Annotation too
				continue
			}
			if out == nil {
				out = map[string]map[string]any{}
			}
			if out[field] == nil {
				out[field] = map[string]any{}
			}
			out[field][key] = v
		}
	}
	return out
}

// written are those of them that meshc has set.
func written(o kube.Object) map[string]map[string]any {
	all := marks(o)
	if all == nil {
		return nil // most have none, and managed fields are long
	}
	owners := kube.Owners(o)
	for field, texts := range all {
		maps.DeleteFunc(texts, func(key string, _ any) bool {
			for _, w := range owners[".metadata."+field+"."+key] {
				if w.Manager == kube.Manager {
					return false
				}
			}
			return true
		})
		if len(texts) == 0 {
			delete(all, field)
		}
	}
	return all
}

// wantedMarks adds to a live component the labels and annotations that others have set
// otherwise than the mesh wants them.
func wantedMarks(p placed, c, want *state.Component) *state.Component {
	var all map[string]map[string]any
	for _, field := range marksFields {
		wants, _ := want.Fields[field].(map[string]any)
		for key := range wants {
			if all == nil {
				all = marks(p.object)
				out := *c
				out.Fields = maps.Clone(c.Fields)
				c = &out
			}
			if v, there := all[field][key]; there {
				have, _ := c.Fields[field].(map[string]any)
				have = maps.Clone(have)
				if have == nil {
					have = map[string]any{}
				}
				have[key] = v
				c.Fields[field] = have
			}
		}
	}
	return c
}

func anyMap(texts map[string]string) map[string]any {
	out := make(map[string]any, len(texts))
	for k, v := range texts {
		out[k] = v
	}
	return out
}

// wear notes what a resource has.
func (p *placed) wear(texts map[string]map[string]any) {
	for field, have := range texts {
		p.component.Fields[field] = have
	}
}
