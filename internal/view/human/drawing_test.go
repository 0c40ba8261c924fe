package human_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

// anyDrawing draws up nodes and topics with edges between them.
func anyDrawing(t *rapid.T) view.Drawing {
	d := view.Drawing{Findings: []view.Finding{{Code: diag.Cycle, Severity: diag.Error}}, Errors: 1}
	for m := range rapid.IntRange(1, 3).Draw(t, "meshes") {
		d.Meshes = append(d.Meshes, view.MeshInfo{Mesh: fmt.Sprint("t/n/mesh", m)})
	}
	kinds := []string{"function", view.KindTopic}
	for i := range rapid.IntRange(1, 14).Draw(t, "vertices") {
		v := view.Vertex{Kind: kinds[i%2], Label: fmt.Sprintf("%s<%d>", strings.Repeat("v", rapid.IntRange(0, 40).Draw(t, "length")), i)}
		for m := range d.Meshes {
			if m == i%len(d.Meshes) || i%2 == 1 && rapid.Bool().Draw(t, "shared") {
				v.Meshes = append(v.Meshes, m)
			}
		}
		if rapid.Bool().Draw(t, "marked") {
			v.Severity, v.Findings = diag.Error, []int{0}
		}
		d.Vertices = append(d.Vertices, v)
	}
	for a := range d.Vertices {
		for b := range d.Vertices {
			if a%2 != b%2 && rapid.IntRange(0, 4).Draw(t, "edge") == 0 {
				role := rapid.SampledFrom([]mesh.Role{mesh.Input, mesh.Output, mesh.Log, "dead-letter"}).Draw(t, "role")
				d.Edges = append(d.Edges, view.Edge{From: a, To: b, Role: role, Cycle: rapid.Bool().Draw(t, "cycle")})
			}
		}
	}
	return d
}

// The signs from which lines go on to the right, and down.
const (
	rightward = "─┄┌└├┬┴┼╭╰╌"
	downward  = "│┆┌┐├┤┬┼╭╮"
)

// TestDrawingLines holds drawings of any graph to their lines: none ends in nothing,
// every edge has its head, every box its label, and nothing is wider than the terminal.
func TestDrawingLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDrawing(t)
		limit := rapid.SampledFrom([]int{60, 100, 400}).Draw(t, "width")
		text := human.Drawing(human.Style{Width: limit}, d)
		for i := range d.Vertices {
			if strings.Contains(text, "┌") && len(d.Vertices[i].Label) > 32 {
				continue
			}
			if !strings.Contains(text, fmt.Sprintf("<%d>", i)) {
				t.Fatalf("vertex %d is not drawn\n%s", i, text)
			}
		}
		if strings.Contains(text, "→") || !strings.ContainsAny(text, "▼▲") {
			// A list, or a drawing without edges.
			return
		}
		if heads := strings.Count(text, "▼") + strings.Count(text, "▲"); heads != len(d.Edges) {
			t.Fatalf("%d heads for %d edges\n%s", heads, len(d.Edges), text)
		}
		body, _, _ := strings.Cut(text, "\n\n✗")
		var rows [][]rune
		for line := range strings.SplitSeq(body, "\n") {
			rows = append(rows, []rune(line))
			if n := len([]rune(line)); n > limit {
				t.Fatalf("a line of %d columns\n%s", n, text)
			}
		}
		at := func(x, y int) rune {
			if y < len(rows) && x < len(rows[y]) {
				return rows[y][x]
			}
			return ' '
		}
		for y, row := range rows {
			for x, r := range row {
				if strings.ContainsRune(rightward, r) && at(x+1, y) == ' ' {
					t.Fatalf("line %d, column %d: %c leads nowhere\n%s", y+1, x+1, r, text)
				}
				// The title of a frame may cover a line for a row.
				if strings.ContainsRune(downward, r) && at(x, y+1) == ' ' && at(x, y+2) == ' ' {
					t.Fatalf("line %d, column %d: %c leads nowhere\n%s", y+1, x+1, r, text)
				}
			}
		}
	})
}
