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

// names gives all keys of a mapping, and of those below it, Pulsar's own names, and
// reports those that are no fields. A misspelt key takes the name that it most
// likely is meant to be, so that its value is looked at as well.
func (c *checker) names(n *syntax.Node, kind fields.Kind) {
	var given map[string]bool // made for the first unknown key
	kept := make([]syntax.Pair, 0, len(n.Pairs))
	for _, p := range n.Pairs {
		f, ok := fields.Lookup(kind, p.Key.Value)
		if !ok {
			if given == nil {
				given = givenFields(n, kind)
			}
			if f, ok = c.unknown(n, kind, p, given); !ok {
				c.passed = append(c.passed, p.Value.Texts()...)
				n.Lost = true
				continue
			}
		}
		if before := entry(kept, f.Name); before != nil {
			c.again(*before, p)
			continue
		}
		if p.Key.Value != f.Name {
			c.spelled[p.Key] = c.asWritten(p.Key)
			p.Key.Value = f.Name
		}
		kept = append(kept, p)
	}
	n.Pairs = kept
	for _, p := range n.Pairs {
		f, _ := fields.Lookup(kind, p.Key.Value)
		if below := kindBelow(f); below != "" && p.Value.Kind == syntax.Mapping {
			c.names(p.Value, below)
		}
		if below := kindInside(f); below != "" {
			c.namesInside(p.Value, below)
		}
	}
}

// entry finds a field among the entries that were kept, which are no more than the
// kind has fields.
func entry(kept []syntax.Pair, name string) *syntax.Pair {
	for i := range kept {
		if kept[i].Key.Value == name {
			return &kept[i]
		}
	}
	return nil
}

// givenFields are the fields that the keys of a mapping name.
func givenFields(n *syntax.Node, kind fields.Kind) map[string]bool {
	given := map[string]bool{}
	for _, p := range n.Pairs {
		if f, ok := fields.Lookup(kind, p.Key.Value); ok {
			given[f.Name] = true
		}
	}
	return given
}

// namesInside is names for the mappings in a list, or in a mapping of the user's.
func (c *checker) namesInside(n *syntax.Node, kind fields.Kind) {
	for _, item := range n.Items {
		if item.Kind == syntax.Mapping {
			c.names(item, kind)
		}
	}
	for _, entry := range n.Pairs {
		if entry.Value.Kind == syntax.Mapping {
			c.names(entry.Value, kind)
		}
	}
}

// again reports one field in two spellings. The first is kept, and lists are
// joined so that the nodes of both are looked at.
func (c *checker) again(before, p syntax.Pair) {
	c.list.Add(diag.TwoSpellings, p.Key.Span,
		fmt.Sprintf("`%s` and `%s` are two spellings of the same field.", c.asWritten(p.Key), c.asWritten(before.Key)),
		"Keep one of the two.").Relate(before.Key.Span, "first given here")
	if before.Value.Kind == syntax.Sequence && p.Value.Kind == syntax.Sequence {
		before.Value.Items = append(before.Value.Items, p.Value.Items...)
	} else {
		c.passed = append(c.passed, p.Value.Texts()...)
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

// maxGuesses bounds the search for what unknown keys may mean: a file with more is
// no mesh with slips.
const maxGuesses = 500

// unknown reports a key that is no field of its kind, and gives the field that it
// is taken for.
func (c *checker) unknown(n *syntax.Node, kind fields.Kind, p syntax.Pair, given map[string]bool) (fields.Field, bool) {
	key := p.Key.Value
	here, _ := title(kind)
	detail := fmt.Sprintf("%s has no key `%s`.", upper(here), key)
	if c.guesses++; c.guesses > maxGuesses {
		c.list.Add(diag.UnknownKey, p.Key.Span, detail)
		return fields.Field{}, false
	}
	var elsewhere []string
	for _, t := range titles {
		// What belongs under `defaults:` is more often a slip for the list of that name.
		if _, ok := fields.Lookup(t.kind, key); ok && t.kind != kind && t.kind != fields.Defaults {
			elsewhere = append(elsewhere, t.plural)
		}
	}
	known := fields.Spellings(kind)
	near, ok := counterpart(kind, key)
	if ok {
		elsewhere = nil
	} else {
		near, ok = diag.Nearest(key, known)
	}
	switch {
	case len(elsewhere) > 0 && (!ok || !diag.SameWord(near, key)):
		c.list.Add(diag.UnknownKey, p.Key.Span, detail, fmt.Sprintf("`%s` belongs to %s, not to %s.", key, elsewhere[0], here))
	case !ok:
		c.list.Add(diag.UnknownKey, p.Key.Span, detail, advice(key, known))
	default:
		d := c.list.Add(diag.UnknownKey, p.Key.Span, detail, fmt.Sprintf("Did you mean `%s`?", near))
		f, _ := fields.Lookup(kind, near)
		c.guessed[n] = append(c.guessed[n], f.Name)
		if given[f.Name] {
			return f, false
		}
		d.Mend(fmt.Sprintf("write `%s`", near), diag.Edit{Span: p.Key.Span, Old: key, New: near})
		given[f.Name] = true
		c.guessedKeys[p.Key] = true
		return f, true
	}
	return fields.Field{}, false
}

// counterparts are groups of names for one thing, of which each kind has one. The
// last of a group are other tools' names.
var counterparts = [][]string{
	{"subName", "sourceSubscriptionName", "subscriptionName", "subscription"},
	{"subscriptionPosition", "sourceSubscriptionPosition"},
	{"userConfig", "configs", "config", "userConfigs"},
	{"output", "topicName", "outputs", "outputTopic"},
	{"inputs", "inputTopics"},
	{"timeoutMs", "timeout"},
}

// counterpart gives the name that a kind has for what a key means elsewhere.
func counterpart(kind fields.Kind, key string) (string, bool) {
	for _, group := range counterparts {
		if !slices.Contains(group, key) {
			continue
		}
		for _, name := range group {
			if _, ok := fields.Lookup(kind, name); ok {
				return name, true
			}
		}
	}
	return "", false
}

// someKeys are enough to show of many.
const someKeys = 8

// advice helps with a key that is near nothing of its kind.
func advice(key string, known []string) string {
	for _, t := range titles {
		// Names of other kinds are many, so they have to be nearer.
		if near, ok := diag.Within(key, fields.Spellings(t.kind), min(len(key)/3, 2)); ok {
			return fmt.Sprintf("`%s`, which it may stand for, belongs to %s.", near, t.plural)
		}
	}
	if len(known) > 2*someKeys {
		return fmt.Sprintf("It has %d keys, among them %s; docs/fields.md has them all.", len(known), list(known[:someKeys]))
	}
	return "Known keys are " + list(known) + "."
}
