package backend

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/planner/state"
)

// Summarize groups components by the mesh in their markers, by name. Components
// without a marker are left out.
func Summarize(components []*state.Component) []Summary {
	meshes := map[string]*Summary{}
	for _, f := range components {
		if f.Owner == "" {
			continue
		}
		s, ok := meshes[f.Owner]
		if !ok {
			s = &Summary{Mesh: f.Owner}
			meshes[f.Owner] = s
		}
		s.Nodes = append(s.Nodes, f.Name)
		s.Generation = max(s.Generation, f.Generation)
	}
	var out []Summary
	for _, name := range slices.Sorted(maps.Keys(meshes)) {
		slices.Sort(meshes[name].Nodes)
		out = append(out, *meshes[name])
	}
	return out
}
