package lower

import (
	"fmt"
	"path/filepath"
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
	for _, n := range m.Nodes {
		inNode(&list, n)
	}
	return list
}

func inNode(list *diag.List, n mesh.Node) {
	c := n.Base()
	code := c.Code.Location
	switch _, builtin := mesh.Builtin(code); {
	case builtin && n.Kind() != fields.Function:
		code = ""
	case code == "" && n.Kind() == fields.Function && otherArchive(c.Code.Path):
		code = c.Code.Path
	}
	if code != "" {
		unplanned(list, c.Code.Span, fmt.Sprintf("Code of a %s at `%s`", n.Kind(), code))
	}
	if c.Fields == nil {
		return
	}
	for _, e := range c.Fields.Entries {
		field, _ := fields.Named(n.Kind(), e.Key)
		switch {
		case e.Value.Shape == mesh.Scalar && e.Value.Data == nil, field.Name == "functionType": // its code was told of
		case field.Later, field.Name == "autoAck" && !e.Value.Truth():
			unplanned(list, e.Span(), fmt.Sprintf("`%s` of a %s", e.Key, n.Kind()))
		case laterBelow(list, n, field, e):
		}
	}
}

// laterBelow reports what plans do not carry out of a mapping of fields.
func laterBelow(list *diag.List, n mesh.Node, field fields.Field, e mesh.Entry) (found bool) {
	values := []*mesh.Value{e.Value}
	if field.Type == fields.ObjectMap {
		values = nil
		for _, entry := range e.Value.Entries {
			values = append(values, entry.Value)
		}
	}
	if field.Below == "" {
		return false
	}
	for _, v := range values {
		for _, inner := range v.Entries {
			f, _ := fields.Named(field.Below, inner.Key)
			// Sinks do not store properties of schemas.
			lost := n.Kind() == fields.Sink && f.Name == "schemaProperties"
			if (f.Later || lost) && inner.Value.Data != false {
				unplanned(list, inner.Span(), fmt.Sprintf("`%s.%s` of a %s", e.Key, inner.Key, n.Kind()))
				found = true
			}
		}
	}
	return found
}

// otherArchive tells of packages that no worker takes in every way of sending them.
func otherArchive(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".nar" || ext == ".zip" || ext == ".whl"
}

func unplanned(list *diag.List, at diag.Span, what string) {
	list.Add(diag.NotPlanned, at, what+" is not carried out by plans of this version of meshc.", otherMeans)
}
