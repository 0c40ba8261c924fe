package view

import (
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// adopted says what becomes of a resource of others that is taken over.
func adopted(c diff.Change) string {
	for _, f := range c.Fields {
		if f.Field != "cleanupSubscription" {
			return "is taken over, with changes"
		}
	}
	return "is taken over as it is"
}

// takenOver adds to why a component is replaced that it was not the mesh's.
func takenOver(c diff.Change) string {
	if c.Before == nil || c.Before.OwnerID() != "" {
		return ""
	}
	return "; it is taken over"
}

// takesPlace says whose place a new component takes, "" for nobody's.
func takesPlace(from []state.Addr) string {
	if len(from) == 0 {
		return ""
	}
	var names []string
	for _, a := range from {
		names = append(names, ShortName(a))
	}
	return "takes the place of " + listed(names) + " and reads on where it stopped"
}

// unmade are the components that were to take the place of one that is gone, and
// were not made.
func unmade(p *plan.Plan, r apply.Report) []state.Addr {
	done := map[string]bool{}
	for _, s := range r.Done {
		done[s.ID] = true
	}
	var out []state.Addr
	for _, s := range p.Steps {
		if s.Op != plan.Create || done[s.ID] || s.Change == nil || !s.ComesAfterOld() {
			continue
		}
		for _, n := range s.Needs {
			if done[n] && isEndOf(n, s.Change.From) {
				out = append(out, s.Addr)
				break
			}
		}
	}
	return out
}

// isEndOf tells whether a step deletes one of these components.
func isEndOf(step string, from []state.Addr) bool {
	for _, a := range from {
		if step == string(plan.Delete)+" "+string(a) {
			return true
		}
	}
	return false
}
