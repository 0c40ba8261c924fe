package worker

import (
	"slices"

	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

// setting is a field that a node gives, at whatever depth, of those that the table
// has something to say about.
type setting struct {
	mesh.Entry
	field *fields.Field
	node  mesh.Node
	// beside is the mapping that the field stands in, within the kind of what holds
	// the mapping.
	beside *mesh.Value
	within fields.Kind
	// ignored tells that the node's language does not read the field, until a
	// version of Pulsar where that is not empty; under that it does not read what
	// the field is in.
	ignored, under bool
	until          string
}

// unread tells whether the node's language never gets to see the setting.
func (s *setting) unread() bool { return s.ignored || s.under }

// remarkable are the fields of a kind that rules look at, or below.
var remarkable = func() map[fields.Kind]map[string]*fields.Field {
	all := map[fields.Kind]map[string]*fields.Field{}
	for _, kind := range fields.Kinds() {
		all[kind] = map[string]*fields.Field{}
		for _, f := range fields.Of(kind) {
			number := f.Type == fields.Count || f.Type == fields.Whole || f.Type == fields.Integer
			said := f.Ignored != nil || f.Dead != "" || f.Needs != "" || f.Within != "" || f.Traps != nil || f.Uses != nil || f.Since != "" || f.Keys != nil
			holds := f.Type == fields.Object || f.Type == fields.ObjectMap || f.Type == fields.Map
			if said || f.Update != fields.Local && (number && !f.Long || holds) {
				all[kind][f.Name] = &f
			}
		}
	}
	return all
}()

// settings gives the remarkable settings of a mesh, parents first, in the order of
// the file. Values that could not be read are passed over. It looks once for all rules.
func settings(p *lint.Pass) []setting {
	return lint.Once(p.World, p.Mesh, func() []setting {
		w := walker{version: p.World.Version}
		for _, n := range p.Mesh.Nodes {
			w.node, w.runtime = n, runtime(n)
			w.walk(n.Kind(), "", n.Base().Fields, false)
		}
		return w.found
	})
}

type walker struct {
	version string
	node    mesh.Node
	runtime fields.Runtime
	found   []setting
}

func (w *walker) walk(kind, within fields.Kind, v *mesh.Value, under bool) {
	if v == nil || v.Shape != mesh.Mapping {
		return
	}
	known := remarkable[kind]
	for _, e := range v.Entries {
		f := known[e.Key]
		if f == nil || !e.Value.Known() || !given(e.Value) {
			continue
		}
		s := setting{Entry: e, field: f, node: w.node, beside: v, within: within, under: under}
		if w.runtime != "" && slices.Contains(f.Ignored, w.runtime) {
			s.until = f.Reads[w.runtime]
			s.ignored = s.until == "" || w.version == "" || fields.Before(w.version, s.until)
		}
		w.found = append(w.found, s)
		if f.Update == fields.Local {
			continue
		}
		switch f.Type {
		case fields.Object:
			w.walk(f.Below, kind, e.Value, s.unread())
		case fields.ObjectMap:
			for _, one := range e.Value.Entries {
				w.walk(f.Below, kind, one.Value, s.unread())
			}
		}
	}
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
