package native

import (
	"cmp"
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

// RecordsThere implements record.Looker: whether the topic is there.
func (b *Backend) RecordsThere(ctx context.Context) (bool, error) {
	_, err := b.client.Partitions(ctx, cmp.Or(b.records, manager.DefaultTopic))
	if errors.Is(err, admin.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, b.firstFailure(err)
	}
	return true, nil
}

var (
	_ record.Keeper = (*Backend)(nil)
	_ record.Looker = (*Backend)(nil)
)
