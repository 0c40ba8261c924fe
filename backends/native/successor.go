package native

import (
	"context"
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
// its cursor stands as long as nobody reads through it.
func (b *Backend) rememberSince(ctx context.Context, sub *state.Subscription) error {
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
	return b.client.SetSubscriptionProperties(ctx, sub.Topic, sub.Name, props)
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
	if old, ok := stats.Subscriptions[sub.Replaces]; ok && sub.Owner == r.owner() && old.Properties[ownerProperty] == sub.Owner && r.reads(sub.Replaces, sub.Topic) {
		return true, nil
	}
	for _, s := range stats.Subscriptions {
		if s.Properties[replacesProperty] != sub.Name || s.Properties[ownerProperty] != sub.Owner || s.Properties[sinceProperty] == "" {
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
