// Package syntax reads YAML into a tree that knows the place of everything in
// it. It hides the YAML library: nothing outside of yaml.go sees its types, and
// what the library gets wrong or leaves out (lines of errors, ends of nodes,
// duplicate keys, bounds on aliases) is put right here.
package syntax

import "github.com/meshc/meshc/compiler/diag"

// Kind is the shape of a node.
type Kind uint8

// The kinds of nodes. A Hole stands where the file has something that cannot be
// used and was reported already; later stages pass over it without a word.
const (
	Hole Kind = iota
	Scalar
	Mapping
	Sequence
)

// Type is what a scalar reads as by YAML's core rules.
type Type uint8

// The types of scalars. Quoted scalars are always Text. Date is a timestamp
// without quotes, which YAML readers do not agree about.
const (
	Text Type = iota
	Null
	Bool
	Int
	Float
	Date
)

// Node is a value in the file. Each node has one place in the tree: what an alias
// repeats is copied.
type Node struct {
	Kind Kind
	// Type is what a scalar reads as.
	Type Type
	// Flow tells that the node is written in one piece, as scalars, [a, b] and {a: b} are.
	Flow bool
	// Sensitive values are for the node's own code alone: [Node.Shown] gives what
	// may be printed in their place.
	Sensitive bool
	// Masked marks a literal that looks like a secret: it is used, and not shown.
	Masked bool
	// Unknown marks a Hole that is no mistake: its value is known only where the
	// mesh is planned and applied.
	Unknown bool
	// Lost tells that entries which were not understood were taken out of the mapping.
	Lost bool

	tagged   bool // there is a tag in front
	start    int  // offset of the anchor or tag in front, else from
	from, to int  // offsets behind Span
	size     int  // nodes, this one and all below, what aliases repeat in full
	height   int  // levels below

	// Span runs from the first rune up to and without the end. A value that is
	// left out, as after `output:`, has the span of its key.
	Span diag.Span

	// Value is the text of a scalar, without quotes and escapes.
	Value string

	// Pairs are the entries of a mapping and Items those of a sequence, in the order of the file.
	Pairs []Pair
	Items []*Node

	// From is how a value that comes from outside of the files is referred to, such
	// as "${env:TOKEN}"; empty for what stands in the files.
	From string
	// Spelled is how the file spells a key where that is not Value: other tools'
	// files have names of their own for fields of meshes.
	Spelled string
	// Anchor is the name that `&` gives to the node. Alias is the name behind a
	// `*`: the node then holds a copy of what the name stands for.
	Anchor, Alias string
}

// Pair is an entry of a mapping. Key is a Text scalar.
type Pair struct{ Key, Value *Node }

// Document is one YAML document.
type Document struct {
	File string
	// Root is nil for a document without content.
	Root *Node
	// Span is the place of the document's first value, or the start of the file.
	Span diag.Span
	// FromHere tells that paths are relative to the working folder instead of the
	// file's, as they are for pulsar-admin.
	FromHere bool
	// Incomplete tells that lines had to be left out because they are not YAML,
	// so nothing follows from the absence of a key.
	Incomplete bool
	// Passed are the texts of values that were passed over because their key is a
	// mistake that was reported. Any of them may have been meant as a topic.
	Passed []string
}

// Shown gives the text of a scalar for people: where it came from, if it is
// sensitive, and stars for what looks like a secret.
func (n *Node) Shown() string {
	if n.Masked {
		return "***"
	}
	if n.Sensitive || n.Unknown {
		return n.From
	}
	return n.Value
}

// Clone copies a node and all below it.
func (n *Node) Clone() *Node {
	out := *n
	if n.Pairs != nil {
		out.Pairs = make([]Pair, len(n.Pairs))
	}
	for i, p := range n.Pairs {
		out.Pairs[i] = Pair{Key: p.Key.Clone(), Value: p.Value.Clone()}
	}
	if n.Items != nil {
		out.Items = make([]*Node, len(n.Items))
	}
	for i, item := range n.Items {
		out.Items[i] = item.Clone()
	}
	return &out
}

// Texts returns all texts in a value but those that are not shown.
func (n *Node) Texts() []string {
	if n.Sensitive || n.Masked {
		return nil
	}
	if n.IsText() {
		return []string{n.Value}
	}
	var out []string
	for _, p := range n.Pairs {
		out = append(out, p.Value.Texts()...)
	}
	for _, item := range n.Items {
		out = append(out, item.Texts()...)
	}
	return out
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if p := n.Pair(key); p != nil {
		return p.Value
	}
	return nil
}

// Pair returns the first entry with a key, or nil.
func (n *Node) Pair(key string) *Pair {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key.Value == key {
			return &n.Pairs[i]
		}
	}
	return nil
}

// IsNull tells whether the node is a scalar without a value.
func (n *Node) IsNull() bool { return n.Kind == Scalar && n.Type == Null }

// IsText tells whether the node is a scalar that reads as text.
func (n *Node) IsText() bool { return n.Kind == Scalar && n.Type == Text }
