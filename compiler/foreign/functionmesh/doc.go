// Package functionmesh reads and writes the custom resources of the Function Mesh
// operator: FunctionMesh, Function, Source and Sink of
// compute.functionmesh.io/v1alpha1. Their fields are those of Pulsar's configs under
// other names, with other defaults; what only they hold stands under `kubernetes:`
// in a mesh.
//
// The facts about the operator are those of streamnative/function-mesh 0.27.
package functionmesh

import (
	"strings"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

const (
	group   = "compute.functionmesh.io/"
	version = group + "v1alpha1"
	// meshAnnotation keeps a mesh's name on resources whose own name is another.
	meshAnnotation = "meshc/mesh"
)

// kinds are the kinds of resources by what they hold.
var kinds = map[string]fields.Kind{
	"FunctionMesh": fields.Mesh, "Function": fields.Function, "Source": fields.Source, "Sink": fields.Sink,
}

// Is tells whether a document is a resource of the operator, of whatever version,
// or a list of resources with one in it.
func Is(doc *syntax.Document) bool { return ours(doc.Root) || hasOurs(doc.Root) }

func ours(n *syntax.Node) bool {
	if n == nil || n.Kind != syntax.Mapping {
		return false
	}
	api, kind := n.Get("apiVersion"), n.Get("kind")
	if api == nil || kind == nil || !strings.HasPrefix(api.Value, group) {
		return false
	}
	_, known := kinds[kind.Value]
	return known
}

func hasOurs(n *syntax.Node) bool {
	if n == nil || n.Kind != syntax.Mapping || n.Get("kind") == nil || n.Get("kind").Value != "List" {
		return false
	}
	items := n.Get("items")
	if items == nil {
		return false
	}
	for _, item := range items.Items {
		if ours(item) {
			return true
		}
	}
	return false
}
