package planner

import (
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// withoutSecrets gives a plan as records hold it: what stands in a mesh file as it is
// and looks like a secret is a digest there.
func withoutSecrets(p *plan.Plan) *plan.Plan {
	out := *p
	out.Steps = make([]plan.Step, len(p.Steps))
	changes := map[*diff.Change]*diff.Change{}
	for i, s := range p.Steps {
		if s.Change != nil {
			bare, done := changes[s.Change]
			if !done {
				bare = bareChange(*s.Change)
				changes[s.Change] = bare
			}
			s.Change = bare
		}
		out.Steps[i] = s
	}
	return &out
}

func bareChange(c diff.Change) *diff.Change {
	name := ""
	bare := func(r state.Resource) state.Resource {
		component, ok := r.(*state.Component)
		if !ok || component == nil {
			return r
		}
		name = component.FullName()
		return component.Bare(load.LooksSecret)
	}
	c.Before, c.After, c.Between = bare(c.Before), bare(c.After), bare(c.Between)
	if name == "" {
		return &c
	}
	fields := make([]diff.FieldChange, len(c.Fields))
	for i, f := range c.Fields {
		f.Before = state.BareValue(f.Before, f.Field, name, load.LooksSecret)
		f.After = state.BareValue(f.After, f.Field, name, load.LooksSecret)
		fields[i] = f
	}
	c.Fields = fields
	return &c
}

// fillIn gives the steps of a plan to a version the literal secrets that records do
// not hold, as far as what runs has the same ones. It names the others.
func fillIn(p *plan.Plan) (missing []string) {
	changes := map[*diff.Change]bool{}
	for _, s := range p.Steps {
		after, ok := s.Change.After.(*state.Component)
		if !ok || changes[s.Change] {
			continue
		}
		changes[s.Change] = true
		before, _ := s.Change.Before.(*state.Component)
		full, unknown := after.Known(before)
		if s.Change.Action == diff.NoOp {
			unknown = nil // nothing is written
		}
		for _, place := range unknown {
			missing = append(missing, place+" of "+string(after.Kind)+" "+after.FullName())
		}
		s.Change.After = full
	}
	return missing
}
