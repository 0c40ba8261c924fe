package lower

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

const otherMeans = "Deploy this part by other means, or build files for another tool from the mesh."

// Unplanned reports what is right in a mesh and what plans do not carry out yet:
// a plan that left it out would not say what happens.
func Unplanned(m *mesh.Mesh) diag.List {
	var list diag.List
	for _, n := range m.Nodes {
		inNode(&list, n)
	}
	return list
}

func inNode(list *diag.List, n mesh.Node) {
	c := n.Base()
	if c.Fields == nil {
		return
	}
	for _, e := range c.Fields.Entries {
		field, _ := fields.Named(n.Kind(), e.Key)
		switch {
		case e.Value.Shape == mesh.Scalar && e.Value.Data == nil:
		case field.Later:
			unplanned(list, e.Span(), fmt.Sprintf("`%s` of a %s", e.Key, n.Kind()))
		case field.Name == "customRuntimeOptions" && (sensitive(e.Value) || !roomForMarker(e.Value.Text())):
			list.Add(diag.NotPlanned, e.Span(), "`customRuntimeOptions` is no JSON object without a key `meshc` and without sensitive values, so that meshc cannot keep its marker in it.",
				"Write a JSON object: `customRuntimeOptions: '{\"jobNamespace\": \"orders\"}'`.")
		}
	}
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

func unplanned(list *diag.List, at diag.Span, what string) {
	list.Add(diag.NotPlanned, at, what+" is not carried out by plans of this version of meshc.", otherMeans)
}
