package native

import (
	"context"
	"errors"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// unstarted counts those of the stopped instances of a component that its worker could
// not start: to start one of them leaves the others alone.
func (b *Backend) unstarted(ctx context.Context, f *state.Component, stopped int) (int, error) {
	status, err := b.status(ctx, f)
	if errors.Is(err, admin.ErrNotFound) {
		return 0, nil
	}
	n := 0
	for _, i := range status.Instances {
		if i.Status.Unstarted() {
			n++
		}
	}
	return min(n, stopped), err
}
