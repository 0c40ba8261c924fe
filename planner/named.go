package planner

import (
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/planner/lower"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Named gives a plan without steps that wants what a compiled mesh names, for who has to
// know what a plan will be about before anything is read. Code is not looked at, so that
// what follows from it, such as packages, is missing.
func Named(unit compiler.Unit) (*plan.Plan, error) {
	want, err := lower.State(unit.Mesh, lower.Options{NamesOnly: true, PulsarElsewhere: true})
	if err != nil {
		return nil, err
	}
	p := &plan.Plan{Format: plan.Format, Mesh: unit.Mesh.ID.String()}
	for _, addr := range want.Addrs() {
		p.Desired = append(p.Desired, state.Boxed{Resource: want.Resources[addr]})
	}
	return p, nil
}
