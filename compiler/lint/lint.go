// Package lint runs rules over whole meshes. A rule is a value; the rules
// themselves are in the folder rules.
package lint

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/mesh"
)

// Rule looks for one kind of trouble that only shows in the whole mesh.
type Rule struct {
	// Code is what the rule reports; no two rules share one.
	Code diag.Code
	// Doc says in a sentence or two what the rule looks for and why.
	Doc string
	Run func(*Pass)
}

// Pass is one run of one rule over one mesh.
type Pass struct {
	Mesh  *mesh.Mesh
	Graph *graph.Graph
	// World is all meshes of the run, this one among them.
	World *World

	code diag.Code
	list *diag.List
}

// Report adds a finding under the rule's code.
func (p *Pass) Report(span diag.Span, detail string, hints ...string) *diag.Diagnostic {
	return p.list.Add(p.code, span, detail, hints...)
}

// Short gives a topic's name as the mesh's file may spell it: short where the
// topic lives in the mesh's own namespace.
func (p *Pass) Short(t *mesh.Topic) string { return p.Mesh.Short(t) }

// Run applies rules to a mesh of the world.
func Run(rules []Rule, m *mesh.Mesh, g *graph.Graph, world *World) diag.List {
	var list diag.List
	for _, r := range rules {
		r.Run(&Pass{Mesh: m, Graph: g, World: world, code: r.Code, list: &list})
	}
	return list
}
