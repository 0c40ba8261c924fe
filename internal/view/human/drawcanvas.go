package human

import "strings"

// canvas is a sheet of character cells.
type canvas struct{ rows [][]cell }

type cell struct {
	// text is what stands in the cell; a wide character leaves the next one taken.
	text  rune
	taken bool
	color string
	// ways are the directions that lines leave the cell in, net the line's number.
	ways   uint8
	net    int
	dashed bool
}

// The directions.
const (
	up uint8 = 1 << iota
	down
	left
	right
)

var solid = [16]rune{
	up: '│', down: '│', up | down: '│', left: '─', right: '─', left | right: '─',
	down | right: '┌', down | left: '┐', up | right: '└', up | left: '┘',
	up | down | right: '├', up | down | left: '┤', down | left | right: '┬', up | left | right: '┴', up | down | left | right: '┼',
}

func newCanvas(columns, rows int) *canvas {
	c := &canvas{rows: make([][]cell, rows)}
	for i := range c.rows {
		c.rows[i] = make([]cell, columns)
	}
	return c
}

func (c *canvas) at(x, y int) *cell {
	if y < 0 || y >= len(c.rows) || x < 0 || x >= len(c.rows[y]) {
		return &cell{}
	}
	return &c.rows[y][x]
}

// put writes text.
func (c *canvas) put(x, y int, text, color string) {
	for _, r := range text {
		n := width(string(r))
		if n == 0 {
			continue
		}
		*c.at(x, y) = cell{text: r, color: color}
		if n == 2 {
			*c.at(x+1, y) = cell{taken: true}
		}
		x += n
	}
}

// way draws a piece of a line in a cell. Where two lines cross, the upright one
// stays whole.
func (c *canvas) way(x, y int, ways uint8, n int, color string, dashed bool) {
	p := c.at(x, y)
	if p.text != 0 {
		// Lines go over frames and nothing else.
		if p.net != frameNet {
			return
		}
		*p = cell{}
	}
	if p.ways != 0 && p.net != n {
		upright := up | down
		if p.ways == upright && ways&upright == 0 {
			return
		}
		if ways == upright && p.ways&upright == 0 {
			p.ways = 0
		}
	}
	p.ways |= ways
	p.net = n
	p.dashed = dashed
	if color != "" || p.color == "" {
		p.color = color
	}
}

// upright draws a line down from y0 to y1.
func (c *canvas) upright(x, y0, y1, n int, color string, dashed bool) {
	for y := y0; y <= y1; y++ {
		c.way(x, y, up|down, n, color, dashed)
	}
}

// frameNet is the number of frames, which edges may cross.
const frameNet = -1

// frame draws a dotted frame with a title in its upper side.
func (c *canvas) frame(x0, y0, x1, y1 int, title string) {
	set := func(x, y int, r rune) { *c.at(x, y) = cell{text: r, color: dim, net: frameNet} }
	for x := x0 + 1; x < x1; x++ {
		set(x, y0, '┈')
		set(x, y1, '┈')
	}
	for y := y0 + 1; y < y1; y++ {
		set(x0, y, '┊')
		set(x1, y, '┊')
	}
	set(x0, y0, '┌')
	set(x1, y0, '┐')
	set(x0, y1, '└')
	set(x1, y1, '┘')
	c.put(x0+2, y0, cut(" "+title+" ", max(3, x1-x0-3)), bold)
}

// text writes the sheet as lines without blanks at their ends.
func (c *canvas) text(s Style) string {
	var b strings.Builder
	for _, row := range c.rows {
		var line strings.Builder
		for i := 0; i < len(row); {
			color := row[i].color
			var run strings.Builder
			for ; i < len(row) && row[i].color == color; i++ {
				run.WriteString(row[i].String())
			}
			if strings.TrimSpace(run.String()) == "" {
				color = ""
			}
			line.WriteString(s.paint(color, run.String()))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// String gives what a cell shows.
func (p cell) String() string {
	switch {
	case p.taken:
		return ""
	case p.text != 0:
		return string(p.text)
	case p.ways == 0:
		return " "
	case p.dashed && p.ways&(left|right) == 0:
		return "┆"
	case p.dashed && p.ways&(up|down) == 0:
		return "┄"
	}
	return string(solid[p.ways])
}
