package view

import (
	"strings"

	"github.com/meshc/meshc/planner/diff"
)

// Drift says in a sentence that others have changed a resource since meshc wrote it,
// by whom where that is known, and what it takes to write it then; "" where nobody has.
func (c Change) Drift() string {
	text := "changed in the cluster by others since meshc wrote it"
	switch {
	case len(c.DriftedBy) == 0 && !c.Drifted:
		return ""
	case len(c.DriftedBy) == 0:
		return text
	case c.Drifted:
		text = "changed in the cluster since meshc wrote it, by "
	default:
		text = "held in the cluster by "
	}
	text += strings.Join(c.DriftedBy, " and ")
	if c.Action != diff.Delete {
		text += ": it takes --force-conflicts to write that"
	}
	return text
}
