package compiler

import (
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// metadata is what a node's own resource has beside its spec; that of an element is
// the mesh's.
func (n Live) metadata() functionmesh.Metadata {
	if n.FunctionMesh != "" {
		return functionmesh.Metadata{}
	}
	return functionmesh.Metadata{Name: n.Resource, Labels: n.Labels, Annotations: n.Annotations}
}

// wholly gives the entries of the mesh's `kubernetes:` where all nodes are elements of
// one FunctionMesh, nil elsewhere.
func wholly(id mesh.ID, nodes []Live) []syntax.Pair {
	for _, n := range nodes {
		if n.FunctionMesh == "" || n.FunctionMesh != nodes[0].FunctionMesh {
			return nil
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	meta := functionmesh.Metadata{Name: nodes[0].FunctionMesh, Labels: nodes[0].Labels, Annotations: nodes[0].Annotations}
	if meta.Name == functionmesh.ResourceName(id.Name) {
		meta.Name = ""
	}
	return meta.Pairs()
}
