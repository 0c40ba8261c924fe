package lower

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

// Unsupported reports what a mesh asks for and the workers of one cluster do not do:
// fields that they would drop without a word, and code that they cannot be given.
// version is the cluster's, empty where it is not known.
func Unsupported(m *mesh.Mesh, version string, packages bool) diag.List {
	var list diag.List
	// A version that meshc does not know is taken for one that has all fields.
	version, _ = fields.Version(version)
	for _, n := range m.Nodes {
		newer(&list, n.Kind(), n.Base().Fields, version)
		reachable(&list, n, packages)
	}
	return list
}

// newer reports fields that the cluster's workers do not know, at whatever depth.
func newer(list *diag.List, kind fields.Kind, v *mesh.Value, version string) {
	if v == nil || version == "" {
		return
	}
	for _, e := range v.Entries {
		field, _ := fields.Named(kind, e.Key)
		switch {
		case !e.Value.Known() || e.Value.Shape == mesh.Scalar && e.Value.Data == nil:
		case field.Since != "" && fields.Before(version, field.Since):
			list.Add(diag.NotOnCluster, e.KeySpan, fmt.Sprintf("The cluster runs Pulsar %s, and workers before %s drop `%s` without a word.", version, field.Since, field.Name),
				"Remove the key, or update Pulsar.")
		case field.Type == fields.Object:
			newer(list, field.Below, e.Value, version)
		case field.Type == fields.ObjectMap:
			for _, one := range e.Value.Entries {
				newer(list, field.Below, one.Value, version)
			}
		}
	}
}

// reachable reports code that cannot be sent in the way that the cluster takes code.
func reachable(list *diag.List, n mesh.Node, packages bool) {
	c := n.Base().Code
	if s, ok := n.(*mesh.Sink); ok {
		if s.Transform.Path != "" && !packages {
			list.Add(diag.NotOnCluster, s.Transform.Span, "This cluster keeps no packages, and a sink's transform function cannot be sent along with the sink.",
				"Turn package management on, or give a builtin function or one at a URL.")
		}
		inPackages(list, s.Transform, packages)
	}
	inPackages(list, c, packages)
	f, ok := n.(*mesh.Function)
	if !ok || f.Runtime != fields.Python {
		return
	}
	byURL := c.Location != "" || packages
	if ext := strings.ToLower(filepath.Ext(c.Path + c.Location)); byURL && (ext == ".zip" || ext == ".whl") {
		list.Add(diag.NotOnCluster, c.Span, fmt.Sprintf("Workers store code that comes by URL under the name of its class, so that they take `%s` for a Python file; and a function that was sent as a file keeps its old code at each update where packages are on.", filepath.Base(c.Path+c.Location)),
			"Put the function into one `.py` file, and install what it needs where the workers run; or turn package management off.")
	}
}

// inPackages reports packages of a cluster that has none.
func inPackages(list *diag.List, c mesh.Code, packages bool) {
	for _, scheme := range []string{"function://", "source://", "sink://"} {
		if strings.HasPrefix(c.Location, scheme) && !packages {
			list.Add(diag.NotOnCluster, c.Span, fmt.Sprintf("`%s` is a package, and this cluster keeps none.", c.Location),
				"Turn package management on, or give a local file.")
		}
	}
}
