package lower

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
)

// NoRoom reports nodes in which meshc cannot keep its marker: their own
// customRuntimeOptions are in its place. Plans of them cannot be made.
func NoRoom(m *mesh.Mesh) diag.List {
	var list diag.List
	for _, n := range m.Nodes {
		v := n.Base().Fields.Get("customRuntimeOptions")
		if v == nil || v.Shape == mesh.Scalar && v.Data == nil || !sensitive(v) && roomForMarker(v.Text()) {
			continue
		}
		list.Add(diag.NoRoomForMarker, v.Span, "`customRuntimeOptions` is no JSON object without a key `meshc` and without sensitive values.",
			"Write a JSON object: `customRuntimeOptions: '{\"jobNamespace\": \"orders\"}'`.")
	}
	return list
}

// roomForMarker tells whether a text can be one with meshc's marker.
func roomForMarker(text string) bool {
	all, ok := userOptions(text)
	_, taken := all["meshc"]
	return ok && !taken
}

// sensitive tells whether a value holds one that came from outside of the file.
func sensitive(v *mesh.Value) (found bool) {
	v.Walk(func(_ []string, v *mesh.Value) { found = found || v.From != "" })
	return found
}
