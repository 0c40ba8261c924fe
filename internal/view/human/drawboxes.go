package human

import (
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/layered"
)

// maxLabel is where a long name is cut in a box.
const maxLabel = 32

// sheet draws vertices as boxes with edges between them.
type sheet struct {
	Style
	d     view.Drawing
	boxes []boxText
	l     *layered.Layout
	c     *canvas
	// left is how many columns stand before the layout.
	left int
	// entries are the columns at which edges enter a vertex from above, by edge.
	entries []int
	exits   []int
	// halves are the half widths of boxes.
	halves []int
	// heads are the rows for heads of arrows below each layer.
	heads []int
}

type boxText struct {
	lines []string
	// colors are those of the lines.
	colors []string
	border string
}

// boxes draws the boxes, unless they do not fit.
func boxes(s Style, d view.Drawing, limit int) (string, bool) {
	x := &sheet{Style: s, d: d}
	for i := range d.Vertices {
		x.boxes = append(x.boxes, x.box(i))
	}
	frames := len(d.Meshes) > 1
	gaps := layered.Gaps{Item: 2, Band: 3}
	if frames {
		x.left, gaps.Band = 2, 5
	}
	x.layout(gaps)
	columns := x.l.Width() + 2*x.left
	if columns > limit || x.l.Direct {
		return "", false
	}
	x.draw(columns, frames)
	return x.c.text(s), true
}

// box puts together what stands in a box. The findings of a node's edges count,
// since it is the node's text that they are in.
func (x *sheet) box(i int) boxText {
	v := x.d.Vertices[i]
	marks := []view.Marks{v.Marks}
	if !v.Topic() {
		for _, e := range x.d.Edges {
			if e.From == i || e.To == i {
				marks = append(marks, e.Marks)
			}
		}
	}
	all := view.Merged(marks...)
	b := boxText{lines: []string{cut(view.Clean(v.Label), maxLabel)}, colors: []string{bold}, border: severityColor(all.Severity)}
	if facts := v.Facts(); facts != "" {
		b.lines, b.colors = append(b.lines, facts), append(b.colors, dim)
	}
	if text := x.d.MarkText(all); text != "" {
		b.lines, b.colors = append(b.lines, text), append(b.colors, severityColor(all.Severity))
	}
	return b
}

func (b boxText) half(ports int) int {
	wide := max(2*ports+1, 5)
	for _, l := range b.lines {
		wide = max(wide, width(l)+4)
	}
	return wide / 2
}

func (x *sheet) layout(gaps layered.Gaps) {
	edges := make([]layered.Edge, len(x.d.Edges))
	in := make([]int, len(x.boxes))
	for i, e := range x.d.Edges {
		edges[i] = layered.Edge{From: e.From, To: e.To}
		in[e.From]++
		in[e.To]++
	}
	vertices := make([]layered.Vertex, len(x.boxes))
	bands := x.d.Bands()
	for i, b := range x.boxes {
		x.halves = append(x.halves, b.half(min(in[i], 12)))
		vertices[i] = layered.Vertex{Half: x.halves[i], Band: bands[i]}
	}
	x.l = layered.New(vertices, edges, gaps)
	x.ports()
}

// ports spreads the ends of edges over the upper and lower sides of boxes. Edges
// along the flow leave a box together, others on their own.
func (x *sheet) ports() {
	x.entries, x.exits = make([]int, len(x.d.Edges)), make([]int, len(x.d.Edges))
	above, below := make([][]int, len(x.boxes)), make([][]int, len(x.boxes))
	for i, path := range x.l.Paths {
		if len(path) == 0 {
			continue
		}
		above[path[len(path)-1]] = append(above[path[len(path)-1]], i)
		below[path[0]] = append(below[path[0]], i)
	}
	for v := range x.boxes {
		center, half := x.l.Center[v], x.halves[v]
		byPlace(above[v], func(e int) int { return x.l.Center[x.l.Paths[e][len(x.l.Paths[e])-2]] })
		for i, e := range above[v] {
			x.entries[e] = spread(center, half, i, len(above[v]))
		}
		// One way out for all edges of a look, then one for each other.
		byPlace(below[v], func(e int) int { return x.l.Center[x.l.Paths[e][1]] })
		var ways []int
		for _, e := range below[v] {
			if w := x.bundle(e); !slices.Contains(ways, w) {
				ways = append(ways, w)
			}
		}
		for _, e := range below[v] {
			x.exits[e] = spread(center, half, slices.Index(ways, x.bundle(e)), len(ways))
		}
	}
}

// bundle is equal for edges that may share a line: those of one vertex that look
// the same. Others get a number of their own.
func (x *sheet) bundle(e int) int {
	edge := x.d.Edges[e]
	if x.l.Reversed[e] || !edge.Plain() || x.color(e) != "" {
		return e
	}
	return -1
}

func byPlace(edges []int, place func(int) int) {
	slices.SortStableFunc(edges, func(a, b int) int { return place(a) - place(b) })
}

// spread gives the i-th of n places on a side, two columns apart around the centre.
func spread(center, half, i, n int) int {
	room := max(0, (half-1)) * 2
	if 2*(n-1) > room {
		return center - half + 1 + i*room/max(1, n-1)
	}
	return center - (n - 1) + 2*i
}

func (x *sheet) color(e int) string {
	edge := x.d.Edges[e]
	if edge.Cycle && edge.Severity == "" {
		return severityColor(diag.Error)
	}
	return severityColor(edge.Severity)
}
