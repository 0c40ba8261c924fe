package resolve

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// reading reads how a function or sink reads: all the fields that name inputs
// are one set of inputs for a worker, which keeps them as inputSpecs.
func (r *resolver) reading(kind fields.Kind, n *syntax.Node) mesh.Reading {
	in := inputs{resolver: r, kind: kind, index: map[*mesh.Topic]int{}}
	in.list(n.Get("inputs"))
	in.pattern(n.Get("topicsPattern"), nil)
	in.specs(n.Get("inputSpecs"))
	in.texts(n.Get("customSerdeInputs"), func(e *mesh.Edge, text string) { e.SerDe = text })
	in.texts(n.Get("customSchemaInputs"), schemaInJSON)
	in.texts(n.Get("topicToSerdeClassName"), func(e *mesh.Edge, text string) { e.SerDe = text })
	in.texts(n.Get("topicToSchemaType"), func(e *mesh.Edge, text string) { e.SchemaType = text })
	if !in.given && !in.doubt {
		r.needs(kind, n, "inputs")
	}
	out := in.out
	out.DeadLetter = r.writes(mesh.DeadLetter, n.Get("deadLetterTopic"))
	name, position := mesh.SubscriptionField(kind), "subscriptionPosition"
	if kind == fields.Sink {
		position = "sourceSubscriptionPosition"
	}
	out.SubName, out.Position = textOf(n, name), choice(kind, n, position)
	out.RetainOrdering, out.RetainKeyOrdering = flag(n, "retainOrdering"), flag(n, "retainKeyOrdering")
	return out
}

// inputs collects the inputs of one node.
type inputs struct {
	*resolver
	kind fields.Kind
	out  mesh.Reading
	// index finds an input by its topic.
	index map[*mesh.Topic]int
	// given tells that something names an input, doubt that something may have.
	given, doubt bool
}

func (in *inputs) list(n *syntax.Node) {
	if n == nil {
		return
	}
	in.doubt = in.doubt || n.Kind == syntax.Hole
	for _, item := range n.Items {
		in.doubt = true // reported, if it is no name
		if !usable(item) {
			continue
		}
		e, ok := in.edge(mesh.Input, item)
		if !ok {
			continue
		}
		if i, twice := in.index[e.Topic]; twice {
			in.again(e, in.out.Inputs[i])
			continue
		}
		in.add(e)
	}
}

func (in *inputs) again(e, before mesh.Edge) {
	in.resolver.list.Add(diag.DuplicateInput, e.Span, fmt.Sprintf("The %s reads `%s` already.", in.kind, e.Topic.Name),
		"Remove one of the two; short and full spelling name the same topic.").Relate(before.Span, "first given here")
}

func (in *inputs) add(e mesh.Edge) *mesh.Edge {
	in.given = true
	in.index[e.Topic] = len(in.out.Inputs)
	in.out.Inputs = append(in.out.Inputs, e)
	return &in.out.Inputs[len(in.out.Inputs)-1]
}

// named gives the input that a key names, a new one where it is not there yet.
func (in *inputs) named(key *syntax.Node) *mesh.Edge {
	in.doubt = true
	e, ok := in.edge(mesh.Input, key)
	if !ok {
		return nil
	}
	if i, ok := in.index[e.Topic]; ok {
		return &in.out.Inputs[i]
	}
	return in.add(e)
}

func (in *inputs) specs(n *syntax.Node) {
	if n == nil {
		return
	}
	in.doubt = in.doubt || n.Kind == syntax.Hole
	for _, p := range n.Pairs {
		if flag(p.Value, "regexPattern") {
			in.pattern(p.Key, value(p.Value))
			continue
		}
		e := in.named(p.Key)
		switch {
		case e == nil:
			continue
		case e.Spec != nil:
			in.again(mesh.Edge{Topic: e.Topic, Span: p.Key.Span}, *e)
			continue
		}
		e.Spec = value(p.Value)
		e.SchemaType, e.SerDe = textOf(p.Value, "schemaType"), textOf(p.Value, "serdeClassName")
	}
}

// texts reads inputs from a mapping of topics to texts.
func (in *inputs) texts(n *syntax.Node, set func(*mesh.Edge, string)) {
	if n == nil {
		return
	}
	in.doubt = in.doubt || n.Kind == syntax.Hole
	for _, p := range n.Pairs {
		if e := in.named(p.Key); e != nil && usable(p.Value) {
			set(e, p.Value.Value)
		}
	}
}

// schemaInJSON takes the settings from a ConsumerConfig that is JSON in a text.
func schemaInJSON(e *mesh.Edge, text string) {
	var config map[string]any
	if json.Unmarshal([]byte(text), &config) != nil {
		return
	}
	e.SchemaType, _ = config["schemaType"].(string)
	e.SerDe, _ = config["serdeClassName"].(string)
	if e.Spec == nil {
		// The settings under inputSpecs win as a whole (FunctionConfigUtils.convert).
		e.Spec = mesh.FromJSON(config, e.Span)
	}
}

func (in *inputs) pattern(n *syntax.Node, spec *mesh.Value) {
	if n == nil {
		return
	}
	in.doubt = true
	if !usable(n) {
		return
	}
	in.given = true
	// A short pattern is completed as a topic is.
	full, problem, hint := in.canonical(n.Value)
	if problem != "" {
		in.resolver.list.Add(diag.BadTopicName, n.Span, problem, hint)
		return
	}
	p := mesh.Pattern{Text: full, Spec: spec, Span: n.Span}
	// Java's expressions that Go does not know are left to Java.
	p.Regexp, _ = regexp.Compile("^(?:" + full + ")$")
	in.out.Patterns = append(in.out.Patterns, p)
}

// writes wires a topic that the node writes. A broken one casts doubt on the
// topics that it may mean.
func (r *resolver) writes(role mesh.Role, n *syntax.Node) *mesh.Edge {
	switch {
	case n == nil:
		return nil
	case n.Kind == syntax.Hole:
		for _, item := range n.Items {
			r.doubt(item.Value)
		}
		r.allDoubt = r.allDoubt || len(n.Items) == 0
		return nil
	case n.Kind == syntax.Sequence && len(n.Items) > 0:
		n = n.Items[0]
	}
	if !usable(n) {
		r.allDoubt = true
		return nil
	}
	e, ok := r.edge(role, n)
	if !ok {
		r.allDoubt = true
		return nil
	}
	return &e
}
