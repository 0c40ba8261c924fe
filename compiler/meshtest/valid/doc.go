// Package valid makes meshes for tests that have no mistakes: with all fields that the
// field table has, in all spellings and shapes of values, so that what reads,
// writes or formats meshes can be tried on what nobody would write by hand.
package valid

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Mesh draws the tree of a mesh of up to six nodes. It has no mistakes of shape or
// names, no cycles, and no code file that exists; rules over the whole mesh may
// have something to say. The same draws make the same mesh.
func Mesh(t *rapid.T) *syntax.Node {
	g := &gen{T: t, tenant: "public", namespace: "default"}
	root := mapping()
	set(root, "name", text(g.pick("name", "word-count", "m", "A=b:c.d_e")))
	if g.flip("tenant") {
		g.tenant = "acme"
		set(root, "tenant", text(g.tenant))
	}
	if g.flip("namespace") {
		g.namespace = "orders"
		place := text(g.namespace)
		if g.flip("place") {
			place = mapping()
			set(place, "name", text(g.namespace))
			set(place, "create", truth(g.flip("create")))
		}
		set(root, "namespace", place)
	}
	if g.flip("jarFile") {
		g.jarFile = true
		set(root, "jarFile", text("target/functions.jar"))
	}
	if g.flip("kubernetes") {
		set(root, "kubernetes", g.object(fields.Kubernetes, ""))
	}
	if g.flip("reconcile") {
		set(root, "reconcile", text(g.pick("reconcile", "report", "repair")))
	}
	if g.flip("defaults") {
		block := mapping()
		for _, key := range []string{"functions", "sources", "sinks"} {
			one := mapping()
			set(one, "parallelism", number(g.IntRange(1, 9)))
			set(one, "runtimeFlags", text(g.word("flags")))
			set(block, key, one)
		}
		set(root, "defaults", block)
	}
	lists := map[fields.Kind]*syntax.Node{}
	nodes := g.IntRange(1, 6)
	for i := range nodes {
		kind := rapid.SampledFrom([]fields.Kind{fields.Function, fields.Function, fields.Source, fields.Sink}).Draw(t, "kind")
		if lists[kind] == nil {
			lists[kind] = &syntax.Node{Kind: syntax.Sequence}
		}
		g.index = i
		lists[kind].Items = append(lists[kind].Items, g.node(kind))
	}
	if topics := g.topics(); len(topics.Items) > 0 {
		set(root, "topics", topics)
	}
	for _, l := range []struct {
		key  string
		kind fields.Kind
	}{{"sources", fields.Source}, {"functions", fields.Function}, {"sinks", fields.Sink}} {
		if list := lists[l.kind]; list != nil {
			set(root, l.key, list)
		}
	}
	return root
}

// gen draws the parts of one mesh.
type gen struct {
	*rapid.T
	tenant, namespace string
	jarFile           bool
	// index is the number of the node. It reads topics of lower numbers and writes
	// those of its own, so that nothing goes round.
	index int
}

// IntRange draws a whole number.
func (g *gen) IntRange(from, to int) int { return rapid.IntRange(from, to).Draw(g.T, "n") }

func (g *gen) flip(what string) bool { return rapid.Bool().Draw(g.T, what) }

// seldom is true once in n times.
func (g *gen) seldom(n int, what string) bool { return rapid.IntRange(1, n).Draw(g.T, what) == 1 }

func (g *gen) pick(what string, from ...string) string {
	return rapid.SampledFrom(from).Draw(g.T, what)
}

func (g *gen) word(what string) string { return rapid.StringMatching(`[a-z]{1,5}`).Draw(g.T, what) }

// topics declares some of the topics that nodes may name.
func (g *gen) topics() *syntax.Node {
	out := &syntax.Node{Kind: syntax.Sequence}
	for i := range 3 {
		if !g.flip("declared") {
			continue
		}
		topic := mapping()
		set(topic, "name", text(g.spelled(fmt.Sprintf("in-%d", i))))
		for _, f := range fields.Of(fields.Topic) {
			if f.Name != "name" && g.seldom(3, f.Name) {
				set(topic, f.Name, g.value(f, fields.Topic))
			}
		}
		if external := topic.Get("external"); external != nil && external.Value == "true" {
			// The retention of someone else's topic is not the mesh's.
			topic.Pairs = slices.DeleteFunc(topic.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "retention" })
		}
		out.Items = append(out.Items, topic)
	}
	return out
}

// spelled gives a topic of the mesh's namespace in one of its spellings.
func (g *gen) spelled(name string) string {
	switch g.IntRange(1, 3) {
	case 1:
		return name
	case 2:
		return g.tenant + "/" + g.namespace + "/" + name
	}
	return "persistent://" + g.tenant + "/" + g.namespace + "/" + name
}

// input draws a topic that nodes before write, or that comes from outside.
func (g *gen) input() string {
	if g.index > 0 && g.flip("inside") {
		return fmt.Sprintf("out-%d", g.IntRange(0, g.index-1))
	}
	return fmt.Sprintf("in-%d", g.IntRange(0, 2))
}
