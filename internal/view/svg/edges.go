package svg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

func (c *canvas) edge(i int) {
	e, way := c.d.Edges[i], c.way(i)
	if len(way) == 0 {
		return
	}
	kind := c.kind(e)
	other := ""
	if !e.Plain() {
		other = " other"
	}
	c.line(`<g class="edge %s%s">`, kind, other)
	c.tip(c.d.Vertices[e.From].ID+" -> "+c.d.Vertices[e.To].ID+" ("+string(e.Role)+")", e.Marks)
	c.line(`<path d="%s" marker-end="url(#meshc-%s)"/>`, curve(way), kind)
	c.line(`</g>`)
}

// edgeText writes what stands beside an edge, over all lines.
func (c *canvas) edgeText(i int) {
	e, way := c.d.Edges[i], c.way(i)
	if len(way) == 0 {
		return
	}
	for n, line := range c.d.EdgeText(e) {
		a, b := way[0], way[1]
		c.line(`<text class="small beside %s" x="%d" y="%d" text-anchor="middle">%s</text>`, c.kind(e), (a.x+b.x)/2, (a.y+b.y)/2+4+n*leading, text(line))
	}
}

// kind is the class of an edge: cycles count as errors.
func (c *canvas) kind(e view.Edge) string {
	if e.Cycle && e.Severity == "" {
		return class(diag.Error)
	}
	return class(e.Severity)
}

// way gives the points of an edge: two in each gap between layers.
func (c *canvas) way(i int) []point {
	path := c.l.Paths[i]
	// Back along the flow the way is a little beside the middle, where edges along it are.
	shift := 0
	if c.l.Reversed[i] {
		shift = 9
	}
	var way []point
	for n, v := range path {
		layer, y := c.l.Layer[v], c.top+c.l.Center[v]+shift
		x, end := c.x[layer], c.x[layer]+c.size[layer]
		if v < len(c.boxes) {
			x, _ = c.corner(v)
			end = x + c.boxes[v].w
		}
		if n > 0 {
			way = append(way, point{x, y})
		}
		if n < len(path)-1 {
			way = append(way, point{end, y})
		}
	}
	if c.l.Reversed[i] {
		slices.Reverse(way)
	}
	return way
}

type point struct{ x, y int }

// curve draws the way: from layer to layer a bow, through a layer a straight line.
func curve(way []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d,%d", way[0].x, way[0].y)
	for i := 1; i < len(way); i++ {
		p, q := way[i-1], way[i]
		if i%2 == 0 || p.y == q.y {
			fmt.Fprintf(&b, " L%d,%d", q.x, q.y)
			continue
		}
		mid := (p.x + q.x) / 2
		fmt.Fprintf(&b, " C%d,%d %d,%d %d,%d", mid, p.y, mid, q.y, q.x, q.y)
	}
	return b.String()
}
