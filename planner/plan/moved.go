package plan

import (
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// needsOfHeir puts the end of a component and the start of the one that takes its
// place into an order. Where their subscription is a Shared one, the new one joins
// it before the old one goes. Else the old one goes first, as in a replacement: two
// consumers at once would be against the order that it keeps, or of another type,
// which the broker refuses. So does a source, of which two would read alike.
func (b *builder) needsOfHeir(s *Step) {
	overlap := b.overlaps(s)
	for _, addr := range s.Change.From {
		gone, ok := b.steps[id(Delete, addr)]
		switch {
		case !ok:
		case overlap:
			b.need(gone, AwaitRunning, s.Addr)
		default:
			// All that could still fail comes before the old one goes.
			b.needsOfComponent(gone, s.Change.After.(*state.Component))
			b.need(s, Delete, addr)
		}
	}
}

// overlaps tells whether a component may run beside all those whose place it takes.
func (b *builder) overlaps(s *Step) bool {
	after, ok := s.Change.After.(*state.Component)
	return ok && after.Kind != state.KindSource && after.Shares() && !slices.ContainsFunc(s.Change.From, func(a state.Addr) bool {
		old, ok := b.live.Resources[a].(*state.Component)
		return ok && !old.Shares()
	})
}

// ComesAfterOld tells whether the step makes a component once the one whose place
// it takes has been deleted.
func (s Step) ComesAfterOld() bool {
	return slices.ContainsFunc(s.Change.From, func(a state.Addr) bool { return slices.Contains(s.Needs, id(Delete, a)) })
}

// needsOfKeep: a component that is to be replaced, or has an heir, restarts once
// more for it, and only when all that could still fail is done.
func (b *builder) needsOfKeep(s *Step) {
	if after, ok := s.Change.After.(*state.Component); ok {
		b.needsOfComponent(s, after)
	}
}

// needsOfAdoption: a subscription is the mesh's when its reader is.
func (b *builder) needsOfAdoption(s *Step, sub *state.Subscription) {
	for _, f := range b.wants.Through(sub.Topic, sub.Name) {
		b.need(s, AwaitRunning, f.Addr())
	}
}

// keepRisks tells of the restart that comes before a deletion.
func (b *builder) keepRisks(c *diff.Change) {
	s, ok := b.steps[id(Keep, c.Addr)]
	if !ok {
		return
	}
	n := c.Before.(*state.Component).Parallelism()
	s.risk(Risk{Kind: Restart, Instances: n, Detail: "its cleanupSubscription is on, and is turned off first, so that its subscriptions stay: " + stops(n)})
}

// movedRisks tells what can happen when another component goes on in the place of
// one that goes.
func (b *builder) movedRisks(c *diff.Change, s *Step) {
	live := c.Before.(*state.Component)
	next := b.heir(c.Addr)
	if next == nil || live.Kind == state.KindSource {
		return
	}
	if g := live.Guarantees(); g == "ATLEAST_ONCE" || g == "MANUAL" {
		s.risk(Risk{Kind: Reprocessing, Detail: next.Addr.Name() + " takes its place: messages not yet acknowledged are processed again"})
	}
}

// allow marks the risks that the mesh file allows for their node.
func (b *builder) allow() {
	for _, s := range b.steps {
		f := b.nodeOf(s)
		if f == nil {
			continue
		}
		for i := range s.Risks {
			s.Risks[i].Allowed = slices.Contains(f.Allow, string(s.Risks[i].Kind))
		}
	}
}

// nodeOf is the node of the mesh file that a step is about, nil where there is none:
// for a subscription, the node that reads or read through it.
func (b *builder) nodeOf(s *Step) *state.Component {
	switch {
	case s.Addr.Kind().IsComponent():
		return b.wanted(s.Addr)
	case s.Addr.Kind() == state.KindSubscription:
		if sub, ok := s.Change.Before.(*state.Subscription); ok {
			if f := b.reader(sub); f != nil {
				return b.wanted(f.Addr())
			}
		}
	}
	return nil
}

// wanted is the node of the mesh file at an address, or the one that takes its place.
func (b *builder) wanted(addr state.Addr) *state.Component {
	if f, ok := b.want.Resources[addr].(*state.Component); ok {
		return f
	}
	if c := b.heir(addr); c != nil {
		f, _ := b.want.Resources[c.Addr].(*state.Component)
		return f
	}
	return nil
}

// heir is the change that makes the component which takes another one's place, nil for none.
func (b *builder) heir(addr state.Addr) *diff.Change {
	if b.heirs == nil {
		b.heirs = map[state.Addr]*diff.Change{}
		for _, c := range b.changes {
			for _, from := range c.From {
				b.heirs[from] = c
			}
		}
	}
	return b.heirs[addr]
}

// allowed tells whether a risk is allowed for a live component, by the user or by its node.
func (b *builder) allowed(live *state.Component, k RiskKind) bool {
	if contains(b.header.Allowed, k) {
		return true
	}
	f := b.wanted(live.Addr())
	return f != nil && slices.Contains(f.Allow, string(k))
}

// newWriter is a component that writes a topic after the plan and does not now, nil
// for none.
func (b *builder) newWriter(topic string) *state.Component {
	if b.header.Destroy {
		return nil
	}
	for _, f := range b.wants.Writing(topic) {
		live, ok := b.live.Resources[f.Addr()].(*state.Component)
		if !ok || !slices.Contains(live.Writes(), topic) {
			return f
		}
	}
	return nil
}
