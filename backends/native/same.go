package native

import (
	"context"
	"errors"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// What is deleted is looked at a moment before: brokers have no way to say "if
// unchanged", and delete what someone else has made or changed since the plan.

// whose names the owner of something in a message.
func whose(owner string) string {
	if owner == "" {
		return "no mesh"
	}
	return "mesh " + owner
}

// sameTopic wants that a topic that is to go is as the plan found it. One that is
// not there is admin.ErrNotFound.
func (b *Backend) sameTopic(ctx context.Context, t *state.Topic) error {
	props, err := b.client.TopicProperties(ctx, t.Name)
	if err != nil {
		return err
	}
	if owner := props[ownerProperty]; owner != t.Owner {
		return moved("topic %s belongs to %s", t.Name, whose(owner))
	}
	n, err := b.client.Partitions(ctx, t.Name)
	if err == nil && n != t.Partitions {
		return moved("topic %s has %d partitions now", t.Name, n)
	}
	return err
}

// samePolicies wants that the policies of a topic that are to go are as the plan
// found them; gone tells that they, or the topic, went before. A run that was cut
// in between leaves the mark of the mesh alone.
func (b *Backend) samePolicies(ctx context.Context, p *state.Policies) (gone bool, err error) {
	topic := p.On.Name()
	props, err := b.client.TopicProperties(ctx, topic)
	if errors.Is(err, admin.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	live, err := b.topicPolicies(ctx, topic, props[retentionProperty])
	switch {
	case err != nil:
		return false, err
	case live == nil:
		return true, nil
	case live.Owner != p.Owner:
		return false, moved("the retention of topic %s belongs to %s", topic, whose(live.Owner))
	case len(live.Values) > 0 && len(differences(p, live)) > 0:
		return false, moved("the retention of topic %s was changed", topic)
	}
	return false, nil
}
