package graph

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/mesh"
)

func TestReturns(t *testing.T) {
	m := chain("a: in > x", "b: x > y", "c: y > z", "d: dead > x", "e: p > q", "f: q > p")
	dead := mesh.Edge{Role: mesh.DeadLetter, Topic: &mesh.Topic{Name: "dead"}}
	link := func(from, to int) Link { return Link{m.Nodes[from], dead, m.Nodes[to]} }
	for _, c := range []struct {
		what  string
		links []Link
		want  string
	}{
		{"to itself", []Link{link(1, 1)}, "b -> dead -> b"},
		{"over others", []Link{link(2, 3)}, "c -> dead -> d -> x -> b -> y -> c"},
		{"two links to one node", []Link{link(2, 3), link(1, 3)}, "c -> dead -> d -> x -> b -> y -> c"},
		{"downstream", []Link{link(0, 2)}, ""},
		{"within a cycle", []Link{link(4, 5)}, ""},
		{"over two links", []Link{link(2, 0), link(0, 2)}, "c -> dead -> a -> dead -> c\na -> dead -> c -> dead -> a"},
		{"of no node", []Link{{&mesh.Function{}, dead, m.Nodes[0]}}, ""},
	} {
		var got []string
		for _, cycle := range New(m).Returns(c.links) {
			got = append(got, cycle.Path(m.ID))
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// What comes back begins with a link and is a way along edges and links.
func TestReturnsAreCycles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		if len(m.Nodes) == 0 {
			return
		}
		node := rapid.SampledFrom(m.Nodes)
		var links []Link
		for range rapid.IntRange(0, 5).Draw(t, "links") {
			links = append(links, Link{node.Draw(t, "from"), mesh.Edge{Role: mesh.DeadLetter, Topic: m.Topics[0]}, node.Draw(t, "to")})
		}
		g := New(m)
		for _, c := range g.Returns(links) {
			for i, s := range c {
				next := c[(i+1)%len(c)].Node
				linked := slices.Contains(links, Link{s.Node, s.Edge, next})
				if i == 0 && !linked || !linked && !slices.Contains(g.Readers(s.Edge.Topic.Name), next) {
					t.Fatalf("%s is no way along edges and links", c.Path(m.ID))
				}
			}
		}
	})
}
