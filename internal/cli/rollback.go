package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
)

// bindOnFailure adds --on-failure.
func (x *carryFlags) bindOnFailure(cmd *cobra.Command) {
	x.onFailure = string(apply.StopThere)
	addChoice(cmd, false, &x.onFailure, "on-failure", "", "after a step has failed: stop there, or bring the components that this run has changed back to what they were", string(apply.StopThere), string(apply.GoBack))
}

// warnOfNoWayBack says before the first write what a rollback could not restore.
func (c *carrier) warnOfNoWayBack(p *plan.Plan) {
	if apply.OnFailure(c.flags.onFailure) != apply.GoBack {
		return
	}
	for _, l := range apply.NoWayBack(p) {
		c.view.note(fmt.Sprintf("a rollback cannot restore %s: %s", view.Clean(view.Name(l.Addr)), l.Why))
	}
}

// rolledBack is the end of the sentence about a failed run.
func rolledBack(r *view.Rollback) string {
	switch {
	case r == nil:
		return ""
	case r.Outcome == view.RolledBack:
		return "; what it had changed is rolled back"
	}
	return "; not all of what it had changed is rolled back"
}
