package foreign

import (
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// use is the part that a topic of a field plays.
type use int

const (
	reads use = iota
	// outputs are what a node is for; other topics that it writes are by the way.
	outputs
	writes
	// mentions are names of topics that neither read nor write, or patterns.
	mentions
)

// byTopic are the fields whose keys are topics.
var byTopic = map[string]use{
	"inputSpecs": reads, "customSerdeInputs": reads, "customSchemaInputs": reads, "topicToSerdeClassName": reads,
	"topicToSchemaType": reads, "topicToSchemaProperties": mentions, "customSchemaOutputs": mentions,
}

// EachTopic visits all names of topics in a component of the language of meshes,
// and puts in their place what rename gives. The tree is changed: it has to be
// the caller's own.
func EachTopic(n *syntax.Node, kind fields.Kind, rename func(name string) string) {
	eachTopic(n, kind, func(t *syntax.Node, _ use) *syntax.Node {
		if name := rename(t.Value); name != t.Value {
			out := *t
			out.Value = name
			return &out
		}
		return t
	})
}

func eachTopic(n *syntax.Node, kind fields.Kind, visit func(*syntax.Node, use) *syntax.Node) {
	if n == nil || n.Kind != syntax.Mapping {
		return
	}
	topic := func(t *syntax.Node, u use) *syntax.Node {
		if t == nil || !t.IsText() {
			return t
		}
		return visit(t, u)
	}
	all := func(list *syntax.Node, u use) *syntax.Node {
		if list.Kind != syntax.Sequence {
			return topic(list, u)
		}
		out := *list
		out.Items = slices.Clone(list.Items)
		for i, item := range out.Items {
			out.Items[i] = topic(item, u)
		}
		return &out
	}
	for i := range n.Pairs {
		p := &n.Pairs[i]
		f, _ := fields.Named(kind, p.Key.Value)
		u, keyed := byTopic[f.Name]
		switch {
		case keyed && p.Value.Kind == syntax.Mapping:
			value := *p.Value
			value.Pairs = slices.Clone(value.Pairs)
			for j := range value.Pairs {
				q := &value.Pairs[j]
				if r := q.Value.Get("regexPattern"); r != nil && r.Type == syntax.Bool && r.Value != "false" {
					q.Key = topic(q.Key, mentions)
				} else {
					q.Key = topic(q.Key, u)
				}
			}
			p.Value = &value
		case f.Name == "topicsPattern":
			p.Value = topic(p.Value, mentions)
		case f.Type == fields.TopicList:
			p.Value = all(p.Value, reads)
		case f.Type == fields.OneTopic:
			p.Value = all(p.Value, outputs)
		case f.Type == fields.TopicName:
			p.Value = all(p.Value, writes)
		case f.Type == fields.Object && p.Value.Kind == syntax.Mapping:
			value := *p.Value
			value.Pairs = slices.Clone(value.Pairs)
			eachTopic(&value, f.Below, visit)
			p.Value = &value
		}
	}
}

// Full gives the full name of a topic. A bare name lives in the tenant and
// namespace that are given. What is no name of a topic stays as it is.
func Full(tenant, namespace, name string) string {
	rest, given := strings.CutPrefix(name, persistent)
	switch {
	case given || name == "" || strings.Contains(name, "://"):
		return name
	case strings.Count(rest, "/") == 2:
		return persistent + rest
	case strings.Contains(rest, "/"):
		return name
	}
	return persistent + tenant + "/" + namespace + "/" + rest
}

const persistent = "persistent://"

// Elsewhere gives bare names of topics their full form where a mesh would put
// them into its own namespace and Pulsar puts them into public/default.
func Elsewhere(m *Mesh) {
	tenant, namespace := m.Place()
	if tenant == "public" && namespace == "default" {
		return
	}
	for _, n := range m.Nodes {
		EachTopic(n.Tree, n.Kind, func(name string) string {
			if strings.Contains(name, "/") {
				return name
			}
			return Full("public", "default", name)
		})
	}
}

// Shorten takes tenant and namespace from the names of topics in a mesh's
// document where they are the mesh's own.
func Shorten(doc *syntax.Document) {
	own := persistent + orElse(doc.Root.Get("tenant"), "public") + "/" + orElse(doc.Root.Get("namespace"), "default") + "/"
	short := func(name string) string {
		if rest, ok := strings.CutPrefix(Full("", "", name), own); ok && rest != "" && !strings.Contains(rest, "/") {
			return rest
		}
		return name
	}
	if topics := doc.Root.Get("topics"); topics != nil {
		for _, t := range topics.Items {
			EachTopic(t, fields.Topic, short)
		}
	}
	for _, l := range lists {
		if list := doc.Root.Get(l.key); list != nil {
			for _, n := range list.Items {
				EachTopic(n, l.kind, short)
			}
		}
	}
}

// externals declares the topics that come from outside, being read and not
// written, and those that go there, being outputs that are not read.
func (m *Mesh) externals() *syntax.Node {
	tenant, namespace := m.Place()
	full := func(t *syntax.Node) string { return Full(tenant, namespace, t.Value) }
	uses := map[use]map[string]bool{reads: {}, outputs: {}, writes: {}}
	var all []*syntax.Node
	for _, n := range m.Nodes {
		eachTopic(n.Tree, n.Kind, func(t *syntax.Node, u use) *syntax.Node {
			if u != mentions && t.Value != "" {
				uses[u][full(t)] = true
				all = append(all, t)
			}
			return t
		})
	}
	out := List(m.Doc.Span)
	done := map[string]bool{}
	for _, t := range all {
		name := full(t)
		comes := uses[reads][name] && !uses[outputs][name] && !uses[writes][name]
		goes := uses[outputs][name] && !uses[reads][name]
		if done[name] || !comes && !goes {
			continue
		}
		done[name] = true
		topic := Mapping(t.Span)
		Set(topic, "name", Text(t.Value, t.Span), t.Span)
		Set(topic, "external", Truth(true, t.Span), t.Span)
		out.Items = append(out.Items, topic)
	}
	return out
}
