package native

import (
	"context"
	"errors"
	"io"
	"maps"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// codeOf is the SHA-256 of a component's code as its workers give it out, "" where
// they do not: they have builtin code themselves (500), and answer with nothing
// where the package is gone.
func (b *Backend) codeOf(ctx context.Context, c *state.Component) (string, error) {
	if c.Code.Mode == state.Builtin {
		return "", nil
	}
	_, sum, err := b.client.Download(ctx, adminKind(c.Kind), c.Tenant, c.Namespace, c.Name, io.Discard)
	if err != nil && (errors.Is(err, admin.ErrEmptyDownload) || errors.Is(err, admin.ErrNotFound) || hasNoCode(err)) {
		return "", nil
	}
	return sum, err
}

// adoptSubscription puts the mesh's name on a subscription that others made. Its
// other properties stay.
func (b *Backend) adoptSubscription(ctx context.Context, sub *state.Subscription) error {
	stats, err := b.client.TopicStats(ctx, sub.Topic)
	if err != nil {
		return err
	}
	have, ok := stats.Subscriptions[sub.Name]
	if !ok {
		return moved("subscription %s of %s is gone", sub.Name, sub.Topic)
	}
	switch owner := have.Properties[ownerProperty]; owner {
	case sub.Owner:
		return nil
	case "":
	default:
		return moved("subscription %s of %s belongs to mesh %s", sub.Name, sub.Topic, owner)
	}
	props := maps.Clone(have.Properties)
	if props == nil {
		props = map[string]string{}
	}
	props[ownerProperty] = sub.Owner
	return b.client.SetSubscriptionProperties(ctx, sub.Topic, sub.Name, props)
}

// keep writes what a component is before its deletion, see plan.Keep.
func (b *Backend) keep(ctx context.Context, s plan.Step) error {
	between := s.Change.Between.(*state.Component)
	live, err := b.component(ctx, between)
	if err != nil {
		return err
	}
	if live != nil {
		// A saved plan does not hold sensitive values; those that are there go on.
		open := *between
		open.Fields = maps.Clone(between.Fields)
		for name, value := range live.Fields {
			if _, ok := open.Fields[name]; ok && name != "cleanupSubscription" {
				open.Fields[name] = value
			}
		}
		between = &open
	}
	s.Op, s.Change = plan.Update, &diff.Change{Addr: s.Addr, Action: diff.Update, Before: s.Change.Before, After: between}
	return b.updateComponent(ctx, s, between)
}

// restartGrace is how long new instances are waited for once the old ones have let
// go. A component that is to be replaced may be one that does not run.
const restartGrace = 10 * time.Second

// awaitKept waits until the old instances, which know that they are to clean up,
// are gone and new ones run, or will not.
func (b *Backend) awaitKept(ctx context.Context, s plan.Step, w waiter) error {
	f := s.Change.Between.(*state.Component)
	b.mu.Lock()
	old := b.old[f.FullName()].names
	b.mu.Unlock()
	var gone time.Time
	err := until(ctx, w, func() (bool, string, error) {
		names, err := b.clients(ctx, f)
		if err != nil {
			return false, "", err
		}
		if anyOld(names, old) {
			gone = time.Time{}
			return false, "the old instances still read", nil
		}
		if gone.IsZero() {
			gone = time.Now()
		}
		topic, n, _ := behind(f, names, old)
		if n == f.Parallelism() || time.Since(gone) > restartGrace {
			return true, "", nil
		}
		return false, instancesRead(n, f.Parallelism(), topic), nil
	})
	if err != nil {
		return err
	}
	s.Change = &diff.Change{Addr: s.Addr, Action: diff.Update, Before: s.Change.Before, After: f}
	return b.verify(ctx, s, w)
}

// respelled gives topics of an update the spelling that the component was made
// with: workers take another spelling for another topic, and refuse it
// ("Input Topics cannot be altered").
func respelled(config, raw map[string]any) map[string]any {
	specs, _ := config["inputSpecs"].(map[string]any)
	live, _ := raw["inputSpecs"].(map[string]any)
	for topic := range live {
		full := fullName(topic)
		if spec, ok := specs[full]; ok && full != topic {
			delete(specs, full)
			specs[topic] = spec
		}
	}
	return config
}
