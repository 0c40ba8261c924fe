package apply

import (
	"fmt"

	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// checkFiles makes sure, before the first write, that the code files which the
// plan sends are there and are those that were planned: a replacement must not
// find that out when the old function is gone.
func checkFiles(p *plan.Plan) error {
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if s.Op != plan.Create && s.Op != plan.Update {
			continue
		}
		path, sum := "", ""
		switch r := s.Change.After.(type) {
		case *state.Package:
			path, sum = r.Path, r.SHA256
		case *state.Component:
			if r.Code.Mode == state.ByData && sends(s, r) {
				path, sum = r.Code.Path, r.Code.SHA256
			}
		}
		if path == "" || seen[path+sum] {
			continue
		}
		seen[path+sum] = true
		have, _, err := state.HashFile(path)
		if err != nil {
			return fmt.Errorf("the code for %s cannot be read, nothing was written: %w", s.Addr.Name(), err)
		}
		if have != sum {
			return fmt.Errorf("%s is not the file that was planned for %s, nothing was written: it has sha256 %.12s, the plan %.12s; make the plan again", path, s.Addr.Name(), have, sum)
		}
	}
	return nil
}

// sends tells whether the code of a function goes along with the step.
func sends(s plan.Step, after *state.Component) bool {
	before, ok := s.Change.Before.(*state.Component)
	return s.Op == plan.Create || !ok || before.Code.SHA256 != after.Code.SHA256
}
