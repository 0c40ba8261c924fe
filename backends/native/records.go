package native

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/planner/record"
)

// WithRecords names the records topic, in place of manager.DefaultTopic; "" changes nothing.
func WithRecords(topic string) Option { return func(b *Backend) { b.records = topic } }

// Records implements record.Keeper by the topics of package manager.
func (b *Backend) Records(ctx context.Context) (record.Store, error) {
	s, err := manager.Open(ctx, manager.Options{Topic: b.records, Client: b.client, Settings: b.settings})
	if err == nil {
		return s, nil
	}
	var answer *admin.Error
	if errors.Is(err, admin.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", record.ErrNoPlace, err)
	}
	if errors.As(err, &answer) && !errors.Is(err, record.ErrForbidden) {
		return nil, b.failure(err)
	}
	return nil, err
}

var _ record.Keeper = (*Backend)(nil)
