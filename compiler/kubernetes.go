package compiler

import (
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/mesh"
)

// Target is where meshes are to run.
type Target string

// The targets. Whatever it is, what stands under `kubernetes:` is checked.
const (
	Native     Target = "native"
	Kubernetes Target = "kubernetes"
)

// kubernetes adds what keeps meshes from running on Kubernetes: all of it where
// that is the target, else only mistakes in what a mesh says for Kubernetes. What a
// rule said about the same place already is not said again.
func (r *Result) kubernetes(meshes []*mesh.Mesh, opts Options) {
	blocks := map[diag.Span]bool{}
	for _, m := range meshes {
		mark(m.Kubernetes, blocks)
		for _, n := range m.Nodes {
			mark(n.Base().Fields.Get("kubernetes"), blocks)
		}
	}
	if opts.Target != Kubernetes && len(blocks) == 0 {
		return
	}
	said := map[diag.Span]diag.Severity{}
	for _, d := range opts.Severities.Apply(r.Findings) {
		if said[d.Span] != diag.Error {
			said[d.Span] = d.Severity
		}
	}
	for _, m := range meshes {
		for _, n := range m.Nodes {
			// Rules stand at the key or at the value of a field.
			for _, e := range n.Base().Fields.Entries {
				if severity, ok := said[e.KeySpan]; ok && said[e.Value.Span] == "" {
					said[e.Value.Span] = severity
				}
			}
		}
	}
	for _, d := range functionmesh.Check(meshes, functionmesh.Options{Components: opts.Components, Features: opts.Operator}) {
		ours := strings.HasPrefix(string(d.Code), "MC6")
		switch {
		case opts.Target != Kubernetes && (!ours || !blocks[d.Span]):
		case ours && (said[d.Span] == diag.Error || said[d.Span] == d.Severity):
		case slices.ContainsFunc(r.Findings, func(x diag.Diagnostic) bool { return x.Code == d.Code && x.Span == d.Span && x.Detail == d.Detail }):
		default:
			r.Findings = append(r.Findings, d)
		}
	}
}

// mark collects the places of keys and values of a block.
func mark(v *mesh.Value, places map[diag.Span]bool) {
	v.Walk(func(_ []string, v *mesh.Value) {
		places[v.Span] = true
		for _, e := range v.Entries {
			places[e.KeySpan] = true
		}
	})
}
