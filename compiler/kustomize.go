package compiler

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// Overlaid is what meshes are under one overlay.
type Overlaid struct {
	// Name is a name for the overlay's folder.
	Name   string
	Meshes []*mesh.Mesh
}

// Kustomize writes meshes as a base for kustomize, and for each overlay a folder with
// one patch (RFC 6902) a resource that it changes. The names of the files have folders:
// base/kustomization.yaml, overlays/NAME/kustomization.yaml. What an overlay adds is a
// resource of its folder, and what it takes away is deleted there, so that
// `kubectl kustomize overlays/NAME` gives what [Build] writes of the overlaid meshes.
// The findings are those of all builds, each once; with errors among them there are no
// files.
func Kustomize(base []*mesh.Mesh, overlays []Overlaid, opts BuildOptions) ([]File, diag.List, error) {
	k := kustomize{opts: opts}
	before := k.build(base)
	names := k.folder("base", before, nil)
	for _, o := range overlays {
		after := k.build(o.Meshes)
		k.overlay("overlays/"+o.Name, before, after, names)
	}
	if k.err != nil {
		return nil, nil, k.err
	}
	list := k.list.Sorted()
	if list.HasErrors() {
		return nil, list, nil
	}
	return k.files, list, nil
}

type kustomize struct {
	opts  BuildOptions
	files []File
	list  diag.List
	err   error
}

func (k *kustomize) build(meshes []*mesh.Mesh) []foreign.File {
	write := functionmesh.Write
	if k.opts.Components {
		write = functionmesh.WriteComponents
	}
	var out []foreign.File
	for _, m := range meshes {
		files, found := write(m, k.opts.Operator)
		out, k.list = append(out, files...), append(k.list, found...)
	}
	k.list = append(k.list, functionmesh.Collisions(meshes, k.opts.Components)...)
	return out
}

// folder writes resources and the file that names them, and gives the names of the
// files by resource.
func (k *kustomize) folder(dir string, resources []foreign.File, root *syntax.Node) map[string]string {
	if root == nil {
		root = kustomization()
	}
	at := root.Span
	names, taken := map[string]string{}, map[string]bool{"kustomization.yaml": true}
	list := root.Get("resources")
	if list == nil {
		list = foreign.List(at)
		foreign.Set(root, "resources", list, at)
	}
	for _, f := range resources {
		name := unused(taken, f.Name)
		names[identity(f.Root)] = name
		k.write(dir+"/"+name, f.Root)
		list.Items = append(list.Items, foreign.Text(name, at))
	}
	k.write(dir+"/kustomization.yaml", root)
	return names
}

func kustomization() *syntax.Node {
	var at diag.Span
	root := foreign.Mapping(at)
	foreign.Set(root, "apiVersion", foreign.Text("kustomize.config.k8s.io/v1beta1", at), at)
	foreign.Set(root, "kind", foreign.Text("Kustomization", at), at)
	return root
}

func (k *kustomize) write(name string, root *syntax.Node) {
	text, err := encode(root, nil)
	if k.err == nil {
		k.err = err
	}
	k.files = append(k.files, File{name, text})
}

// overlay writes the folder of an overlay.
func (k *kustomize) overlay(dir string, before, after []foreign.File, names map[string]string) {
	var at diag.Span
	root := kustomization()
	foreign.Set(root, "resources", foreign.List(at, foreign.Text("../../base", at)), at)
	have := map[string]*syntax.Node{}
	for _, f := range after {
		have[identity(f.Root)] = f.Root
	}
	patches := foreign.List(at)
	for _, f := range before {
		id := identity(f.Root)
		content := gone(f.Root)
		if now := have[id]; now != nil {
			if content = changed(f.Root, now); content == nil {
				continue
			}
		}
		file := "patch-" + names[id]
		k.write(dir+"/"+file, content)
		entry := foreign.Mapping(at)
		foreign.Set(entry, "path", foreign.Text(file, at), at)
		if content.Kind == syntax.Sequence {
			foreign.Set(entry, "target", target(f.Root), at)
		}
		patches.Items = append(patches.Items, entry)
	}
	added := slices.DeleteFunc(slices.Clone(after), func(f foreign.File) bool { return names[identity(f.Root)] != "" })
	if len(patches.Items) > 0 {
		foreign.Set(root, "patches", patches, at)
	}
	k.folder(dir, added, root)
}

// identity names a resource the way kustomize knows it.
func identity(root *syntax.Node) string {
	meta := root.Get("metadata")
	return fmt.Sprintf("%s %s/%s", valueOf(root, "kind"), valueOf(meta, "namespace"), valueOf(meta, "name"))
}

func valueOf(n *syntax.Node, key string) string {
	if v := n.Get(key); v != nil {
		return v.Value
	}
	return ""
}

// target says which resource a patch is for.
func target(root *syntax.Node) *syntax.Node {
	var at diag.Span
	out := foreign.Mapping(at)
	foreign.Set(out, "group", foreign.Text(functionmesh.Group, at), at)
	foreign.Set(out, "version", foreign.Text(functionmesh.Version, at), at)
	foreign.Set(out, "kind", foreign.Text(valueOf(root, "kind"), at), at)
	for _, key := range []string{"name", "namespace"} {
		if v := root.Get("metadata").Get(key); v != nil {
			foreign.Set(out, key, v, at)
		}
	}
	return out
}

// changed is the patch that makes a resource what an overlay makes of it; nil for none.
func changed(from, to *syntax.Node) *syntax.Node {
	ops := foreign.Patch(from, to)
	if len(ops) == 0 {
		return nil
	}
	return foreign.List(diag.Span{}, ops...)
}

// gone is the patch that deletes a resource.
func gone(root *syntax.Node) *syntax.Node {
	var at diag.Span
	out, meta := foreign.Mapping(at), foreign.Mapping(at)
	for _, key := range []string{"apiVersion", "kind"} {
		foreign.Set(out, key, root.Get(key), at)
	}
	for _, key := range []string{"name", "namespace"} {
		if v := root.Get("metadata").Get(key); v != nil {
			foreign.Set(meta, key, v, at)
		}
	}
	foreign.Set(out, "metadata", meta, at)
	foreign.Set(out, "$patch", foreign.Text("delete", at), at)
	return out
}
