package lower

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

const otherMeans = "Deploy this part by other means, or build files for another tool from the mesh."

// Unplanned reports what is right in a mesh and what plans do not carry out yet:
// a plan that left it out would not say what happens.
func Unplanned(m *mesh.Mesh) diag.List {
	var list diag.List
	for _, t := range m.Topics {
		for _, part := range []struct {
			name  string
			value *mesh.Value
		}{{"schema", t.Schema}, {"retention", t.Retention}} {
			if part.value != nil {
				unplanned(&list, t.Span, fmt.Sprintf("`%s` of the topic `%s`", part.name, m.Short(t)))
			}
		}
	}
	for _, n := range m.Nodes {
		f, ok := n.(*mesh.Function)
		if !ok {
			unplanned(&list, n.NodeSpan(), fmt.Sprintf("The %s `%s`", n.Kind(), n.NodeName()))
			continue
		}
		inFunction(&list, f)
	}
	return list
}

func inFunction(list *diag.List, f *mesh.Function) {
	code := f.Code.Location
	if code == "" && (strings.HasSuffix(f.Code.Path, ".nar") || strings.HasSuffix(f.Code.Path, ".zip") || strings.HasSuffix(f.Code.Path, ".whl")) {
		code = f.Code.Path
	}
	if code != "" {
		unplanned(list, f.Code.Span, fmt.Sprintf("Code of a function at `%s`", code))
	}
	if f.Fields == nil {
		return
	}
	for _, e := range f.Fields.Entries {
		field, _ := fields.Named(fields.Function, e.Key)
		switch {
		case field.Name == "functionType", e.Value.Shape == mesh.Scalar && e.Value.Data == nil:
		case field.Later, field.Name == "autoAck" && !e.Value.Truth():
			unplanned(list, e.Span(), fmt.Sprintf("`%s` of a function", e.Key))
		case sensitive(e.Value):
			unplanned(list, e.Span(), fmt.Sprintf("A sensitive value in `%s`", e.Key))
		}
	}
}

// sensitive tells whether a value holds one that came from outside of the file.
func sensitive(v *mesh.Value) (found bool) {
	v.Walk(func(_ []string, v *mesh.Value) { found = found || v.From != "" })
	return found
}

func unplanned(list *diag.List, at diag.Span, what string) {
	list.Add(diag.NotPlanned, at, what+" is not carried out by plans of this version of meshc.", otherMeans)
}
