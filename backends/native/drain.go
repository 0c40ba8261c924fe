package native

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// drain waits until a subscription has processed all up to a point: where the
// one that takes its place was made, or else what was stored when the drain
// began. Under load a backlog is never 0, but a point is passed.
func (b *Backend) drain(ctx context.Context, s plan.Step, w waiter) error {
	sub := s.Change.Before.(*state.Subscription)
	var target since
	var hush silence
	return until(ctx, w, func() (bool, string, error) {
		stats, err := b.client.TopicStats(ctx, sub.Topic)
		if errors.Is(err, admin.ErrNotFound) {
			return true, "", nil
		}
		if err != nil {
			return false, "", err
		}
		have, ok := stats.Subscriptions[sub.Name]
		if s.Quiet {
			ok, missing := hush.over(sub, stats)
			return ok, missing, nil
		}
		if !ok || have.Backlog == 0 && have.Unacked == 0 {
			return true, "", nil
		}
		if target == nil {
			if target, err = b.drainTarget(ctx, s, stats); err != nil {
				return false, "", err
			}
		}
		positions, err := b.client.TopicPositions(ctx, sub.Topic)
		if err != nil {
			return false, "", err
		}
		if target.passed(positions, sub.Name) {
			return true, "", nil
		}
		return false, fmt.Sprintf("%d messages in the backlog, %d in process", have.Backlog, have.Unacked), nil
	})
}

// drainTarget is the point that a drain waits for.
func (b *Backend) drainTarget(ctx context.Context, s plan.Step, stats admin.TopicStats) (since, error) {
	sub := s.Change.Before.(*state.Subscription)
	if s.Behind != "" {
		next := stats.Subscriptions[subscriptionName(s.Behind, sub.Topic)]
		// One that somebody made by hand does not say since when; it is there by now.
		if at, err := parseSince(next.Properties[sinceProperty]); err == nil {
			return at, nil
		}
	}
	positions, err := b.client.TopicPositions(ctx, sub.Topic)
	if err != nil {
		return nil, err
	}
	target := since{}
	for i, p := range positions {
		target[i] = p.Last
	}
	return target, nil
}

// subscriptionName takes the name out of an address.
func subscriptionName(addr state.Addr, topic string) string {
	return string(addr[len(state.SubscriptionAddr(topic, "")):])
}
