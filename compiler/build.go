package compiler

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/check"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/foreign/pulsaradmin"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// File is a file that was written for another tool, or a mesh file that was made
// of another tool's.
type File struct {
	// Name is a name for the file, without folders but for those of [Kustomize], which
	// slashes part.
	Name string
	Text []byte
}

// targets are what a mesh can be built into.
var targets = map[string]func(*mesh.Mesh, operator.Features) ([]foreign.File, diag.List){
	"functionmesh": functionmesh.Write,
	"components":   functionmesh.WriteComponents,
	"pulsar-admin": func(m *mesh.Mesh, _ operator.Features) ([]foreign.File, diag.List) { return pulsaradmin.Write(m) },
}

// BuildOptions say what is known of where the files go.
type BuildOptions struct {
	// Operator are the fields that the operator of Function Mesh has; the zero value is
	// for the newest.
	Operator operator.Features
	// Components tells that nodes are resources of their own, where the target leaves it
	// open: for Kustomize and the target rbac.
	Components bool
}

// rbac is the target that writes roles instead of meshes.
const rbac = "rbac"

// Targets names what [Build] can write.
func Targets() []string { return []string{"functionmesh", "components", "pulsar-admin", rbac} }

// Build writes meshes for another tool, offline. The findings name what gets lost
// and what the target needs besides; with errors among them there are no files.
// An unknown target is a bug of the caller.
func Build(meshes []*mesh.Mesh, target string, opts BuildOptions) ([]File, diag.List, error) {
	write := targets[target]
	if target == rbac {
		files, list := roles(meshes, opts.Components)
		return files, list.Sorted(), nil
	}
	if write == nil {
		return nil, nil, fmt.Errorf("there is no target %q", target)
	}
	var all []foreign.File
	var list diag.List
	for _, m := range meshes {
		files, found := write(m, opts.Operator)
		all, list = append(all, files...), append(list, found...)
	}
	if target != "pulsar-admin" {
		list = append(list, functionmesh.Collisions(meshes, target == "components")...)
	}
	list = list.Sorted()
	if list.HasErrors() {
		return nil, list, nil
	}
	var out []File
	names := map[string]bool{}
	for _, f := range all {
		text, err := encode(f.Root, f.Head)
		if err != nil {
			return nil, list, err
		}
		out = append(out, File{unused(names, f.Name), text})
	}
	return out, list, nil
}

// unused gives a name that no other file has: two meshes may have nodes of one name.
func unused(names map[string]bool, name string) string {
	stem, ext, _ := strings.Cut(name, ".")
	for i := 2; names[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s-%d.%s", stem, i, ext)
	}
	names[strings.ToLower(name)] = true
	return name
}

func encode(root *syntax.Node, head []string) ([]byte, error) {
	text, err := syntax.Encode(root)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, line := range head {
		b.WriteString("# " + line + "\n")
	}
	b.Write(text)
	return b.Bytes(), nil
}

// Converted is what [Convert] yields.
type Converted struct {
	Files    []File
	Findings diag.List
	Sources  diag.Sources
}

// Convert makes mesh files of other tools' files, one for each mesh. Components
// that name no mesh are joined, by tenant and namespace, into a mesh of the name
// that is given, or of the name of the first. Of mesh files nothing is made. The
// findings are those of syntax, of the conversion and of shape, with places in the
// files that were read; with errors among them there are no files.
func Convert(inputs []Input, name string) (Converted, error) {
	r := Result{Sources: diag.Sources{}}
	parsed := r.parse(inputs, "Name the file that is to be converted.")
	docs := r.translate(parsed, foreign.Options{Join: true, Name: name})
	out := Converted{Sources: r.Sources}
	names := map[string]bool{}
	for _, doc := range docs {
		if slices.Contains(parsed, doc) && lists(doc.Root) {
			r.Findings.Add(diag.NotConvertible, doc.Root.Pairs[0].Key.Span, "This is a mesh file already.", "Leave it out; `meshc fmt` brings it into canonical form.")
			continue
		}
		own := *doc
		own.Root = doc.Root.Clone()
		shaped, list := check.Shape(&own)
		r.Findings = append(r.Findings, list...)
		if shaped.Root == nil || list.HasErrors() || slices.Contains(parsed, doc) {
			continue
		}
		foreign.Shorten(doc)
		text, err := encode(doc.Root, nil)
		if err != nil {
			return out, err
		}
		stem := "mesh"
		if n := doc.Root.Get("name"); foreign.Usable(n) {
			stem = strings.ReplaceAll(n.Value, ":", "_")
		}
		out.Files = append(out.Files, File{unused(names, stem+".yaml"), text})
	}
	r.silence()
	out.Findings = r.Findings.Sorted()
	if out.Findings.HasErrors() {
		out.Files = nil
	}
	return out, nil
}

// lists tells whether a mapping has a list of a mesh, such as `functions:`.
func lists(n *syntax.Node) bool {
	return slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool {
		f, known := fields.Lookup(fields.Mesh, p.Key.Value)
		return known && f.Type == fields.Objects
	})
}

// Join puts files into one text, as YAML documents.
func Join(files []File) []byte {
	var texts [][]byte
	for _, f := range files {
		texts = append(texts, f.Text)
	}
	return syntax.Join(slices.Clip(texts))
}
