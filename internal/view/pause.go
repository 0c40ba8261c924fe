package view

import (
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// pauses tells which components stand still, and until what is done.
func pauses(p *plan.Plan, risks map[state.Addr][]Risk) []Pause {
	var out []Pause
	for _, s := range p.Steps {
		if s.Op != plan.Pause {
			continue
		}
		pause := Pause{Addr: s.Addr, For: p.PausedFor(s.Addr)}
		if s.Change.Action == diff.NoOp {
			pause.Risks = risks[s.Addr] // else they are told with its change
		}
		out = append(out, pause)
	}
	return out
}

// resumeRisks are the risks of starting components that the plan does not change.
func resumeRisks(p *plan.Plan, list []state.Addr, risks map[state.Addr][]Risk) map[state.Addr][]Risk {
	out := map[state.Addr][]Risk{}
	for _, a := range list {
		if slices.Contains(p.Unchanged, a) && len(risks[a]) > 0 {
			out[a] = risks[a]
		}
	}
	return out
}

// countUnchanged counts the components of a list that the plan does not change.
func countUnchanged(p *plan.Plan, list []state.Addr) int {
	n := 0
	for _, a := range list {
		if slices.Contains(p.Unchanged, a) {
			n++
		}
	}
	return n
}
