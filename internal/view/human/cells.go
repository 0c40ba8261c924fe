package human

import (
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// tabStop is how many columns a tab takes in an excerpt.
const tabStop = 4

// width returns the columns that text takes.
func width(text string) int { return view.Width(text) }

// excerptText makes a line of a file safe to show, tabs as blanks.
func excerptText(text string) string {
	return view.Clean(strings.ReplaceAll(text, "\t", strings.Repeat(" ", tabStop)))
}

// cut shortens a line to a width; 0 leaves it alone.
func cut(text string, to int) string { return view.Cut(text, to) }
