package check

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// titles name the kinds in sentences.
var titles = []struct {
	kind        fields.Kind
	one, plural string
}{
	{fields.Mesh, "the mesh", "a mesh"},
	{fields.Function, "a function", "a function"},
	{fields.Source, "a source", "a source"},
	{fields.Sink, "a sink", "a sink"},
	{fields.Topic, "a topic", "a topic under `topics:`"},
	{fields.Resource, "`resources`", "`resources`"},
	{fields.Namespace, "`namespace`", "a mapping under `namespace:`"},
	{fields.Schema, "`schema`", "`schema` of a topic"},
	{fields.Retention, "`retention`", "`retention` of a topic"},
	{fields.Consumer, "an input's settings", "an input's settings under `inputSpecs:`"},
	{fields.Producer, "`producerConfig`", "`producerConfig`"},
	{fields.Batching, "`batchingConfig`", "`batchingConfig`"},
	{fields.Crypto, "`cryptoConfig`", "`cryptoConfig`"},
	{fields.Processor, "`messagePayloadProcessorConfig`", "`messagePayloadProcessorConfig`"},
	{fields.Window, "`windowConfig`", "`windowConfig`"},
	{fields.BatchSource, "`batchSourceConfig`", "`batchSourceConfig`"},
	{fields.Lifecycle, "`lifecycle`", "`lifecycle` of a node"},
	{fields.Defaults, "`defaults`", "`defaults`"},
	{fields.Kubernetes, "`kubernetes`", "`kubernetes`"},
}

func title(kind fields.Kind) (one, plural string) {
	for _, t := range titles {
		if t.kind == kind {
			return t.one, t.plural
		}
	}
	return string(kind), string(kind)
}

// canonical gives all keys Pulsar's own name. Of one field in two spellings the
// first is kept, and lists are joined so that the nodes of both are looked at.
func (c *checker) canonical(n *syntax.Node, kind fields.Kind) {
	first := map[string]*syntax.Pair{}
	kept := make([]syntax.Pair, 0, len(n.Pairs))
	for i := range n.Pairs {
		p := n.Pairs[i]
		f, ok := fields.Lookup(kind, p.Key.Value)
		if !ok {
			kept = append(kept, p)
			continue
		}
		if before := first[f.Name]; before != nil {
			c.list.Add(diag.TwoSpellings, p.Key.Span,
				fmt.Sprintf("`%s` and `%s` are two spellings of the same field.", c.asWritten(p.Key), c.asWritten(before.Key)),
				"Keep one of the two.").Relate(before.Key.Span, "first given here")
			if before.Value.Kind == syntax.Sequence && p.Value.Kind == syntax.Sequence {
				before.Value.Items = append(before.Value.Items, p.Value.Items...)
			} else {
				c.passed = append(c.passed, p.Value.Texts()...)
			}
			continue
		}
		if p.Key.Value != f.Name {
			c.spelled[p.Key] = c.asWritten(p.Key)
			p.Key.Value = f.Name
		}
		kept = append(kept, p)
		first[f.Name] = &p
	}
	n.Pairs = kept
	for _, p := range n.Pairs {
		f, _ := fields.Lookup(kind, p.Key.Value)
		if below := kindBelow(f); below != "" && p.Value.Kind == syntax.Mapping {
			c.canonical(p.Value, below)
		}
		if below := kindInside(f); below != "" {
			for _, item := range p.Value.Items {
				if item.Kind == syntax.Mapping {
					c.canonical(item, below)
				}
			}
			for _, entry := range p.Value.Pairs {
				if entry.Value.Kind == syntax.Mapping {
					c.canonical(entry.Value, below)
				}
			}
		}
	}
}

// asWritten gives a key's spelling in the file.
func (c *checker) asWritten(key *syntax.Node) string {
	if s, ok := c.spelled[key]; ok {
		return s
	}
	if key.Spelled != "" {
		return key.Spelled
	}
	return key.Value
}

// unknown reports a key that the schema does not know at a place and mends it,
// so that the schema does not meet it again.
func (c *checker) unknown(at place, key string) bool {
	pair := at.node.Pair(key)
	if pair == nil {
		return false
	}
	node := pair.Key
	here, _ := title(at.kind)
	detail := fmt.Sprintf("%s has no key `%s`.", upper(here), key)
	var elsewhere []string
	for _, t := range titles {
		if _, ok := fields.Lookup(t.kind, key); ok && t.kind != at.kind {
			elsewhere = append(elsewhere, t.plural)
		}
	}
	known := fields.Spellings(at.kind)
	near, ok := diag.Nearest(key, known)
	switch {
	case len(elsewhere) > 0 && (!ok || !diag.SameWord(near, key)):
		c.list.Add(diag.UnknownKey, node.Span, detail, fmt.Sprintf("`%s` belongs to %s, not to %s.", key, elsewhere[0], here))
		c.drop(at.node, node)
	case ok:
		d := c.list.Add(diag.UnknownKey, node.Span, detail, fmt.Sprintf("Did you mean `%s`?", near))
		if f, _ := fields.Lookup(at.kind, near); at.node.Pair(f.Name) == nil {
			d.Mend(fmt.Sprintf("write `%s`", near), diag.Edit{Span: node.Span, Old: key, New: near})
		}
		c.mend(at, node, near)
	default:
		c.list.Add(diag.UnknownKey, node.Span, detail, c.advice(at.kind, key, known))
		c.drop(at.node, node)
	}
	return true
}

// advice helps with a key that is near nothing of this version.
func (c *checker) advice(kind fields.Kind, key string, known []string) string {
	for _, t := range titles {
		if near, ok := diag.Nearest(key, fields.Spellings(t.kind)); ok {
			return fmt.Sprintf("`%s`, which it may stand for, belongs to %s.", near, t.plural)
		}
	}
	return "Known keys are " + list(known) + "."
}

// mend renames a misspelt key, or drops it where the field is given already.
func (c *checker) mend(at place, key *syntax.Node, near string) {
	f, _ := fields.Lookup(at.kind, near)
	c.guessed[at.node] = append(c.guessed[at.node], f.Name)
	if at.node.Pair(f.Name) != nil {
		c.drop(at.node, key)
		return
	}
	c.spelled[key] = key.Value
	key.Value = f.Name
}

// drop takes an entry away, but for the texts in it.
func (c *checker) drop(n, key *syntax.Node) {
	if p := n.Pair(key.Value); p != nil {
		c.passed = append(c.passed, p.Value.Texts()...)
	}
	n.Lost = true
	n.Pairs = slices.DeleteFunc(n.Pairs, func(p syntax.Pair) bool { return p.Key == key })
}
