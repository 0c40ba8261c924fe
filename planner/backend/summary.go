package backend

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/planner/state"
)

// Summarize groups functions by the mesh in their markers, by name. Functions
// without a marker are left out.
func Summarize(functions []*state.Function) []Summary {
	meshes := map[string]*Summary{}
	for _, f := range functions {
		if f.Owner == "" {
			continue
		}
		s, ok := meshes[f.Owner]
		if !ok {
			s = &Summary{Mesh: f.Owner}
			meshes[f.Owner] = s
		}
		s.Functions = append(s.Functions, f.Name)
		s.Generation = max(s.Generation, f.Generation)
	}
	var out []Summary
	for _, name := range slices.Sorted(maps.Keys(meshes)) {
		slices.Sort(meshes[name].Functions)
		out = append(out, *meshes[name])
	}
	return out
}
