package cli

import (
	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
)

// onlyFlag is --only, which narrows a plan to some resources of one mesh.
type onlyFlag struct{ names []string }

func (x *onlyFlag) bind(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&x.names, "only", nil, "plan only this `NODE`, or address such as topic/words, and what it cannot do without (repeatable); the rest stays as it is in the cluster")
}

// fits refuses to narrow the plans of several meshes.
func (x *onlyFlag) fits(r compiler.Result) error {
	if len(x.names) > 0 && len(r.Units) > 1 {
		return usage("name the one mesh file that is meant", "--only is for one mesh, and there are %d", len(r.Units))
	}
	return nil
}
