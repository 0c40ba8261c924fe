package kubernetes

import (
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// Rules are what the operator does with changed specs: it takes all of them in
// place, but for volumes that a StatefulSet has from its creation on.
type Rules struct{}

// Rule implements diff.RuleSet.
func (Rules) Rule(kind state.Kind, field string) diff.Rule {
	switch {
	case !kind.IsComponent():
		return diff.Rule{}
	case field == resource.Field:
		return diff.Rule{FixedKeys: []string{"volumeClaimTemplates"}}
	case field == formField:
		return diff.Rule{Fixed: true}
	default:
		return diff.Rule{Mirrored: true}
	}
}
