package worker

import (
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

// setting is a field that a node gives, at whatever depth.
type setting struct {
	mesh.Entry
	field fields.Field
	node  mesh.Node
	// beside is the mapping that the field stands in, within the kind of that which
	// holds the mapping.
	beside *mesh.Value
	within fields.Kind
}

// settings visits the fields of a node and, where visit says so, those below them.
// Values that could not be read are passed over.
func settings(n mesh.Node, visit func(setting) (below bool)) {
	walk(n, n.Kind(), "", n.Base().Fields, visit)
}

func walk(n mesh.Node, kind, within fields.Kind, v *mesh.Value, visit func(setting) bool) {
	if v == nil || v.Shape != mesh.Mapping {
		return
	}
	for _, e := range v.Entries {
		f, ok := fields.Named(kind, e.Key)
		if !ok || !e.Value.Known() || !given(e.Value) {
			continue
		}
		if !visit(setting{Entry: e, field: f, node: n, beside: v, within: within}) || f.Update == fields.Local {
			continue
		}
		switch f.Type {
		case fields.Object:
			walk(n, f.Below, kind, e.Value, visit)
		case fields.ObjectMap:
			for _, one := range e.Value.Entries {
				walk(n, f.Below, kind, one.Value, visit)
			}
		}
	}
}

// ignored tells whether the node's language does not read the field in a version
// of Pulsar, and until which version that is; empty stands for all.
func (s setting) ignored(version string) (until string, yes bool) {
	r := runtime(s.node)
	for _, other := range s.field.Ignored {
		if other != r || r == "" {
			continue
		}
		until = s.field.Reads[r]
		return until, until == "" || version == "" || fields.Before(version, until)
	}
	return "", false
}

// harmless values ask for nothing that would be missed.
func harmless(v *mesh.Value) bool {
	switch v.Shape {
	case mesh.Mapping:
		return len(v.Entries) == 0
	case mesh.List:
		return len(v.Items) == 0
	}
	b, ok := v.Data.(bool)
	return ok && !b
}
