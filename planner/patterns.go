package planner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// followPatterns adds the subscriptions of inputs by pattern to a desired state:
// those on the topics that are there, and on those of the mesh itself.
func followPatterns(ctx context.Context, b backend.Backend, want *state.State) error {
	known := map[string][]string{}
	for _, c := range want.Components() {
		for _, pattern := range c.Patterns() {
			ns := state.NamespaceOf(pattern)
			if _, asked := known[ns]; !asked {
				topics, err := topicsOf(ctx, b, ns)
				if err != nil {
					return err
				}
				known[ns] = topics
			}
			subscribe(want, c, pattern, known[ns])
		}
	}
	return nil
}

func topicsOf(ctx context.Context, b backend.Backend, namespace string) ([]string, error) {
	lister, ok := b.(backend.TopicLister)
	if !ok {
		return nil, nil
	}
	topics, err := lister.Topics(ctx, namespace)
	if err != nil {
		return nil, fmt.Errorf("topics of %s, for inputs by pattern: %w", namespace, err)
	}
	return topics, nil
}

// subscribe adds a component's subscriptions on the topics that a pattern takes.
func subscribe(want *state.State, c *state.Component, pattern string, there []string) {
	topics := slices.Clone(there)
	for addr := range want.Resources {
		if addr.Kind() == state.KindTopic {
			topics = append(topics, addr.Name())
		}
	}
	place := want.Places[c.Addr()]
	span := place.Span
	for _, field := range []string{"topicsPattern", "inputSpecs"} {
		if at, ok := place.Fields[field]; ok {
			span = at
			break
		}
	}
	for _, t := range topics {
		sub := &state.Subscription{Topic: t, Name: c.Subscription(), Position: c.Position(), Owner: c.Owner}
		if _, have := want.Resources[sub.Addr()]; !have && state.Matches(pattern, t) {
			want.Put(sub)
			want.Places[sub.Addr()] = state.Place{Span: span}
		}
	}
}

// startLate tells of new components with inputs by pattern: topics that come later
// have no subscription until an instance finds them.
func startLate(want *state.State, p *plan.Plan) diag.List {
	var list diag.List
	for _, c := range p.Changes() {
		after, ok := c.After.(*state.Component)
		if !ok || len(after.Patterns()) == 0 || c.Action != diff.Create && c.Action != diff.Replace {
			continue
		}
		var unknown []string
		n := 0
		for addr, r := range want.Resources {
			if sub, ok := r.(*state.Subscription); ok && addr.Kind() == state.KindSubscription && sub.Name == after.Subscription() && after.Reads(sub.Topic) {
				n++
			}
		}
		for _, pattern := range after.Patterns() {
			if !state.PatternKnown(pattern) {
				unknown = append(unknown, pattern)
			}
		}
		switch {
		case len(unknown) > 0:
			list.Add(diag.PatternTopics, c.Span, fmt.Sprintf("Which topics %s takes, only Java can tell, so that no subscription is made before the %s starts.", strings.Join(unknown, ", "), after.Kind),
				"Write the pattern without what Go's regular expressions lack, such as look-ahead.")
		case after.Position() != "Earliest":
			list.Add(diag.PatternTopics, c.Span, fmt.Sprintf("%d topics match now and get their subscriptions before the %s starts. One that comes later is found within a minute, and what is sent to it before then is passed over.", n, after.Kind),
				fmt.Sprintf("With `%s: Earliest` the %s reads new topics from their beginning.", position(after.Kind), after.Kind))
		}
	}
	return list
}

func position(kind state.Kind) string {
	if kind == state.KindSink {
		return "sourceSubscriptionPosition"
	}
	return "subscriptionPosition"
}
