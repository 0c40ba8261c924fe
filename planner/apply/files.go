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
	for _, f := range p.CodeFiles() {
		have, _, err := state.HashFile(f.Path)
		if err != nil {
			return fmt.Errorf("the code for %s cannot be read, nothing was written: %w", f.For.Name(), err)
		}
		if have != f.SHA256 {
			return fmt.Errorf("%s is not the file that was planned for %s, nothing was written: it has sha256 %.12s, the plan %.12s; make the plan again", f.Path, f.For.Name(), have, f.SHA256)
		}
	}
	return nil
}
