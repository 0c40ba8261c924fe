package native

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// topic reads a topic and those of its subscriptions that are wanted, made by
// the mesh, or used by its functions.
func (r *reader) topic(ctx context.Context, name string) error {
	stats, err := r.b.client.TopicStats(ctx, name)
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	props, err := r.b.client.TopicProperties(ctx, name)
	if errors.Is(err, admin.ErrNotFound) {
		return nil // gone in between: brokers delete topics that nobody uses
	}
	if err != nil {
		return err
	}
	topic := &state.Topic{Name: name, Partitions: stats.Partitions, Owner: props[ownerProperty]}
	if topic.Owner == r.owner() || r.wants(topic.Addr()) {
		r.put(topic, state.Facts{})
	}
	if err := r.schemaOf(ctx, name); err != nil {
		return err
	}
	if err := r.policiesOf(ctx, name, props); err != nil {
		return err
	}
	r.undeclared(name, stats)
	// Who publishes matters for subscriptions even where the topic is not the mesh's.
	r.note(topic.Addr(), state.Facts{Publishers: r.publishers(stats), OtherBacklog: r.otherBacklog(name, stats), Deduplication: deduplication(stats), Active: active(stats)})
	for subName, s := range stats.Subscriptions {
		if !s.Durable || s.Partitions < max(1, stats.Partitions) {
			// One that lacks partitions counts as absent, so that it is completed.
			continue
		}
		sub := &state.Subscription{
			Topic: name, Name: subName, Owner: s.Properties[ownerProperty],
			Replaces: s.Properties[replacesProperty], Since: s.Properties[sinceProperty],
		}
		if sub.Owner == r.owner() || r.wants(sub.Addr()) {
			facts := state.Facts{Backlog: s.Backlog, Unacked: s.Unacked, Others: r.others(s)}
			if facts.Covered, err = r.covered(ctx, sub, stats); err != nil {
				return err
			}
			r.put(sub, facts)
		}
	}
	return nil
}

// publishers counts the producers that are neither functions of the mesh nor ones
// that it may take over.
func (r *reader) publishers(stats admin.TopicStats) int {
	n := 0
	for _, p := range stats.Publishers {
		if id := p.Metadata["id"]; !r.ours(id) && !r.adoptable(id) {
			n++
		}
	}
	return n
}

// undeclared notes the components of the mesh that have a producer on a topic which
// their config does not name: code can send to any.
func (r *reader) undeclared(topic string, stats admin.TopicStats) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var seen []state.Addr
	for _, p := range stats.Publishers {
		for _, kind := range state.Components {
			addr := state.Addr(string(kind) + "/" + p.Metadata["id"])
			c, there := r.out.Resources[addr].(*state.Component)
			if there && c.Owner == r.owner() && !slices.Contains(c.Writes(), topic) {
				seen = append(seen, addr)
			}
		}
	}
	if len(seen) == 0 {
		return
	}
	slices.Sort(seen)
	if r.out.Undeclared == nil {
		r.out.Undeclared = map[string][]state.Addr{}
	}
	r.out.Undeclared[topic] = slices.Compact(seen)
}

// deduplication tells whether the broker drops duplicates on a topic. What is
// neither on nor off is on its way to one of them, and not known.
func deduplication(stats admin.TopicStats) state.Switch {
	switch stats.Deduplication {
	case "Enabled":
		return state.On
	case "Disabled":
		return state.Off
	}
	return state.Unknown
}

// others counts the consumers that are not functions of the mesh.
func (r *reader) others(s admin.Subscription) int {
	n := 0
	for _, c := range s.Consumers {
		if !r.ours(c.Metadata["id"]) {
			n++
		}
	}
	return n
}

// otherBacklog sums up what waits in durable subscriptions that neither the mesh
// made nor a function of it reads.
func (r *reader) otherBacklog(topic string, stats admin.TopicStats) int64 {
	var n int64
	for name, s := range stats.Subscriptions {
		if s.Durable && s.Properties[ownerProperty] != r.owner() && !r.reads(name, topic) {
			n += s.Backlog
		}
	}
	return n
}

// firstByte takes the first byte of a download and refuses the rest.
type firstByte struct{ seen bool }

var errEnough = errors.New("enough read")

// Write implements io.Writer.
func (f *firstByte) Write(p []byte) (int, error) {
	if len(p) > 0 {
		f.seen = true
		return 0, errEnough
	}
	return 0, nil
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
