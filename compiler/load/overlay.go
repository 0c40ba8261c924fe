package load

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// overlay lays a document over the mesh that it is for.
func (l *loader) overlay(over *syntax.Document) {
	if over.Root == nil || over.Root.Kind == syntax.Hole {
		return
	}
	if !isMesh(over) {
		l.list.Add(diag.BadOverlay, firstLine(over.Root), "An overlay is a mapping with keys of a mesh, and this is not.",
			"Write what it changes in the form of the mesh file, such as `functions: [{name: split, parallelism: 4}]`.")
		return
	}
	i := l.target(over)
	if i < 0 {
		return
	}
	m := &merger{l}
	doc := *l.docs[i]
	doc.Root = m.mapping(doc.Root, over.Root, ofMesh, true)
	doc.Incomplete = doc.Incomplete || over.Incomplete
	doc.Passed = slices.Concat(doc.Passed, over.Passed)
	l.docs[i] = &doc
}

// target finds the mesh that an overlay is for: the one that it names, or the
// only one. It gives -1 where there is none, which it reports.
func (l *loader) target(over *syntax.Document) int {
	var meshes []int
	for i, doc := range l.docs {
		if isMesh(doc) {
			meshes = append(meshes, i)
		}
	}
	named := over.Root.Get("name")
	switch {
	case len(meshes) == 0:
		return -1 // the checker says what the files are instead
	case named == nil && len(meshes) == 1:
		return meshes[0]
	case named == nil:
		l.list.Add(diag.BadOverlay, firstLine(over.Root), fmt.Sprintf("There are %d meshes, and the overlay does not say which one it is for.", len(meshes)),
			"Add `name:` with the name of the mesh.")
		return -1
	case len(meshes) == 1 && nameOf(l.docs[meshes[0]].Root) == "":
		return meshes[0] // a mesh without a name, or with one that is no text, gets this one
	}
	var names []string
	var found []int
	for _, i := range meshes {
		name := nameOf(l.docs[i].Root)
		names = append(names, name)
		if named.IsText() && name == named.Value {
			found = append(found, i)
		}
	}
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(i int) bool { return idOf(l.docs[i].Root) != idOf(over.Root) })
	}
	if len(found) == 1 {
		return found[0]
	}
	if len(found) > 1 || slices.Contains(names, named.Value) {
		l.list.Add(diag.BadOverlay, named.Span, fmt.Sprintf("Several meshes are named `%s`, and tenant and namespace of the overlay are those of none or of more than one.", named.Value),
			"Give `tenant` and `namespace` of the mesh beside the name.")
		return -1
	}
	hints := []string{"The name says which mesh the overlay is for; it may be left out where there is one only. To give a mesh another name, use `--set name=NAME`."}
	if near := l.near(named.Value, names); near != "" {
		hints = slices.Insert(hints, 0, fmt.Sprintf("Did you mean `%s`?", near))
	}
	l.list.Add(diag.BadOverlay, named.Span, fmt.Sprintf("No mesh is named `%s`.", named.Value), hints...)
	return -1
}

// idOf gives tenant and namespace as a file has them, with Pulsar's defaults.
func idOf(root *syntax.Node) [2]string {
	id := [2]string{"public", "default"}
	if n := root.Get("tenant"); n != nil && n.IsText() {
		id[0] = n.Value
	}
	place := root.Get("namespace")
	if place != nil && place.Kind == syntax.Mapping {
		place = place.Get("name")
	}
	if place != nil && place.IsText() {
		id[1] = place.Value
	}
	return id
}
