package human

import (
	"slices"
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// draw makes the sheet: layer by layer the boxes, and below each the channel in
// which its edges lead on.
func (x *sheet) draw(columns int, frames bool) {
	layers := x.l.Layers
	var channels [][]*net
	tracks := make([]int, len(layers))
	tops := make([]int, len(layers)+1)
	begin, end := make([]int, len(layers)+1), make([]int, len(layers)+1)
	if frames {
		begin, end = x.borders()
	}
	y := 2 * begin[0]
	for n, layer := range layers {
		tops[n] = y
		y += x.height(layer)
		nets := x.nets(n)
		channels = append(channels, nets)
		if n < len(layers)-1 {
			x.heads = append(x.heads, x.headsBelow(nets)+end[n])
			untangle(nets, func(e, column int) bool { return x.move(e, n+1, column) })
			tracks[n] = route(nets)
			// The tracks, and a row for the arrows.
			y += x.heads[n] + max(tracks[n], 1) + 1 + begin[n+1]
		}
	}
	tops[len(layers)] = y
	y += end[max(0, len(layers)-1)]
	x.c = newCanvas(columns, y)
	if frames {
		x.frames(tops)
	}
	for n, layer := range layers {
		for _, v := range layer {
			if v < len(x.boxes) {
				x.drawBox(v, tops[n])
			}
		}
	}
	number := 1
	for n := range layers {
		for _, one := range channels[n] {
			x.drawNet(one, number, tops[n], tops[n]+x.height(layers[n])+x.heads[n], tops[n+1]-1)
			number++
		}
	}
	x.arrows(tops)
}

// headsBelow is 1 where an edge against the flow ends below a layer: its head needs a row.
func (x *sheet) headsBelow(nets []*net) int {
	for _, n := range nets {
		if n.item < len(x.boxes) && slices.ContainsFunc(n.edges, func(e int) bool { return x.l.Reversed[e] }) {
			return 1
		}
	}
	return 0
}

// height is how many rows a layer takes.
func (x *sheet) height(layer []int) int {
	rows := 1
	for _, v := range layer {
		if v < len(x.boxes) {
			rows = max(rows, len(x.boxes[v].lines)+2)
		}
	}
	return rows
}

// nets gathers the lines that lead from a layer to the next.
func (x *sheet) nets(layer int) []*net {
	type start struct{ item, bundle, column int }
	byStart := map[start]*net{}
	var nets []*net
	for e, path := range x.l.Paths {
		if len(path) == 0 {
			continue
		}
		for i := 1; i < len(path); i++ {
			if x.l.Layer[path[i-1]] != layer {
				continue
			}
			from, to := x.l.Center[path[i-1]], x.l.Center[path[i]]
			if i == 1 {
				from = x.exits[e]
			}
			if i == len(path)-1 {
				to = x.entries[e]
			}
			key := start{path[i-1], x.bundle(e), from}
			one := byStart[key]
			if one == nil {
				one = &net{item: path[i-1], from: from + x.left}
				byStart[key] = one
				nets = append(nets, one)
			}
			one.to = append(one.to, to+x.left)
			one.edges = append(one.edges, e)
		}
	}
	return nets
}

// move makes an edge enter its box, which stands in a layer, at another column.
func (x *sheet) move(e, layer, column int) bool {
	last := x.l.Paths[e][len(x.l.Paths[e])-1]
	column -= x.left
	if x.l.Layer[last] != layer || column <= x.l.Center[last]-x.halves[last] || column >= x.l.Center[last]+x.halves[last] {
		return false
	}
	x.entries[e] = column
	return true
}

func (x *sheet) drawBox(v, top int) {
	b, vertex := x.boxes[v], x.d.Vertices[v]
	half := x.halves[v]
	x0, x1 := x.l.Center[v]+x.left-half, x.l.Center[v]+x.left+half
	y1 := top + len(b.lines) + 1
	corners := []string{"┌", "┐", "└", "┘"}
	if vertex.Topic() {
		corners = []string{"╭", "╮", "╰", "╯"}
	}
	side, bar := "│", "─"
	if vertex.External {
		side, bar = "┆", "╌"
	}
	x.c.put(x0, top, corners[0]+strings.Repeat(bar, x1-x0-1)+corners[1], b.border)
	x.c.put(x0, y1, corners[2]+strings.Repeat(bar, x1-x0-1)+corners[3], b.border)
	for i, line := range b.lines {
		y := top + 1 + i
		x.c.put(x0, y, side, b.border)
		x.c.put(x0+1, y, strings.Repeat(" ", x1-x0-1), "")
		x.c.put(x0+1+(x1-x0-1-width(line))/2, y, line, b.colors[i])
		x.c.put(x1, y, side, b.border)
	}
}

// drawNet draws a line from the box or bend where it begins, through its track,
// to the row above the next layer.
func (x *sheet) drawNet(n *net, number, top, channel, end int) {
	e := n.edges[0]
	color, dashed := x.color(e), !x.d.Edges[e].Plain()
	// From the lower side of a box that is not as high as its layer, or through the
	// whole layer for a bend.
	from := x.startRow(n, top)
	track := channel + n.track
	if n.straight() {
		x.c.upright(n.from, from, end, number, color, dashed)
		return
	}
	x.c.upright(n.from, from, track-1, number, color, dashed)
	low, high := n.low(), n.high()
	for col := low; col <= high; col++ {
		var ways uint8
		if col > low {
			ways |= left
		}
		if col < high {
			ways |= right
		}
		if col == n.from {
			ways |= up
		}
		if slices.Contains(n.to, col) {
			ways |= down
		}
		x.c.way(col, track, ways, number, color, dashed)
	}
	for _, to := range n.to {
		x.c.upright(to, track+1, end, number, color, dashed)
	}
}

// startRow finds where a line begins: below its box, or at the top of the layer
// that it passes through.
func (x *sheet) startRow(n *net, top int) int {
	if n.item < len(x.boxes) {
		return top + len(x.boxes[n.item].lines) + 2
	}
	return top
}

// arrows draws the heads of edges, and the roles that are not plain beside them.
func (x *sheet) arrows(tops []int) {
	for e, path := range x.l.Paths {
		if len(path) == 0 {
			continue
		}
		edge, color := x.d.Edges[e], x.color(e)
		first, last := path[0], path[len(path)-1]
		col, row, head := x.entries[e]+x.left, tops[x.l.Layer[last]]-1, "▼"
		if x.l.Reversed[e] {
			col, row, head = x.exits[e]+x.left, tops[x.l.Layer[first]]+len(x.boxes[first].lines)+2, "▲"
		}
		x.c.put(col, row, head, color)
		if !edge.Plain() {
			x.label(col, row, view.Clean(string(edge.Role)), color)
		}
	}
}

// label writes a word beside an arrow, where there is room on one of its sides.
func (x *sheet) label(col, row int, word, color string) {
	free := func(from, to int) bool {
		for i := from; i <= to; i++ {
			if i < 0 || i >= len(x.c.rows[row]) || x.c.rows[row][i].ways != 0 || x.c.rows[row][i].text != 0 {
				return false
			}
		}
		return true
	}
	n := width(word)
	switch {
	case free(col+1, col+n+2):
		x.c.put(col+2, row, word, color)
	case free(col-n-2, col-1):
		x.c.put(col-n-1, row, word, color)
	}
}

// extent gives the first and the last layer of a mesh; there is none for a mesh
// of which nothing is drawn, nor for what several share.
func (x *sheet) extent(group int, list []int) (first, last int, ok bool) {
	if group == len(x.d.Meshes) || len(list) == 0 {
		return 0, 0, false
	}
	first, last = x.l.Layer[list[0]], x.l.Layer[list[0]]
	for _, v := range list {
		first, last = min(first, x.l.Layer[v]), max(last, x.l.Layer[v])
	}
	return first, last, true
}

// borders tells, with 1, above and below which layers frames begin and end.
func (x *sheet) borders() (begin, end []int) {
	begin, end = make([]int, len(x.l.Layers)+1), make([]int, len(x.l.Layers)+1)
	for g, list := range x.d.Groups() {
		if first, last, ok := x.extent(g, list); ok {
			begin[first], end[last] = 1, 1
		}
	}
	return begin, end
}

// frames draws a frame around each mesh, from its first layer to its last.
func (x *sheet) frames(tops []int) {
	for g, list := range x.d.Groups() {
		first, last, ok := x.extent(g, list)
		if !ok {
			continue
		}
		band := x.l.Bands[2*g]
		x0, x1 := band[0]+x.left-2, band[1]+x.left+2
		title := view.Clean(x.d.Meshes[g].Mesh)
		if width(title) > x1-x0-5 {
			title = title[strings.LastIndex(title, "/")+1:]
		}
		x.c.frame(x0, tops[first]-2, x1, tops[last]+x.height(x.l.Layers[last]), title)
	}
}
