package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/mesh"
)

// draw makes a mesh of nodes that are wired at random.
func draw(t *rapid.T) *mesh.Mesh {
	m := &mesh.Mesh{ID: mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}}
	for i := range rapid.IntRange(1, 8).Draw(t, "topics") {
		m.Topics = append(m.Topics, &mesh.Topic{Name: fmt.Sprintf("persistent://public/default/t%d", i)})
	}
	topic := rapid.SampledFrom(m.Topics)
	for i := range rapid.IntRange(0, 10).Draw(t, "nodes") {
		f := &mesh.Function{Component: mesh.Component{Name: fmt.Sprintf("f%d", i)}}
		for range rapid.IntRange(0, 2).Draw(t, "inputs") {
			f.Inputs = append(f.Inputs, mesh.Edge{Role: mesh.Input, Topic: topic.Draw(t, "input")})
		}
		if rapid.Bool().Draw(t, "writes") {
			f.Output = &mesh.Edge{Role: mesh.Output, Topic: topic.Draw(t, "output")}
		}
		if rapid.IntRange(0, 4).Draw(t, "logs") == 0 {
			f.LogTopic = &mesh.Edge{Role: mesh.Log, Topic: topic.Draw(t, "log")}
		}
		m.Nodes = append(m.Nodes, f)
	}
	return m
}

func TestOrderRespectsEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		g := New(m)
		order := g.Order()
		at := map[mesh.Node]int{}
		for i, n := range order {
			at[n] = i
		}
		if len(order) != len(m.Nodes) || len(at) != len(m.Nodes) {
			t.Fatalf("order holds %d nodes, %d different, of %d", len(order), len(at), len(m.Nodes))
		}
		if slices.ContainsFunc(g.Cycles(), func(c Cycle) bool { return len(c) > 1 }) {
			return
		}
		for _, n := range m.Nodes {
			for _, d := range g.Downstream(n) {
				if at[d] <= at[n] {
					t.Fatalf("%s comes before %s, which feeds it", d.NodeName(), n.NodeName())
				}
			}
		}
	})
}

func TestOrderIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		a, b := New(m), New(m)
		if !slices.Equal(a.Order(), b.Order()) {
			t.Fatal("two graphs of one mesh differ in order")
		}
		if pa, pb := paths(a, m), paths(b, m); !slices.Equal(pa, pb) {
			t.Fatalf("two graphs of one mesh differ in cycles: %v, %v", pa, pb)
		}
	})
}

func paths(g *Graph, m *mesh.Mesh) []string {
	var out []string
	for _, c := range g.Cycles() {
		out = append(out, c.Path(m.ID))
	}
	return out
}

// A cycle is a way along edges, and a graph without cycles has none: then every
// node comes after all that feed it.
func TestCyclesAreCycles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		g := New(m)
		last := 0
		for _, c := range g.Cycles() {
			if len(c) < last {
				t.Fatal("a smaller cycle comes after a larger one")
			}
			last = len(c)
			for i, s := range c {
				next := c[(i+1)%len(c)].Node
				if !slices.Contains(g.Readers(s.Edge.Topic.Name), next) || !slices.Contains(g.Writers(s.Edge.Topic.Name), s.Node) {
					t.Fatalf("%s is no way along edges", c.Path(m.ID))
				}
			}
		}
		if again := reaches(g, m); again != (last > 0) {
			t.Fatalf("nodes that reach themselves: %t, cycles: %v", again, paths(g, m))
		}
	})
}

// reaches tells whether any node reaches itself, found the plain way.
func reaches(g *Graph, m *mesh.Mesh) bool {
	for _, start := range m.Nodes {
		seen := map[mesh.Node]bool{}
		todo := []mesh.Node{start}
		for len(todo) > 0 {
			n := todo[0]
			todo = todo[1:]
			for _, e := range n.Edges() {
				if !e.Role.Writes() {
					continue
				}
				for _, r := range g.Readers(e.Topic.Name) {
					if r == start {
						return true
					}
					if !seen[r] {
						seen[r] = true
						todo = append(todo, r)
					}
				}
			}
		}
	}
	return false
}

func chain(wires ...string) *mesh.Mesh {
	m := &mesh.Mesh{}
	topic := func(name string) *mesh.Topic {
		if t := m.TopicNamed(name); t != nil {
			return t
		}
		m.Topics = append(m.Topics, &mesh.Topic{Name: name})
		return m.Topics[len(m.Topics)-1]
	}
	for _, w := range wires {
		name, rest, _ := strings.Cut(w, ": ")
		in, out, _ := strings.Cut(rest, " > ")
		m.Nodes = append(m.Nodes, &mesh.Function{
			Component: mesh.Component{Name: name}, Reading: mesh.Reading{Inputs: []mesh.Edge{{Role: mesh.Input, Topic: topic(in)}}}, Output: &mesh.Edge{Role: mesh.Output, Topic: topic(out)},
		})
	}
	return m
}

func TestOrderKeepsTheFileWhereItMay(t *testing.T) {
	m := chain("d: y > z", "a1: in > x", "b1: in > p", "c: x > y", "b2: p > q", "a2: x > r")
	var got []string
	for _, n := range New(m).Order() {
		got = append(got, n.NodeName())
	}
	if want := "a1 b1 c d b2 a2"; strings.Join(got, " ") != want {
		t.Errorf("order is %v, want %s", got, want)
	}
}

func TestNeighbours(t *testing.T) {
	m := chain("a: in > x", "b: x > y", "c: x > x")
	g := New(m)
	if up := g.Upstream(m.Nodes[1]); len(up) != 2 || up[0] != m.Nodes[0] || up[1] != m.Nodes[2] {
		t.Errorf("upstream of b is %v", up)
	}
	if up := g.Upstream(m.Nodes[2]); len(up) != 1 || up[0] != m.Nodes[0] {
		t.Errorf("upstream of c is %v: never the node itself", up)
	}
	if w := g.Writers("none"); w != nil {
		t.Errorf("writers of no topic are %v", w)
	}
	if up := g.Upstream(&mesh.Function{}); up != nil {
		t.Errorf("upstream of a foreign node is %v", up)
	}
}

func BenchmarkNew1000(b *testing.B) {
	var wires []string
	for i := range 1000 {
		wires = append(wires, fmt.Sprintf("f%d: t%d > t%d", i, i, i+1))
	}
	m := chain(wires...)
	for b.Loop() {
		New(m)
	}
}
