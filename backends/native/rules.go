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
	r := diff.Rule{
		// What updates pass over takes a replacement, unless that does nothing either.
		Fixed:       f.Update == fields.Fixed || f.Update == fields.WriteOnce && !f.Settled,
		WriteOnce:   f.Update == fields.WriteOnce && f.Settled,
		CannotClear: f.Clear == fields.NotPossible,
		CannotAdd:   f.CannotAdd,
		Lossy:       f.Update == fields.Lossy,
		Derived:     f.Derived,
	}
	if r.Lossy {
		r.Unset = state.Canonical(f.Default)
	}
	if f.Type == fields.Object {
		for _, below := range fields.Of(f.Below) {
			if below.Update == fields.Fixed {
				r.FixedKeys = append(r.FixedKeys, below.Name)
			}
		}
	}
	return r
}
