// Package compiler reads mesh files and gives back checked meshes with their
// graphs, together with all findings of one run. It never connects to anything.
package compiler

import (
	"fmt"
	"path/filepath"

	"github.com/meshc/meshc/compiler/check"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/lint/rules"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/resolve"
	"github.com/meshc/meshc/compiler/syntax"
)

// Input is one file to compile.
type Input struct {
	// Name is the file as the user gave it; "-" is standard input.
	Name string
	Data []byte
	// Marked tells that a byte order mark stood in front of the data.
	Marked bool
}

// Options steer a compilation.
type Options struct {
	// NeedCode makes a missing code file, and a mesh without functions, an error
	// (plan, apply) instead of a warning (validate).
	NeedCode bool
	// Severities take the place of those that codes have by default.
	Severities diag.Severities
}

// Unit is one mesh and its graph.
type Unit struct {
	Mesh  *mesh.Mesh
	Graph *graph.Graph
}

// Result is what a compilation yields. With errors among the findings the units
// are partial: good to look at, not to deploy.
type Result struct {
	// Units are the meshes in the order of the files and of the documents in them.
	Units []Unit
	// Findings are sorted, each once.
	Findings diag.List
	// Sources are the texts that findings point into.
	Sources diag.Sources

	ignores []ignore
}

// Compile takes files through all stages: syntax, shape, names, graph, rules. A
// stage goes on with what the one before could read, so that one run finds all
// mistakes. Several YAML documents in a file are several meshes. Code paths are
// relative to the file's folder, for standard input to the working folder.
func Compile(inputs []Input, opts Options) Result {
	result := Result{Sources: diag.Sources{}}
	for _, in := range inputs {
		data, problem := text(in.Data)
		result.Sources[in.Name] = data
		if problem != "" {
			result.Findings.Add(diag.UnreadableFile, diag.Span{File: in.Name}, problem, notText)
			continue
		}
		result.compileFile(in.Name, data, opts)
	}
	result.compareMeshes()
	var graphs []*graph.Graph
	for i := range result.Units {
		u := &result.Units[i]
		u.Graph = graph.New(u.Mesh)
		graphs = append(graphs, u.Graph)
	}
	all := rules.All()
	for _, u := range result.Units {
		result.Findings = append(result.Findings, lint.Run(all, u.Mesh, u.Graph, graphs)...)
	}
	result.silence()
	result.Findings = opts.Severities.Apply(result.Findings).Sorted()
	return result
}

func (r *Result) compileFile(name string, data []byte, opts Options) {
	dir := ""
	if name != "-" {
		dir = filepath.Dir(name)
	}
	docs, list := syntax.Parse(name, data)
	r.Findings = append(r.Findings, list...)
	r.ignores = append(r.ignores, ignoresIn(name, data, docs)...)
	empty := true
	for _, doc := range docs {
		if doc.Root == nil {
			continue
		}
		empty = false
		shaped, list := check.Shape(doc)
		r.Findings = append(r.Findings, list...)
		m, list := resolve.Mesh(shaped, resolve.Options{Dir: dir, NeedCode: opts.NeedCode})
		r.Findings = append(r.Findings, list...)
		if m != nil {
			r.Units = append(r.Units, Unit{Mesh: m})
		}
	}
	if empty && !list.HasErrors() {
		start := diag.Pos{Line: 1, Column: 1}
		r.Findings.Add(diag.EmptyFile, diag.Span{File: name, Start: start, End: start}, "There is nothing in the file but space and comments.",
			"Start with `name:` and `functions:`.")
	}
}

// compareMeshes looks at what several meshes must not share.
func (r *Result) compareMeshes() {
	meshes := map[mesh.ID]*mesh.Mesh{}
	type owner struct {
		node mesh.Node
		mesh *mesh.Mesh
	}
	nodes := map[mesh.ID]owner{}
	for _, u := range r.Units {
		m := u.Mesh
		if m.Name == "" {
			continue
		}
		if before := meshes[m.ID]; before != nil {
			r.Findings.Add(diag.DuplicateMesh, m.Span, fmt.Sprintf("A mesh `%s` is defined already.", m.ID),
				"Give one of the two another name, tenant or namespace.").Relate(before.Span, "first defined here")
			continue
		}
		meshes[m.ID] = m
		for _, n := range m.Nodes {
			id := mesh.ID{Tenant: m.Tenant, Namespace: m.Namespace, Name: n.NodeName()}
			before, taken := nodes[id]
			switch {
			case id.Name == "" || taken && before.mesh == m:
			case taken:
				r.Findings.Add(diag.DuplicateNode, n.NodeSpan(), fmt.Sprintf("A node `%s` stands in the mesh `%s` already.", id, before.mesh.Name),
					"Give one of them another name; meshes of one namespace share its names.").Relate(before.node.NodeSpan(), "first defined here")
			default:
				nodes[id] = owner{n, m}
			}
		}
	}
}
