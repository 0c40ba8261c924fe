package native

import (
	"context"
	"fmt"
	"slices"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// pause stops a component and waits until its instances have let go of all topics.
// A broker keeps a producer until all that it sent is stored, so that afterwards
// no message of theirs is on its way.
func (b *Backend) pause(ctx context.Context, s plan.Step, w waiter) error {
	before := s.Change.Before.(*state.Component)
	live, err := b.component(ctx, before)
	if err != nil {
		return err
	}
	// One that is to be deleted may have been given its last form before.
	last, _ := s.Change.Last().(*state.Component)
	if !unmoved(live, before) && !unmoved(live, last) {
		return b.movedComponent(s, live)
	}
	err = b.client.Stop(ctx, adminKind(live.Kind), live.Tenant, live.Namespace, live.Name)
	if err != nil && admin.Classify(err) != admin.NoChange {
		return err
	}
	return until(ctx, w, func() (bool, string, error) {
		status, err := b.status(ctx, live)
		if err != nil {
			return false, "", err
		}
		if status.NumRunning > 0 {
			return false, fmt.Sprintf("%d of %d instances still run", status.NumRunning, live.Parallelism()), nil
		}
		n, err := b.attached(ctx, live)
		return n == 0, fmt.Sprintf("clients of the old instances are still connected: %d", n), err
	})
}

// attached counts the consumers and producers of a component's instances.
func (b *Backend) attached(ctx context.Context, f *state.Component) (int, error) {
	n := 0
	topics := append(f.Inputs(), f.Writes()...)
	slices.Sort(topics)
	for _, t := range slices.Compact(topics) {
		stats, err := b.client.TopicStats(ctx, t)
		if admin.Classify(err) == admin.NotFound {
			continue
		}
		if err != nil {
			return 0, err
		}
		for _, p := range stats.Publishers {
			if p.Metadata["id"] == f.FullName() {
				n++
			}
		}
		for _, c := range stats.Subscriptions[f.Subscription()].Consumers {
			if c.Metadata["id"] == f.FullName() {
				n++
			}
		}
	}
	return n, nil
}

// resume starts a component as it is now, before or after a change of its own, and
// waits until its instances run.
func (b *Backend) resume(ctx context.Context, s plan.Step, w waiter) error {
	f := s.Change.After.(*state.Component)
	live, err := b.component(ctx, f)
	if err != nil {
		return err
	}
	if live == nil {
		return moved("%s %s is gone", f.Kind, f.FullName())
	}
	err = b.client.Start(ctx, adminKind(live.Kind), live.Tenant, live.Namespace, live.Name)
	if err != nil && admin.Classify(err) != admin.NoChange {
		return err
	}
	return b.awaitRunning(ctx, live, w)
}

// silence waits until nothing is left to process in a subscription and nobody is
// there who could send more.
type silence struct {
	// unread counts the looks in a row at which nobody read.
	unread int
}

// unreadLooks are how many looks tell that nobody reads: instances that do not run
// have nothing in process, and what is left waits for those that come after them.
const unreadLooks = 5

// over tells whether all is silent, and else what is not.
func (q *silence) over(sub *state.Subscription, stats admin.TopicStats) (ok bool, missing string) {
	if n := len(stats.Publishers); n > 0 {
		return false, fmt.Sprintf("%d producers are still connected to %s, such as %s", n, sub.Topic, publisher(stats.Publishers[0]))
	}
	have := stats.Subscriptions[sub.Name]
	if len(have.Consumers) > 0 {
		q.unread = 0
	} else {
		q.unread++
	}
	if have.Backlog == 0 && have.Unacked == 0 || q.unread >= unreadLooks {
		return true, ""
	}
	return false, fmt.Sprintf("%d messages in the backlog, %d in process", have.Backlog, have.Unacked)
}

// publisher names a producer by the component that it belongs to, else by its own name.
func publisher(p admin.Publisher) string {
	if id := p.Metadata["id"]; id != "" {
		return id
	}
	return p.Name
}
