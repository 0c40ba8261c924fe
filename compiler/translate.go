package compiler

import (
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/foreign/pulsaradmin"
	"github.com/meshc/meshc/compiler/syntax"
)

// translate brings other tools' documents into the language of meshes, with the
// places of the author's file. Documents of meshes stay as they are.
func (r *Result) translate(docs []*syntax.Document, opts foreign.Options) []*syntax.Document {
	var meshes []foreign.Mesh
	for _, doc := range docs {
		switch {
		case functionmesh.Is(doc):
			found, list := functionmesh.Read(doc)
			r.Findings = append(r.Findings, list...)
			meshes = append(meshes, found...)
		case pulsaradmin.Is(doc):
			m, list := pulsaradmin.Read(doc, r.Sources[doc.File])
			r.Findings = append(r.Findings, list...)
			meshes = append(meshes, m)
		default:
			meshes = append(meshes, foreign.Mesh{Doc: doc, Ready: true})
		}
	}
	return foreign.Documents(meshes, opts)
}
