package lint

import (
	"iter"

	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/mesh"
)

// World is all meshes of a run: meshes meet at topics. It is made once for a run
// and answers in the order of the meshes and their files.
type World struct {
	// Version is the Pulsar that the meshes are for, as fields.Version gives it; empty for any.
	Version string

	meshes []*mesh.Mesh
	ends   map[*mesh.Mesh][]*End
	topics map[string]*meeting
	graph  *graph.Graph
	blind  bool
	cache  map[any]any
}

// End is a node's end of a topic.
type End struct {
	Mesh *mesh.Mesh
	Node mesh.Node
	// Edge names the topic. Where a pattern takes it the span is the pattern's.
	Edge mesh.Edge
	// Pattern is nil for ends at topics that the file names.
	Pattern *mesh.Pattern
}

// meeting is who meets at a topic.
type meeting struct{ writers, readers []*End }

// NewWorld looks at all meshes of a run, each with its graph.
func NewWorld(meshes []*mesh.Mesh, graphs []*graph.Graph) *World {
	w := &World{meshes: meshes, ends: map[*mesh.Mesh][]*End{}, topics: map[string]*meeting{}, cache: map[any]any{}}
	for _, m := range meshes {
		for _, n := range m.Nodes {
			for _, e := range n.Edges() {
				w.add(&End{Mesh: m, Node: n, Edge: e})
			}
		}
	}
	w.match()
	if len(graphs) == 1 {
		w.graph = graphs[0]
	}
	return w
}

func (w *World) add(e *End) {
	w.ends[e.Mesh] = append(w.ends[e.Mesh], e)
	t := w.topics[e.Edge.Topic.Name]
	if t == nil {
		t = &meeting{}
		w.topics[e.Edge.Topic.Name] = t
	}
	if e.Edge.Role.Writes() {
		t.writers = append(t.writers, e)
	} else {
		t.readers = append(t.readers, e)
	}
}

// Writers returns the ends that write a topic, by its full name, in whatever
// role. The caller must not change it.
func (w *World) Writers(topic string) []*End {
	if t := w.topics[topic]; t != nil {
		return t.writers
	}
	return nil
}

// Readers returns the ends that read a topic, by its full name; those by pattern
// come last. The caller must not change it.
func (w *World) Readers(topic string) []*End {
	if t := w.topics[topic]; t != nil {
		return t.readers
	}
	return nil
}

// Ends returns all ends of a mesh; those by pattern come last. The caller must
// not change it.
func (w *World) Ends(m *mesh.Mesh) []*End { return w.ends[m] }

// All gives the ends of all meshes, mesh by mesh.
func (w *World) All() iter.Seq[*End] {
	return func(yield func(*End) bool) {
		for _, m := range w.meshes {
			for _, e := range w.ends[m] {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Meshes returns the meshes of the run in order. The caller must not change it.
func (w *World) Meshes() []*mesh.Mesh { return w.meshes }

// Nodes returns the number of nodes of all meshes.
func (w *World) Nodes() int {
	n := 0
	for _, m := range w.meshes {
		n += len(m.Nodes)
	}
	return n
}

// Blind tells that some pattern could not be compared with all topics, so that
// nothing follows from the absence of a reader.
func (w *World) Blind() bool { return w.blind }

// Graph returns the graph of the nodes of all meshes. Of meshes of one name,
// which are versions of each other, it holds the first.
func (w *World) Graph() *graph.Graph {
	if w.graph == nil {
		all := &mesh.Mesh{}
		seen := map[mesh.ID]bool{}
		for _, m := range w.meshes {
			if !seen[m.ID] {
				all.Nodes = append(all.Nodes, m.Nodes...)
			}
			seen[m.ID] = true
		}
		w.graph = graph.New(all)
	}
	return w.graph
}

// Home returns the mesh of a node; nil for none of the run's.
func (w *World) Home(n mesh.Node) *mesh.Mesh {
	type key struct{}
	return Once(w, key{}, func() map[mesh.Node]*mesh.Mesh {
		homes := map[mesh.Node]*mesh.Mesh{}
		for _, m := range w.meshes {
			for _, n := range m.Nodes {
				homes[n] = m
			}
		}
		return homes
	})[n]
}

// Once gives what make made at the first call for the key: rules keep here what
// they find out about the whole run.
func Once[T any](w *World, key any, make func() T) T {
	if v, ok := w.cache[key]; ok {
		return v.(T)
	}
	v := make()
	w.cache[key] = v
	return v
}
