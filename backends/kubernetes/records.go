package kubernetes

import (
	"context"
	"fmt"

	"github.com/meshc/meshc/planner/record"
)

// Records implements record.Keeper by the topics of the Pulsar that meshes read and
// write, where it is named.
func (b *Backend) Records(ctx context.Context) (record.Store, error) {
	if b.opts.Pulsar == nil {
		return nil, fmt.Errorf("%w: they are on topics of Pulsar, and no --admin-url says where that is", record.ErrNoPlace)
	}
	return b.opts.Pulsar.Records(ctx)
}

var _ record.Keeper = (*Backend)(nil)
