package admin

import (
	"context"
	"math"
	"net/url"
	"strconv"
)

// Position is where a new subscription starts.
type Position string

// The positions.
const (
	// Latest takes messages published from now on.
	Latest Position = "Latest"
	// Earliest takes all messages that the topic still holds.
	Earliest Position = "Earliest"
)

// segment escapes a subscription name once more, since Pulsar's topic resources
// decode this path parameter twice.
func segment(subscription string) string { return url.QueryEscape(subscription) }

// CreateSubscription makes a durable subscription with properties, on all
// partitions of a topic that has some. One that is there is Exists, whatever its
// position and properties. PUT /admin/v2/persistent/{tenant}/{namespace}/{topic}/subscription/{name}.
//
// The server would create a missing topic without being asked to; a GET before
// makes that NotFound, unless the client has made or seen the topic a moment ago.
func (c *Client) CreateSubscription(ctx context.Context, topic, name string, at Position, props map[string]string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	if !c.justSeen(topic) {
		if _, err := c.Partitions(ctx, topic); err != nil {
			return err
		}
	}
	// The message ids that Java calls MessageId.latest and MessageId.earliest.
	id := int64(math.MaxInt64)
	if at == Earliest {
		id = -1
	}
	k, err := put(t.path("subscription", segment(name))...).needing(t.subscribes()).json(map[string]any{
		"ledgerId": id, "entryId": id, "partitionIndex": -1, "properties": props,
	})
	if err != nil {
		return err
	}
	return c.send(ctx, k)
}

// SetSubscriptionProperties replaces all properties of a subscription.
// PUT .../subscription/{name}/properties.
func (c *Client) SetSubscriptionProperties(ctx context.Context, topic, name string, props map[string]string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k, err := put(t.path("subscription", segment(name), "properties")...).needing(t.subscribes()).json(props)
	if err != nil {
		return err
	}
	return c.send(ctx, k)
}

// DeleteSubscription removes a subscription from all partitions, and with it the
// backlog. Without force one with consumers is Busy.
// DELETE /admin/v2/persistent/{tenant}/{namespace}/{topic}/subscription/{name}.
func (c *Client) DeleteSubscription(ctx context.Context, topic, name string, force bool) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k := del(t.path("subscription", segment(name))...).needing(t.subscribes())
	k.query = values("force", strconv.FormatBool(force))
	return c.send(ctx, k)
}
