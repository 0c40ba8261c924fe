package pulsaradmin

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Write writes a mesh as config files, one for each component, in the order of
// the mesh. Tenant, namespace and names of topics are written in full; code files
// are relative to the working folder, where pulsar-admin looks for them. Fields
// stand in the order of the reference. cleanupSubscription is false unless the
// mesh says otherwise, as in what meshc deploys, where pulsar-admin's default
// deletes subscriptions with their component.
func Write(m *mesh.Mesh) ([]foreign.File, diag.List) {
	w := &foreign.Writer{Mesh: m, Target: "config files of pulsar-admin"}
	w.Around()
	if m.Kubernetes != nil {
		w.List.Add(diag.LostField, m.Kubernetes.Span, "`kubernetes` of the mesh is left out: config files of pulsar-admin have no field for it.")
	}
	var files []foreign.File
	for _, n := range m.Nodes {
		files = append(files, file(w, n))
	}
	return files, w.List
}

func file(w *foreign.Writer, n mesh.Node) foreign.File {
	at := n.NodeSpan()
	root := foreign.Mapping(at)
	foreign.Set(root, "tenant", foreign.Text(w.Mesh.Tenant, at), at)
	foreign.Set(root, "namespace", foreign.Text(w.Mesh.Namespace, at), at)
	tree := foreign.Mapping(at)
	for _, e := range n.Base().Fields.Entries {
		f, ok := fields.Named(n.Kind(), e.Key)
		switch {
		case !ok || e.Value.Shape == mesh.Unknown && e.Value.From == "":
			continue // reported already
		case !pulsars(f):
			w.Lost(n, e.Key, e.Span())
			continue
		case e.Key == "tenant" || e.Key == "namespace" || e.Value.Shape == mesh.Scalar && e.Value.Data == nil:
			continue
		}
		if e.Key == "fqfn" && e.Value.Text() == w.Mesh.Tenant+"/"+w.Mesh.Namespace+"/"+n.NodeName() {
			continue // the other fields say the same
		}
		foreign.Set(tree, e.Key, w.Value(e.Value), e.KeySpan)
	}
	code(n, tree)
	if output := tree.Get("output"); output != nil && output.Kind == syntax.Sequence && len(output.Items) == 1 {
		foreign.Set(tree, "output", output.Items[0], output.Span)
	}
	if topic := tree.Get("topicName"); topic != nil && topic.Kind == syntax.Sequence && len(topic.Items) == 1 {
		foreign.Set(tree, "topicName", topic.Items[0], topic.Span)
	}
	if n.Reads() != nil && tree.Get("cleanupSubscription") == nil {
		foreign.Set(tree, "cleanupSubscription", foreign.Truth(false, at), at)
	}
	if field := mesh.SubscriptionField(n.Kind()); n.Reads() != nil && n.Base().Lifecycle.MovedFrom != "" && tree.Get(field) == nil {
		foreign.Set(tree, field, foreign.Text(mesh.Subscription(w.Mesh.ID, n), at), at)
	}
	w.FullTopics(tree, n.Kind())
	foreign.Sort(tree, n.Kind())
	root.Pairs = append(root.Pairs, tree.Pairs...)
	name := fileName(n)
	return foreign.File{Name: name, Root: root, Head: []string{
		"meshc:mesh " + w.Mesh.Name,
		fmt.Sprintf("pulsar-admin %ss create --%s-config-file %s", n.Kind(), n.Kind(), name),
	}}
}

// code writes where the code is, which the mesh may say for several nodes, from
// the working folder.
func code(n mesh.Node, tree *syntax.Node) {
	c := n.Base().Code
	key := "archive"
	if f, ok := n.(*mesh.Function); ok {
		key = map[fields.Runtime]string{fields.Java: "jar", fields.Python: "py", fields.Go: "go"}[f.Runtime]
	}
	byName := tree.Get("functionType") != nil || tree.Get("sourceType") != nil || tree.Get("sinkType") != nil
	switch {
	case c.Path != "":
		foreign.Set(tree, key, foreign.Text(c.Path, c.Span), c.Span)
	case c.Location != "" && !byName:
		foreign.Set(tree, key, foreign.Text(c.Location, c.Span), c.Span)
	}
}

// fileName makes a file's name of a component's, which may hold a colon.
func fileName(n mesh.Node) string {
	return strings.ReplaceAll(n.NodeName(), ":", "_") + ".yaml"
}
