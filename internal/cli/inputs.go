package cli

import (
	"io"
	"slices"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/schema/fields"
)

// compile reads and compiles mesh files, with the overlays and values of the
// flags; what is wrong with them is in the result.
func (f *Factory) compile(x *fileFlags, files []string, stdin io.Reader, opts compiler.Options) compiler.Result {
	inputs, found := compiler.Read(files, stdin, x.overlays...)
	overlays, list := compiler.ReadOverlays(x.overlays)
	found = append(found, list...)
	if len(inputs) == 0 && len(found) > 0 {
		return compiler.Result{Findings: found}
	}
	opts.Overlays, opts.Set = overlays, x.sets
	opts.Env = func(name string) (string, bool) {
		value := f.Getenv(name)
		return value, value != ""
	}
	result := compiler.Compile(inputs, opts)
	result.Findings = append(found, result.Findings...)
	return result
}

// findings makes the document of a result and of findings that came later.
func findings(r compiler.Result, more diag.List) view.Findings {
	var meshes []view.MeshInfo
	for _, u := range r.Units {
		info := view.MeshInfo{File: u.Mesh.Span.File, Mesh: u.Mesh.ID.String(), Topics: len(u.Mesh.Topics)}
		for _, n := range u.Mesh.Nodes {
			switch n.Kind() {
			case fields.Source:
				info.Sources++
			case fields.Sink:
				info.Sinks++
			default:
				info.Functions++
			}
		}
		meshes = append(meshes, info)
	}
	all := append(append(diag.List{}, r.Findings...), more...)
	return view.NewFindings(all, r.Sources, meshes)
}

// withoutRules leaves out findings that an author may lower: they do not keep
// what was deployed all the same from being looked at.
func withoutRules(list diag.List) diag.List {
	return slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Code.Optional() })
}

// withoutCode leaves out findings about absent code files and functions, which do
// not matter where meshes are taken down.
func withoutCode(list diag.List) diag.List {
	return slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Code == diag.MissingArtifact || d.Code == diag.NoFunctions })
}
