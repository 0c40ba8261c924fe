package layered_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/internal/view/layered"
)

var gaps = layered.Gaps{Item: 2, Band: 5}

type graph struct {
	vertices []layered.Vertex
	edges    []layered.Edge
}

func drawn(t *rapid.T) graph {
	var g graph
	n := rapid.IntRange(0, 30).Draw(t, "vertices")
	bands := rapid.IntRange(1, 4).Draw(t, "bands")
	for range n {
		g.vertices = append(g.vertices, layered.Vertex{Half: rapid.IntRange(0, 9).Draw(t, "half"), Band: rapid.IntRange(0, bands-1).Draw(t, "band")})
	}
	if n == 0 {
		return g
	}
	for range rapid.IntRange(0, 60).Draw(t, "edges") {
		g.edges = append(g.edges, layered.Edge{From: rapid.IntRange(0, n-1).Draw(t, "from"), To: rapid.IntRange(0, n-1).Draw(t, "to")})
	}
	return g
}

// TestLayout holds layouts of any graph to what drawings rely on.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawn(t)
		l := layered.New(g.vertices, g.edges, gaps)
		if len(l.Layer) != len(l.Center) {
			t.Fatal("items without a place")
		}
		seen := 0
		for n, layer := range l.Layers {
			for i, v := range layer {
				seen++
				if l.Layer[v] != n {
					t.Fatalf("item %d stands in layer %d and says %d", v, n, l.Layer[v])
				}
				if l.Center[v]-half(g, v) < 0 || l.Center[v]+half(g, v) >= l.Width() {
					t.Fatalf("item %d at %d leaves the sheet of %d", v, l.Center[v], l.Width())
				}
				if i > 0 {
					before := layer[i-1]
					if l.Center[before]+half(g, before)+gaps.Item >= l.Center[v]-half(g, v) {
						t.Fatalf("items %d and %d of layer %d are too near", before, v, n)
					}
				}
			}
		}
		if seen != len(l.Layer) {
			t.Fatalf("%d of %d items stand in layers", seen, len(l.Layer))
		}
		paths(t, g, l)
		for i, v := range g.vertices {
			b := l.Bands[v.Band]
			if l.Center[i]-v.Half < b[0] || l.Center[i]+v.Half > b[1] {
				t.Fatalf("vertex %d leaves its band %v", i, b)
			}
		}
		for i := 1; i < len(l.Bands); i++ {
			if l.Bands[i][1] >= l.Bands[i][0] && l.Bands[i][0] <= l.Bands[i-1][1] {
				t.Fatalf("bands overlap: %v", l.Bands)
			}
		}
		if diff := cmp.Diff(l.Center, layered.New(g.vertices, g.edges, gaps).Center); diff != "" {
			t.Fatal("another layout of the same graph", diff)
		}
	})
}

// paths follows every edge, layer by layer.
func paths(t *rapid.T, g graph, l *layered.Layout) {
	for i, e := range g.edges {
		path := l.Paths[i]
		if e.From == e.To {
			if path != nil {
				t.Fatal("an edge to itself has a path")
			}
			continue
		}
		ends := []int{e.From, e.To}
		if l.Reversed[i] {
			slices.Reverse(ends)
		}
		if path[0] != ends[0] || path[len(path)-1] != ends[1] {
			t.Fatalf("edge %v goes %v", e, path)
		}
		for n := 1; n < len(path); n++ {
			if l.Layer[path[n]] != l.Layer[path[n-1]]+1 {
				t.Fatalf("edge %v leaves a layer out: %v", e, path)
			}
		}
	}
}

func half(g graph, item int) int {
	if item < len(g.vertices) {
		return g.vertices[item].Half
	}
	return 0
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		edges []layered.Edge
		want  []int
	}{
		{"nothing", 0, nil, []int{}},
		{"apart", 2, nil, []int{0, 0}},
		{"chain", 3, []layered.Edge{{0, 1}, {1, 2}}, []int{0, 1, 2}},
		{"the longest way counts", 4, []layered.Edge{{0, 1}, {1, 2}, {0, 2}, {2, 3}}, []int{0, 1, 2, 3}},
		{"a late start stands before what it leads to", 4, []layered.Edge{{0, 1}, {1, 2}, {3, 2}}, []int{0, 1, 2, 1}},
		{"cycle", 3, []layered.Edge{{0, 1}, {1, 2}, {2, 0}}, []int{0, 1, 2}},
		{"to itself", 1, []layered.Edge{{0, 0}}, []int{0}},
	} {
		if diff := cmp.Diff(c.want, layered.Levels(c.n, c.edges)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestChainIsStraight: what follows one upon the other stands in one line.
func TestChainIsStraight(t *testing.T) {
	var g graph
	for i := range 20 {
		g.vertices = append(g.vertices, layered.Vertex{Half: 3 + i%5})
		if i > 0 {
			g.edges = append(g.edges, layered.Edge{From: i - 1, To: i})
		}
	}
	l := layered.New(g.vertices, g.edges, gaps)
	for _, c := range l.Center {
		if c != l.Center[0] {
			t.Fatalf("centres %v", l.Center)
		}
	}
}

// TestLongGraphs: a graph of which every vertex leads to the last has few bends.
func TestLongGraphs(t *testing.T) {
	const n = 3000
	g := graph{vertices: make([]layered.Vertex, n)}
	for i := 1; i < n; i++ {
		g.edges = append(g.edges, layered.Edge{From: i - 1, To: i}, layered.Edge{From: i - 1, To: n - 1})
	}
	l := layered.New(g.vertices, g.edges, gaps)
	if len(l.Layer) != n || !l.Direct {
		t.Errorf("%d items", len(l.Layer))
	}
}
