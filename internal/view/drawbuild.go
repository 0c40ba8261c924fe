package view

import (
	"slices"
	"strconv"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view/layered"
)

// NewDrawing draws meshes, which may be partial and hold cycles. A topic that
// several of them name is one vertex. Sources are the texts of the files.
func NewDrawing(meshes []Wiring, list diag.List, sources diag.Sources) Drawing {
	found := NewFindings(list, sources, nil)
	b := builder{
		Drawing: Drawing{
			Format: GraphFormat, Errors: found.Errors, Warnings: found.Warnings, Findings: found.Findings,
			Meshes: []MeshInfo{}, Vertices: []Vertex{}, Edges: []Edge{},
		},
		topics: map[string]int{}, edges: map[wire]int{}, ids: map[string]bool{}, patterns: map[string]int{},
		places: newPlaces(sources),
	}
	for i, w := range meshes {
		b.Meshes = append(b.Meshes, NewMeshInfo(w.Mesh))
		b.mesh(i, w)
	}
	b.match()
	edges := make([]layered.Edge, len(b.Edges))
	for i, e := range b.Edges {
		edges[i] = layered.Edge{From: e.From, To: e.To}
	}
	for i, level := range layered.Levels(len(b.Vertices), edges) {
		b.Vertices[i].Level = level
	}
	b.mark()
	return b.Drawing
}

// builder makes a drawing.
type builder struct {
	Drawing
	// topics are the vertices of topics by full name, edges those by ends and role.
	topics map[string]int
	edges  map[wire]int
	ids    map[string]bool
	places places
	// patterns are the vertices of patterns by their text.
	patterns map[string]int
	matchers []matcher
}

type matcher struct {
	vertex int
	mesh.Pattern
}

type wire struct {
	from, to int
	role     mesh.Role
}

func (b *builder) mesh(index int, w Wiring) {
	for _, t := range w.Mesh.Topics {
		b.topic(index, w.Mesh.ID, t)
	}
	written, read := onCycles(w.Graph)
	for _, n := range w.Mesh.Nodes {
		label := n.NodeName()
		if label == "" {
			label = "(no name)"
		}
		v := b.vertex(Vertex{
			Kind: string(n.Kind()), Name: w.Mesh.Tenant + "/" + w.Mesh.Namespace + "/" + n.NodeName(), Label: label,
			Meshes: []int{index}, Parallelism: n.Base().Parallelism, Span: place(n.NodeSpan()),
		})
		b.places.add(target{index: v}, n.NodeSpan())
		b.fields(v, n.Base().Fields)
		for _, e := range n.Edges() {
			if e.Role.Writes() {
				b.edge(Edge{From: v, To: b.topic(index, w.Mesh.ID, e.Topic), Role: e.Role, Cycle: written[e]}, e.Span)
			} else {
				b.edge(Edge{From: b.topic(index, w.Mesh.ID, e.Topic), To: v, Role: e.Role, Cycle: read[n][e.Topic.Name]}, e.Span)
			}
		}
		if r := n.Reads(); r != nil {
			for _, p := range r.Patterns {
				b.edge(Edge{From: b.pattern(index, p), To: v, Role: mesh.Input}, p.Span)
			}
		}
	}
}

// fields tells that the fields of a node are its own.
func (b *builder) fields(v int, fields *mesh.Value) {
	if fields == nil {
		return
	}
	for _, e := range fields.Entries {
		b.places.spot(target{index: v}, e.KeySpan)
		if e.Value != nil {
			b.places.spot(target{index: v}, e.Value.Span)
		}
	}
}

// pattern gives the vertex of inputs by a regular expression.
func (b *builder) pattern(index int, p mesh.Pattern) int {
	v, ok := b.patterns[p.Text]
	if !ok {
		v = b.vertex(Vertex{Kind: KindPattern, Name: p.Text, Label: ShortTopic(p.Text), Span: place(p.Span)})
		b.patterns[p.Text] = v
		b.matchers = append(b.matchers, matcher{v, p})
	}
	if x := &b.Vertices[v]; !slices.Contains(x.Meshes, index) {
		x.Meshes = append(x.Meshes, index)
	}
	return v
}

// match leads the topics of the drawing to the patterns that take them.
func (b *builder) match() {
	for _, m := range b.matchers {
		for i, v := range b.Vertices {
			if v.Kind == KindTopic && m.Matches(v.Name) {
				b.edge(Edge{From: i, To: m.vertex, Role: Match}, diag.Span{})
			}
		}
	}
}

// onCycles gives the edges by which cycles write, and by node the topics that it
// reads on a cycle.
func onCycles(g *graph.Graph) (written map[mesh.Edge]bool, read map[mesh.Node]map[string]bool) {
	written, read = map[mesh.Edge]bool{}, map[mesh.Node]map[string]bool{}
	for _, c := range g.Cycles() {
		for i, s := range c {
			written[s.Edge] = true
			reader := c[(i+1)%len(c)].Node
			if read[reader] == nil {
				read[reader] = map[string]bool{}
			}
			read[reader][s.Edge.Topic.Name] = true
		}
	}
	return written, read
}

// topic gives the vertex of a topic, which another mesh may have made.
func (b *builder) topic(index int, id mesh.ID, t *mesh.Topic) int {
	v, ok := b.topics[t.Name]
	if !ok {
		v = b.vertex(Vertex{Kind: KindTopic, Name: t.Name, Label: ShortTopic(id.Short(t)), External: t.External, Span: place(t.Span)})
		b.topics[t.Name] = v
	}
	x := &b.Vertices[v]
	if slices.Contains(x.Meshes, index) {
		return v
	}
	x.Meshes = append(x.Meshes, index)
	x.Partitions = max(x.Partitions, t.Partitions)
	// What one mesh calls external another may make.
	x.External = x.External && t.External
	if short := ShortTopic(id.Short(t)); short != x.Label {
		// The meshes are of different namespaces.
		x.Label = ShortTopic(t.Name)
	}
	if t.Declared {
		b.places.add(target{index: v}, t.Span)
	}
	return v
}

func (b *builder) vertex(v Vertex) int {
	name := v.Kind + " " + ShortTopic(v.Name)
	v.ID = name
	for n := 2; b.ids[v.ID]; n++ {
		v.ID = name + "#" + strconv.Itoa(n)
	}
	b.ids[v.ID] = true
	b.Vertices = append(b.Vertices, v)
	return len(b.Vertices) - 1
}

// edge adds an edge; one that is there in the same role is the same edge.
func (b *builder) edge(e Edge, span diag.Span) {
	key := wire{e.From, e.To, e.Role}
	i, ok := b.edges[key]
	if !ok {
		i = len(b.Edges)
		b.edges[key] = i
		e.Span = place(span)
		b.Edges = append(b.Edges, e)
	}
	b.places.spot(target{edge: true, index: i}, span)
}

// mark puts the findings at what they are about.
func (b *builder) mark() {
	b.places.sort()
	for i, f := range b.Findings {
		if f.Span == nil {
			continue
		}
		t, ok := b.places.find(*f.Span)
		switch {
		case !ok:
		case t.edge:
			b.Edges[t.index].add(i, f.Severity)
		default:
			b.Vertices[t.index].add(i, f.Severity)
		}
	}
}

func (m *Marks) add(finding int, severity diag.Severity) {
	m.Findings = append(m.Findings, finding)
	if m.Severity != diag.Error {
		m.Severity = severity
	}
}
