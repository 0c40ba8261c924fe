package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// writeTopic creates a topic, or adds partitions.
func (b *Backend) writeTopic(ctx context.Context, s plan.Step, t *state.Topic) error {
	var exists error
	if s.Op == plan.Create {
		// Asked for only when it is there after all, which is rare.
		exists = b.client.CreateTopic(ctx, t.Name, t.Partitions, map[string]string{ownerProperty: t.Owner})
		if exists == nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.made[t.Name] = true
		}
		if !errors.Is(exists, admin.ErrExists) {
			return exists
		}
	}
	have, err := b.client.Partitions(ctx, t.Name)
	switch {
	case exists != nil && errors.Is(err, admin.ErrNotFound):
		// Gone in between, or still being made; look again at what is there then.
		return &backend.Temporary{Err: exists}
	case err != nil:
		return err
	case have == t.Partitions:
		return nil
	case s.Op == plan.Update && have == s.Change.Before.(*state.Topic).Partitions:
		return b.client.SetPartitions(ctx, t.Name, t.Partitions)
	default:
		return moved("topic %s has %d partitions now", t.Name, have)
	}
}

func (b *Backend) deleteTopic(ctx context.Context, t *state.Topic) error {
	err := b.sameTopic(ctx, t)
	if err == nil {
		err = b.client.DeleteTopic(ctx, t.Name, false)
	}
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	return err
}

// createSubscription makes a subscription on all partitions of its topic.
func (b *Backend) createSubscription(ctx context.Context, sub *state.Subscription) error {
	had, err := b.makeSubscription(ctx, sub)
	if err != nil || sub.Replaces == "" || had.Properties[replacesProperty] == sub.Replaces && had.Properties[sinceProperty] != "" {
		return err
	}
	return b.rememberSince(ctx, sub)
}

// makeSubscription also returns the subscription as it was, where it was there.
func (b *Backend) makeSubscription(ctx context.Context, sub *state.Subscription) (had admin.Subscription, err error) {
	props := b.properties(sub)
	position := admin.Position(sub.Position)
	short, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	err = b.client.CreateSubscription(short, sub.Topic, sub.Name, position, props)
	switch {
	case err != nil && short.Err() != nil && ctx.Err() == nil:
		return had, &backend.Temporary{Err: fmt.Errorf("no answer within %v to the creation of subscription %s", answerWait, sub.Name)}
	case !errors.Is(err, admin.ErrExists):
		return had, err
	}
	stats, err := b.client.TopicStats(ctx, sub.Topic)
	if err != nil {
		return had, err
	}
	had = stats.Subscriptions[sub.Name]
	if owner := had.Properties[ownerProperty]; owner != "" && owner != sub.Owner {
		return had, moved("subscription %s of %s belongs to mesh %s", sub.Name, sub.Topic, owner)
	}
	if had.Partitions >= max(1, stats.Partitions) {
		return had, nil
	}
	// An earlier try got only as far as some partitions.
	for i := range stats.Partitions {
		err := b.client.CreateSubscription(ctx, fmt.Sprintf("%s-partition-%d", sub.Topic, i), sub.Name, position, props)
		if err != nil && !errors.Is(err, admin.ErrExists) {
			return had, err
		}
	}
	return had, nil
}

// deleteSubscription deletes a drained subscription. What arrived after the
// drain is not deleted with it unless the plan said what becomes of it.
func (b *Backend) deleteSubscription(ctx context.Context, s plan.Step, sub *state.Subscription) error {
	stats, err := b.client.TopicStats(ctx, sub.Topic)
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	have, ok := stats.Subscriptions[sub.Name]
	if !ok {
		return nil
	}
	if owner := have.Properties[ownerProperty]; owner != sub.Owner {
		return moved("subscription %s of %s belongs to %s", sub.Name, sub.Topic, whose(owner))
	}
	if n := have.Backlog + have.Unacked; n > 0 && !s.GoOn {
		return fmt.Errorf("%d messages arrived on %s after subscription %s was drained; it is kept with them: plan again, or allow %s (where the mesh no longer names the topic: pulsar-admin topics unsubscribe -s %s %s)",
			n, sub.Topic, sub.Name, plan.MessageLoss, sub.Name, sub.Topic)
	}
	short, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	err = b.client.DeleteSubscription(short, sub.Topic, sub.Name, false)
	switch {
	case errors.Is(err, admin.ErrNotFound):
		return nil
	case err != nil && short.Err() != nil && ctx.Err() == nil:
		return &backend.Temporary{Err: fmt.Errorf("no answer within %v to the deletion of subscription %s", answerWait, sub.Name)}
	}
	return err
}

// answerWait bounds the wait for the answer to the creation or deletion of a
// subscription. It comes within milliseconds or never: of two deletions at once Pulsar
// 4.0.8 answers one, and under load it was seen to leave a creation without an answer.
const answerWait = 15 * time.Second
