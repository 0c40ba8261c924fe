package native

import (
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// Rules are the update rules of Pulsar's function workers: a view of the field table.
type Rules struct{}

// Rule implements diff.RuleSet.
func (Rules) Rule(kind state.Kind, field string) diff.Rule {
	if !kind.IsComponent() {
		return diff.Rule{}
	}
	f, ok := fields.Named(fields.Kind(kind), field)
	if !ok {
		return diff.Rule{}
	}
	return diff.Rule{
		Fixed:       f.Update == fields.Fixed,
		WriteOnce:   f.Update == fields.WriteOnce,
		CannotClear: f.Clear == fields.NotPossible,
	}
}
