package human

import (
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// table sets rows in columns that are as wide as they need to be.
type table struct {
	Style
	rows  [][]string
	marks map[int]string
}

// head gives the titles of the columns.
func (t *table) head(titles ...string) { t.rows = append(t.rows, titles) }

// row adds a row; its texts come from outside.
func (t *table) row(texts ...string) {
	for i := range texts {
		texts[i] = view.Clean(texts[i])
	}
	t.rows = append(t.rows, texts)
}

// mark colours the last row.
func (t *table) mark(color string) {
	if t.marks == nil {
		t.marks = map[int]string{}
	}
	t.marks[len(t.rows)-1] = color
}

// String draws the table.
func (t *table) String() string {
	var widths []int
	for _, r := range t.rows {
		for i, text := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(text))
		}
	}
	var b strings.Builder
	for n, r := range t.rows {
		line := ""
		for i, text := range r {
			line += text + strings.Repeat(" ", widths[i]-width(text)+2)
		}
		line = strings.TrimRight(line, " ")
		color := t.marks[n]
		if n == 0 {
			color = dim
		}
		if color != "" {
			line = t.paint(color, line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
