package native

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// A subscription that takes another one's place is made while the old one is
// still read. It remembers where it was made, so that even after a kill it can be
// told whether the old one has processed all that came before.

// since is a place in a topic: a position for each partition, 0 where there are none.
type since map[int]admin.MessagePosition

// String writes partition=ledger:entry, with commas between.
func (s since) String() string {
	var parts []string
	for _, i := range slices.Sorted(maps.Keys(s)) {
		parts = append(parts, fmt.Sprintf("%d=%s", i, s[i]))
	}
	return strings.Join(parts, ",")
}

func parseSince(text string) (since, error) {
	s := since{}
	for part := range strings.SplitSeq(text, ",") {
		i, position, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(i)
		if err != nil {
			return nil, fmt.Errorf("%q is not a place in a topic: %w", text, err)
		}
		if s[n], err = admin.ParseMessagePosition(position); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// passed tells whether a subscription has processed all up to a place. Partitions
// that were added later are in both subscriptions from their first message on.
func (s since) passed(positions map[int]admin.Positions, sub string) bool {
	for i, place := range s {
		done, ok := positions[i].Done[sub]
		if !ok || done.Compare(place) < 0 {
			return false
		}
	}
	return true
}

// rememberSince notes on a new subscription where it was made, which is where
// its cursor stands as long as nobody reads through it, and which one it replaces.
func (b *Backend) rememberSince(ctx context.Context, sub *state.Subscription) error {
	replaced, err := b.identify(ctx, sub.Topic, sub.Replaces, sub.Owner)
	if err != nil {
		return err
	}
	positions, err := b.client.TopicPositions(ctx, sub.Topic)
	if err != nil {
		return err
	}
	place := since{}
	for i, p := range positions {
		place[i] = p.Done[sub.Name]
	}
	props := b.properties(sub)
	props[sinceProperty] = place.String()
	if replaced != "" {
		props[replacesIDProperty] = replaced
	}
	return b.client.SetSubscriptionProperties(ctx, sub.Topic, sub.Name, props)
}

// identify gives the identity of a subscription of the mesh; one that has none gets
// it. "" is for one that is not there or not the mesh's.
func (b *Backend) identify(ctx context.Context, topic, name, owner string) (string, error) {
	b.identities.Lock() // several may take the place of one, each in a step of its own
	defer b.identities.Unlock()
	stats, err := b.client.TopicStats(ctx, topic)
	if err != nil {
		return "", err
	}
	have, ok := stats.Subscriptions[name]
	switch {
	case !ok || have.Properties[ownerProperty] != owner:
		return "", nil
	case have.Properties[idProperty] != "":
		return have.Properties[idProperty], nil
	}
	props := maps.Clone(have.Properties)
	props[idProperty] = rand.Text()
	return props[idProperty], b.client.SetSubscriptionProperties(ctx, topic, name, props)
}

// replaces tells whether a subscription was made to take the place of another one,
// and not of one that had its name before.
func replaces(next, old admin.Subscription) bool {
	id := old.Properties[idProperty]
	return id != "" && next.Properties[replacesIDProperty] == id && next.Properties[ownerProperty] == old.Properties[ownerProperty]
}

// properties are those that a subscription is made with.
func (b *Backend) properties(sub *state.Subscription) map[string]string {
	props := map[string]string{ownerProperty: sub.Owner}
	if sub.Replaces != "" {
		props[replacesProperty] = sub.Replaces
	}
	return props
}

// covered tells whether what is left in a subscription is in another one of the
// mesh, too: in the one that took its place, or in the one that it was to replace
// and that is still read.
func (r *reader) covered(ctx context.Context, sub *state.Subscription, stats admin.TopicStats) (bool, error) {
	this := stats.Subscriptions[sub.Name]
	if old, ok := stats.Subscriptions[sub.Replaces]; ok && sub.Owner == r.owner() && replaces(this, old) && r.reads(sub.Replaces, sub.Topic) {
		return true, nil
	}
	for _, s := range stats.Subscriptions {
		if s.Properties[replacesProperty] != sub.Name || !replaces(s, this) || s.Properties[sinceProperty] == "" {
			continue
		}
		place, err := parseSince(s.Properties[sinceProperty])
		if err != nil {
			return false, err
		}
		positions, err := r.b.client.TopicPositions(ctx, sub.Topic)
		if err != nil {
			return false, err
		}
		if place.passed(positions, sub.Name) {
			return true, nil
		}
	}
	return false, nil
}
