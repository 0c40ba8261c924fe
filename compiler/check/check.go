// Package check compares a file's tree with the schema of meshes and says what
// is wrong with its shape: keys, types and values, each on its own. What several
// places together mean is for the stages after it.
package check

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Shape reports all that is wrong with the shape of a document. It takes the tree
// over and changes it: in the document that it returns every key has Pulsar's own
// name, misspelt keys are mended where the meaning is plain, and every value is of
// the type that its key takes or a hole; its Root is nil where nothing is left to
// read. A tree that is wanted afterwards is cloned before.
func Shape(doc *syntax.Document) (*syntax.Document, diag.List) {
	c := &checker{doc: doc, spelled: map[*syntax.Node]string{}, guessed: map[*syntax.Node][]string{}, guessedKeys: map[*syntax.Node]bool{}}
	out := *doc
	out.Root = nil
	if doc.Root == nil || doc.Root.Kind == syntax.Hole || !c.isMesh(doc.Root) {
		return &out, c.list
	}
	c.root = doc.Root
	c.scalars(c.root)
	c.names(c.root, fields.Mesh)
	c.values()
	out.Root = c.root
	out.Passed = append(slices.Clone(doc.Passed), c.passed...)
	return &out, c.list
}

type checker struct {
	doc  *syntax.Document
	root *syntax.Node
	list diag.List
	// spelled keeps how the file spells a key that was renamed.
	spelled map[*syntax.Node]string
	// guessed holds the fields that unknown keys of a mapping may have meant.
	guessed map[*syntax.Node][]string
	// guessedKeys are keys that took another name: when their values do not fit,
	// another field was meant.
	guessedKeys map[*syntax.Node]bool
	// guesses counts the keys of which was asked what they may mean.
	guesses int
	// passed are the texts under keys that were dropped.
	passed []string
}

// isMesh refuses documents that are no meshes at all by a single finding.
func (c *checker) isMesh(root *syntax.Node) bool {
	if root.Kind != syntax.Mapping {
		c.list.Add(diag.WrongType, firstLine(root), "A mesh is a mapping of keys to values, and this is "+describe(root)+".",
			"Start with `name:` and `functions:` on lines of their own.")
		return false
	}
	if kind := root.Get("kind"); kind != nil && root.Get("apiVersion") != nil {
		c.list.Add(diag.NotInThisVersion, root.Pair("kind").Key.Span,
			fmt.Sprintf("This is a Kubernetes resource of kind `%s`, not a mesh file.", kind.Value),
			"Of resources, `FunctionMesh`, `Function`, `Source` and `Sink` of compute.functionmesh.io/v1alpha1 are read.")
		return false
	}
	return true
}

// values runs the schema. What it says of keys was told already.
func (c *checker) values() {
	if quick(c.root, fields.Mesh, false) {
		return
	}
	schema, err := meshSchema()
	if err != nil {
		panic("check: the embedded schema does not compile: " + err.Error())
	}
	found, err := schema.violations(plain(c.root))
	if err != nil {
		panic("check: the schema cannot be applied: " + err.Error())
	}
	for _, v := range found {
		if v.rule != unknownKey {
			c.value(c.locate(v.path), v)
		}
	}
}

// hole makes a node one that later stages pass over. Its items stay, so that
// they can still be asked which topics a broken output may have meant.
func hole(n *syntax.Node) { n.Kind = syntax.Hole }

// firstLine gives the span of a value, or of its first entry where it spreads over lines.
func firstLine(n *syntax.Node) diag.Span {
	if n.Span.Start.Line == n.Span.End.Line {
		return n.Span
	}
	switch {
	case n.Kind == syntax.Mapping && len(n.Pairs) > 0 && !n.Flow:
		return n.Pairs[0].Key.Span
	case n.Kind == syntax.Sequence && len(n.Items) > 0 && !n.Flow:
		return firstLine(n.Items[0])
	}
	return n.Span
}
