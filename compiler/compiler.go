// Package compiler reads mesh files and gives back checked meshes with their
// graphs, together with all findings of one run. It never connects to anything.
package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/check"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/lint/rules"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/resolve"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
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
	// PulsarVersion is the Pulsar that the meshes are for, as fields.Version reads it,
	// 4.0 or 4.0.8 say. Empty, or one that meshc does not know, stands for any.
	PulsarVersion string
	// Target is where the meshes are to run: Native, or "" for that, or Kubernetes.
	Target Target
	// Operator are the fields that the operator of Function Mesh has; the zero value is
	// for the newest. Components tells that each node becomes a resource of its own.
	Operator   operator.Features
	Components bool
	// Severities take the place of those that codes have by default.
	Severities diag.Severities

	// Overlays are files that are laid over the meshes, in their order.
	Overlays []Input
	// Set are values that are set in the meshes after the overlays, "path=value" each.
	Set []string
	// Env looks up environment variables for ${env:NAME}; nil knows none.
	Env func(name string) (string, bool)
	// ReadFile reads the files of ${file:path}; nil reads them from disk.
	ReadFile func(path string) ([]byte, error)
	// File gives the place of a file that a mesh names, such as its code, by its path
	// from the working folder; nil leaves it there. With File and ReadFile a mesh of
	// someone else can be compiled without that it reaches files of this machine.
	File func(path string) string

	// Cache knows archives of code again that it saw before; nil opens each.
	Cache *artifact.Cache
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
	// Sources are the texts that findings point into, with stars in the place of
	// literal secrets: they are for excerpts, not for reading the files again; see Source.
	Sources diag.Sources

	ignores []ignore
	// masked are the places of literal secrets.
	masked []diag.Span
}

// Compile takes files through all stages: syntax, overlays and variables, shape,
// names, graph, rules. A stage goes on with what the one before could read, so
// that one run finds all mistakes. Several YAML documents in a file are several
// meshes. Code paths are relative to the folder of the file that names them, for
// standard input and the command line to the working folder.
func Compile(inputs []Input, opts Options) Result {
	if opts.ReadFile == nil {
		opts.ReadFile = load.ReadFile
	}
	result := Result{Sources: diag.Sources{}}
	loaded, list := load.Trees(result.translate(result.parse(inputs, "Start with `name:` and `functions:`."), foreign.Options{}), load.Options{
		Overlays: result.parse(opts.Overlays, "Write what it changes, or leave the overlay out."),
		Set:      opts.Set, Env: opts.Env, ReadFile: opts.ReadFile, NeedValues: opts.NeedCode,
	})
	result.Findings = append(result.Findings, list...)
	if loaded.SetText != "" {
		result.Sources[load.SetFile] = []byte(strings.ToValidUTF8(loaded.SetText, "\uFFFD"))
	}
	for _, doc := range loaded.Docs {
		result.compile(doc, opts)
	}
	result.compareMeshes()
	var meshes []*mesh.Mesh
	var graphs []*graph.Graph
	for i := range result.Units {
		u := &result.Units[i]
		u.Graph = graph.New(u.Mesh)
		meshes, graphs = append(meshes, u.Mesh), append(graphs, u.Graph)
	}
	world, all := lint.NewWorld(meshes, graphs), rules.All()
	world.Version, _ = fields.Version(opts.PulsarVersion)
	for _, u := range result.Units {
		result.Findings = append(result.Findings, lint.Run(all, u.Mesh, u.Graph, world)...)
	}
	result.kubernetes(meshes, opts)
	result.tellOrigins(loaded.Origins)
	result.mask(loaded.Secrets)
	result.silence()
	result.Findings = opts.Severities.Apply(result.Findings).Sorted()
	return result
}

// parse reads the documents with content of all files.
func (r *Result) parse(inputs []Input, emptyHint string) []*syntax.Document {
	var all []*syntax.Document
	for _, in := range inputs {
		data, problem := text(in.Data)
		r.Sources[in.Name] = data
		if problem != "" {
			r.Findings.Add(diag.UnreadableFile, diag.Span{File: in.Name}, problem, notText)
			continue
		}
		docs, list := syntax.Parse(in.Name, data)
		r.Findings = append(r.Findings, list...)
		r.ignores = append(r.ignores, ignoresIn(in.Name, data, docs)...)
		docs = slices.DeleteFunc(docs, func(d *syntax.Document) bool { return d.Root == nil })
		if len(docs) == 0 && !list.HasErrors() {
			start := diag.Pos{Line: 1, Column: 1}
			r.Findings.Add(diag.EmptyFile, diag.Span{File: in.Name, Start: start, End: start}, "There is nothing in the file but space and comments.", emptyHint)
		}
		all = append(all, docs...)
	}
	return all
}

// compile takes one document through the stages that look at it alone.
func (r *Result) compile(doc *syntax.Document, opts Options) {
	shaped, list := check.Shape(doc)
	r.Findings = append(r.Findings, list...)
	dirOf := load.Dir
	if doc.FromHere {
		dirOf = func(string) string { return "" }
	}
	m, list := resolve.Mesh(shaped, resolve.Options{Dir: dirOf(doc.File), DirOf: dirOf, NeedCode: opts.NeedCode, Cache: opts.Cache, File: opts.File})
	r.Findings = append(r.Findings, list...)
	if m != nil {
		r.Units = append(r.Units, Unit{Mesh: m})
	}
}

// mask hides literal secrets: those at the places given, and those that findings
// are about.
func (r *Result) mask(places []diag.Span) {
	for _, d := range r.Findings {
		if d.Code == diag.LiteralSecret {
			places = append(places, d.Span)
			for _, other := range d.Related {
				places = append(places, other.Span)
			}
		}
	}
	r.Sources.Mask(places)
	r.masked = places
	hidden := map[diag.Span]bool{}
	for _, span := range places {
		hidden[span] = true
	}
	for i := range r.Findings {
		if hidden[r.Findings[i].Span] {
			r.Findings[i].Fix = nil // its text would show the value
		}
	}
}

// tellOrigins says of findings about a value that was put in for a variable where
// the value comes from.
func (r *Result) tellOrigins(origins map[diag.Span][]diag.Related) {
	for i := range r.Findings {
		d := &r.Findings[i]
		if len(origins[d.Span]) > 0 || d.Span.File == load.SetFile {
			d.Fix = nil // it would write over a reference, or into a command line
		}
		for _, o := range origins[d.Span] {
			if !slices.Contains(d.Related, o) {
				d.Related = append(d.Related, o)
			}
		}
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
