// Package svg draws a drawing as an SVG image. It is laid out here and not by
// Graphviz: the port of Graphviz to Go starts its machine when a program that
// holds it starts, whatever the command (27 ms more each time, half a second the
// first time), and keeps compiled code in a folder that all users share.
package svg

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/layered"
)

// Sizes in pixels. A glyph is the widest that a monospaced letter of 13 pixels is
// in the usual fonts; in the small text it is smaller in proportion.
const (
	glyph      = 8
	smallGlyph = 7
	leading    = 16
	pad        = 12
	margin     = 20
	itemGap    = 22
	bandGap    = 56
	layerGap   = 64
	frame      = 14
	titleSpace = 26
)

// maxLabel is where a long name is cut; it stands in full in the tooltip.
const maxLabel = 48

// Drawing draws nodes as boxes and topics as pills, left to right along the data
// flow, meshes in frames where there are several, findings in the boxes and in a
// list below. Colours suit light and dark pages.
func Drawing(d view.Drawing) string {
	c := &canvas{d: d}
	c.measure()
	c.layout()
	c.draw()
	return c.b.String()
}

type canvas struct {
	b     strings.Builder
	d     view.Drawing
	ids   []string
	boxes []box
	l     *layered.Layout
	// x is where each layer begins, size how long it is.
	x, size []int
	top     int
}

type box struct {
	title, facts, marks string
	w, h                int
}

func (c *canvas) measure() {
	c.ids = c.d.Idents()
	for _, v := range c.d.Vertices {
		b := box{title: clipped(v.Label, maxLabel), facts: v.Facts(), marks: c.d.MarkText(v.Marks)}
		b.w = max(view.Width(b.title)*glyph, view.Width(b.facts)*smallGlyph, view.Width(b.marks)*smallGlyph, 40) + 2*pad
		b.h = 2*pad + leading - 6
		for _, line := range []string{b.facts, b.marks} {
			if line != "" {
				b.h += leading
			}
		}
		if v.Topic() {
			b.w += pad
		}
		c.boxes = append(c.boxes, b)
	}
}

func (c *canvas) layout() {
	vertices := make([]layered.Vertex, len(c.boxes))
	band := c.d.Bands()
	for i, b := range c.boxes {
		vertices[i] = layered.Vertex{Half: b.h / 2, Band: band[i]}
	}
	edges := make([]layered.Edge, len(c.d.Edges))
	for i, e := range c.d.Edges {
		edges[i] = layered.Edge{From: e.From, To: e.To}
	}
	c.l = layered.New(vertices, edges, layered.Gaps{Item: itemGap, Band: bandGap})
	at := margin + frame
	gaps := c.gaps()
	for n, layer := range c.l.Layers {
		size := 0
		for _, v := range layer {
			if v < len(c.boxes) {
				size = max(size, c.boxes[v].w)
			}
		}
		c.x, c.size = append(c.x, at), append(c.size, size)
		at += size + gaps[n]
	}
	c.top = margin + titleSpace
	if len(c.d.Meshes) > 1 {
		c.top += frame + titleSpace
	}
}

// gaps gives the room behind each layer: more where words stand beside edges.
func (c *canvas) gaps() []int {
	gaps := make([]int, len(c.l.Layers))
	for n := range gaps {
		gaps[n] = layerGap
	}
	for i, e := range c.d.Edges {
		path := c.l.Paths[i]
		if len(path) == 0 {
			continue
		}
		at := c.l.Layer[path[0]]
		if c.l.Reversed[i] {
			// The words stand where the edge begins.
			at = c.l.Layer[path[len(path)-1]] - 1
		}
		for _, line := range c.d.EdgeText(e) {
			gaps[at] = max(gaps[at], view.Width(line)*smallGlyph+36)
		}
	}
	return gaps
}

// maxListed is how many findings the list below names.
const maxListed = 20

func (c *canvas) draw() {
	listed := c.listed()
	width := 320
	if n := len(c.x); n > 0 {
		width = max(width, c.x[n-1]+c.size[n-1]+margin+frame)
	}
	title := "function meshes"
	if len(c.d.Meshes) == 1 {
		title = c.d.Meshes[0].Mesh
	}
	width = max(width, view.Width(title)*9+2*margin)
	for _, line := range listed {
		width = max(width, view.Width(line.text)*smallGlyph+2*margin)
	}
	bottom := c.top + c.l.Width() + margin
	height := bottom
	if len(c.d.Meshes) > 1 {
		height += frame
	}
	if len(listed) > 0 {
		height += 12 + len(listed)*leading
	}
	c.line(`<svg xmlns="http://www.w3.org/2000/svg" class="meshc" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`, width, height, width, height)
	c.line(`<title>%s</title>`, text(title))
	c.line(`<style>%s</style>`, style)
	c.line(`<defs>`)
	for _, class := range []string{"plain", "warning", "error"} {
		c.line(`<marker id="meshc-%s" class="tip %s" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path d="M0,0 L10,5 L0,10 z"/></marker>`, class, class)
	}
	c.line(`</defs>`)
	c.line(`<rect class="page" width="%d" height="%d" rx="8"/>`, width, height)
	c.line(`<text class="head" x="%d" y="%d">%s</text>`, margin, margin+12, text(title))
	c.frames()
	for i := range c.d.Edges {
		c.edge(i)
	}
	for i := range c.d.Vertices {
		c.vertex(i)
	}
	for i := range c.d.Edges {
		c.edgeText(i)
	}
	for i, line := range listed {
		c.line(`<text class="note %s" x="%d" y="%d">%s</text>`, line.class, margin, height-margin-(len(listed)-1-i)*leading, text(line.text))
	}
	c.line(`</svg>`)
}

type note struct{ text, class string }

func (c *canvas) listed() []note {
	var out []note
	for i, f := range c.d.Findings {
		if i == maxListed {
			out = append(out, note{fmt.Sprintf("and %d more", len(c.d.Findings)-i), "plain"})
			break
		}
		where := ""
		if f.Span != nil {
			where = f.Span.String() + ": "
		}
		out = append(out, note{clipped(view.Sign(f.Severity)+" "+string(f.Code)+" "+where+f.Detail, 120), class(f.Severity)})
	}
	return out
}

// frames draws a frame around what belongs to one mesh, where there are several.
func (c *canvas) frames() {
	if len(c.d.Meshes) < 2 {
		return
	}
	for g, list := range c.d.Groups() {
		if g == len(c.d.Meshes) || len(list) == 0 {
			continue
		}
		x0, y0, x1, y1 := 1<<30, 1<<30, 0, 0
		for _, v := range list {
			x, y := c.corner(v)
			x0, y0 = min(x0, x), min(y0, y)
			x1, y1 = max(x1, x+c.boxes[v].w), max(y1, y+c.boxes[v].h)
		}
		c.line(`<rect class="frame" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, x0-frame, y0-frame-12, x1-x0+2*frame, y1-y0+2*frame+12)
		c.line(`<text class="small" x="%d" y="%d">%s</text>`, x0-frame+8, y0-frame+3, text(clipped(c.d.Meshes[g].Mesh, max(12, (x1-x0)/smallGlyph))))
	}
}

// corner gives the upper left corner of a vertex.
func (c *canvas) corner(v int) (x, y int) {
	n := c.l.Layer[v]
	return c.x[n] + (c.size[n]-c.boxes[v].w)/2, c.top + c.l.Center[v] - c.boxes[v].h/2
}

func (c *canvas) vertex(i int) {
	v, b := c.d.Vertices[i], c.boxes[i]
	x, y := c.corner(i)
	classes := []string{"node", class(v.Severity)}
	radius := 4
	if v.Topic() {
		classes[0], radius = "topic", b.h/2
	}
	if v.External {
		classes = append(classes, "external")
	}
	c.line(`<g id="%s" class="%s">`, c.ids[i], strings.Join(classes, " "))
	c.tip(v.ID, v.Marks)
	c.line(`<rect x="%d" y="%d" width="%d" height="%d" rx="%d"/>`, x, y, b.w, b.h, radius)
	y += pad + 9
	for _, line := range []struct{ class, text string }{{"label", b.title}, {"small", b.facts}, {"marks", b.marks}} {
		if line.text == "" {
			continue
		}
		c.line(`<text class="%s" x="%d" y="%d" text-anchor="middle">%s</text>`, line.class, x+b.w/2, y, text(line.text))
		y += leading
	}
	c.line(`</g>`)
}

// tip writes what a pointer over the place shows.
func (c *canvas) tip(name string, m view.Marks) {
	lines := []string{name}
	for _, i := range m.Findings {
		f := c.d.Findings[i]
		lines = append(lines, string(f.Severity)+" "+string(f.Code)+": "+f.Detail)
	}
	for i, l := range lines {
		lines[i] = text(l)
	}
	c.line(`<title>%s</title>`, strings.Join(lines, "\n"))
}

func (c *canvas) line(format string, args ...any) { fmt.Fprintf(&c.b, format+"\n", args...) }

func class(s diag.Severity) string {
	if s == "" {
		return "plain"
	}
	return string(s)
}

// clipped cuts a text to so many columns.
func clipped(s string, to int) string { return view.Cut(view.Clean(s), to) }

// text writes words as XML; what XML cannot hold becomes U+FFFD.
func text(s string) string {
	var b strings.Builder
	// A strings.Builder takes everything.
	_ = xml.EscapeText(&b, []byte(view.Clean(s)))
	return b.String()
}
