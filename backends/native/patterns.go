package native

import (
	"context"
	"errors"
	"strings"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// Topics implements backend.TopicLister.
func (b *Backend) Topics(ctx context.Context, namespace string) ([]string, error) {
	topics, err := b.topics(ctx, namespace)
	return topics, b.failure(err)
}

func (b *Backend) topics(ctx context.Context, namespace string) ([]string, error) {
	tenant, ns := split(namespace)
	partitioned, plain, err := b.client.Topics(ctx, tenant, ns)
	if errors.Is(err, admin.ErrNotFound) {
		return nil, nil
	}
	var out []string
	for _, t := range append(partitioned, plain...) {
		if strings.HasPrefix(t, "persistent://") {
			out = append(out, t)
		}
	}
	return out, err
}

// readTopics are the topics that a component reads at the moment.
func (b *Backend) readTopics(ctx context.Context, c *state.Component) ([]string, error) {
	matching, err := b.matching(ctx, c)
	return append(c.Inputs(), matching...), err
}

// matching are the topics that the patterns of a component take at the moment.
func (b *Backend) matching(ctx context.Context, c *state.Component) ([]string, error) {
	var out []string
	for _, pattern := range c.Patterns() {
		topics, err := b.topics(ctx, state.NamespaceOf(pattern))
		if err != nil {
			return nil, err
		}
		for _, t := range topics {
			if state.Matches(pattern, t) {
				out = append(out, t)
			}
		}
	}
	return out, nil
}
