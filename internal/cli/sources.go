package cli

import (
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/planner/plan"
)

// sourcesOf gives the texts that a mesh was compiled from: its file, the overlays in
// their order, and what --set says. Literal secrets are not in them.
func (x *fileFlags) sourcesOf(r compiler.Result, u compiler.Unit) []plan.Source {
	var out []plan.Source
	names := append([]string{u.Mesh.Span.File}, x.overlays...)
	for _, name := range append(names, load.SetFile) {
		if text, ok := r.Source(name); ok {
			out = append(out, plan.Source{Name: name, Text: text})
		}
	}
	return out
}
