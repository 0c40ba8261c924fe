package plan

import (
	"maps"
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// connect fills in what each step needs. The rule behind all of it: no topic
// ever has a producer of the mesh without the subscriptions of its readers, and
// nothing goes away while something still feeds it.
func (b *builder) connect() {
	b.findFirstWrites()
	keys := slices.Sorted(maps.Keys(b.steps))
	for _, key := range keys {
		s := b.steps[key]
		switch s.Op {
		case Create, Update:
			b.needsOfWrite(s)
			b.needsOfHeir(s)
		case Delete:
			b.needsOfDelete(s)
		case AwaitRunning:
			b.ready(s, s.Addr)
			b.need(s, Resume, s.Addr)
		case Verify:
			b.need(s, AwaitRunning, s.Addr)
		case Keep:
			b.needsOfKeep(s)
		case AwaitKept:
			b.need(s, Keep, s.Addr)
		}
	}
	b.connectPauses(keys)
	// Drains come last: they ask what the others need.
	for _, key := range keys {
		if s := b.steps[key]; s.Op == Drain {
			b.needsOfDrain(s)
		}
	}
}

// need adds a step to what s needs, if the plan has it.
func (b *builder) need(s *Step, op Op, addr state.Addr) {
	if t, ok := b.steps[id(op, addr)]; ok && t != s {
		if at, has := slices.BinarySearch(s.Needs, t.ID); !has {
			s.Needs = slices.Insert(s.Needs, at, t.ID)
		}
	}
}

// ready adds the steps that bring a resource about.
func (b *builder) ready(s *Step, addr state.Addr) {
	b.need(s, Create, addr)
	b.need(s, Update, addr)
}

// readyTopic adds the steps that bring a topic about, with its schema: whoever
// attaches first decides what a topic without one holds.
func (b *builder) readyTopic(s *Step, topic string) {
	b.ready(s, state.TopicAddr(topic))
	b.ready(s, state.SchemaAddr(topic))
	b.ready(s, state.PoliciesAddr(state.TopicAddr(topic)))
}

// readyNamespace adds the steps that bring a namespace about, with its policies:
// they count for what is made in it.
func (b *builder) readyNamespace(s *Step, name string) {
	b.ready(s, state.NamespaceAddr(name))
	b.ready(s, state.PoliciesAddr(state.NamespaceAddr(name)))
}

func (b *builder) needsOfWrite(s *Step) {
	switch r := s.Change.After.(type) {
	case *state.Topic:
		b.readyNamespace(s, state.NamespaceOf(r.Name))
	case *state.Policies:
		b.ready(s, r.On)
	case *state.Schema:
		b.readyNamespace(s, state.NamespaceOf(r.Topic))
		b.ready(s, state.TopicAddr(r.Topic))
	case *state.Package:
		b.ready(s, state.NamespaceAddr(b.want.Mesh.Tenant+"/"+b.want.Mesh.Namespace))
	case *state.Subscription:
		if s.Op == Update {
			b.needsOfAdoption(s, r)
			return
		}
		b.needsOfSubscription(s, r)
	case *state.Component:
		b.needsOfComponent(s, r)
	}
}

func (b *builder) needsOfComponent(s *Step, f *state.Component) {
	b.readyNamespace(s, f.Tenant+"/"+f.Namespace)
	b.ready(s, state.PackageAddr(f.Code.URL))
	for _, t := range f.Inputs() {
		b.readyTopic(s, t)
		b.need(s, Create, state.SubscriptionAddr(t, f.Subscription()))
	}
	if url, ok := f.Fields["transformFunction"].(string); ok {
		b.ready(s, state.PackageAddr(url))
	}
	for _, sub := range matching(b.want, f) {
		b.ready(s, sub.Addr())
	}
	for _, t := range f.Writes() {
		b.readyTopic(s, t)
		for _, sub := range b.wants.Subscriptions(t) {
			b.need(s, Create, sub.Addr())
		}
	}
	if s.Op == Create {
		// The three kinds share one space of names.
		for _, kind := range state.Components {
			b.need(s, Delete, state.ComponentAddr(kind, f.Tenant, f.Namespace, f.Name))
		}
	}
}

func (b *builder) needsOfDelete(s *Step) {
	switch r := s.Change.Before.(type) {
	case *state.Component:
		b.need(s, AwaitKept, s.Addr)
		for _, t := range r.Inputs() {
			b.need(s, Drain, state.SubscriptionAddr(t, r.Subscription()))
			if b.header.KeepsSubscriptions {
				b.needDeletesOfWriters(s, t)
			}
		}
		for _, sub := range matching(b.live, r) {
			b.need(s, Drain, sub.Addr())
		}
		if s.Change.Action == diff.Replace {
			// All that could still fail comes before the old function goes.
			after := s.Change.After.(*state.Component)
			b.needsOfComponent(s, after)
		}
	case *state.Subscription:
		b.need(s, Drain, s.Addr)
		for _, f := range b.readers(r) {
			b.need(s, Delete, f.Addr())
			// The old subscription goes only when the new function runs.
			b.need(s, AwaitRunning, f.Addr())
		}
	case *state.Topic:
		b.needDeletesAround(s, r)
	case *state.Package:
		b.needEveryDelete(s)
		b.needsOfCollection(s)
	}
}

// needsOfCollection: old code goes when all that the plan changes runs, so that a
// rollout that fails takes no way back with it. One package waits for all, the
// others for that one.
func (b *builder) needsOfCollection(s *Step) {
	if s.Change.Why != diff.Collected {
		return
	}
	if b.collection != nil {
		b.need(s, Delete, b.collection.Addr)
		return
	}
	b.collection = s
	for _, t := range b.steps {
		if t.Op == Verify || t.Op == AwaitRunning {
			b.need(s, t.Op, t.Addr)
		}
	}
}

// matching are the subscriptions of a state that a component reads by pattern.
func matching(s *state.State, f *state.Component) []*state.Subscription {
	if len(f.Patterns()) == 0 {
		return nil
	}
	var out []*state.Subscription
	for _, addr := range s.Addrs() {
		if sub, ok := s.Resources[addr].(*state.Subscription); ok && sub.Name == f.Subscription() && f.Reads(sub.Topic) {
			out = append(out, sub)
		}
	}
	return out
}

// needsOfSubscription: from its creation on it gathers a backlog, so what could
// still keep its function away comes before: the code, all topics of its
// functions, and one topic of each namespace, which shows whether topics may be
// made there at all.
func (b *builder) needsOfSubscription(s *Step, sub *state.Subscription) {
	b.ready(s, state.TopicAddr(sub.Topic))
	for _, f := range b.wants.Through(sub.Topic, sub.Name) {
		for _, t := range append(f.Inputs(), f.Writes()...) {
			b.readyTopic(s, t)
		}
	}
	for _, addr := range b.firstWrites {
		b.ready(s, addr)
	}
}

// findFirstWrites lists the packages to send and the first topic to make in each namespace.
func (b *builder) findFirstWrites() {
	seen := map[string]bool{}
	for _, addr := range b.want.Addrs() {
		if _, made := b.steps[id(Create, addr)]; !made {
			continue
		}
		switch r := b.want.Resources[addr].(type) {
		case *state.Package:
			b.firstWrites = append(b.firstWrites, addr)
		case *state.Topic:
			if ns := state.NamespaceOf(r.Name); !seen[ns] {
				seen[ns] = true
				b.firstWrites = append(b.firstWrites, addr)
			}
		}
	}
}

// needDeletesOfWriters lets what writes a topic go before what reads it.
func (b *builder) needDeletesOfWriters(s *Step, topic string) {
	for _, f := range b.lives.Writing(topic) {
		if b.goes(f.Addr()) {
			b.needAcross(s, Delete, f)
		}
	}
}

// needDeletesAround lets a topic go after all that is on it.
func (b *builder) needDeletesAround(s *Step, t *state.Topic) {
	for _, sub := range b.lives.Subscriptions(t.Name) {
		b.need(s, Delete, sub.Addr())
	}
	for _, f := range slices.Concat(b.lives.Reading(t.Name), b.lives.Writing(t.Name)) {
		b.need(s, Delete, f.Addr())
	}
}

// needEveryDelete lets packages go last.
func (b *builder) needEveryDelete(s *Step) {
	for _, t := range b.steps {
		kind := t.Addr.Kind()
		if t.Op == Delete && (kind.IsComponent() || kind == state.KindSubscription) {
			b.need(s, Delete, t.Addr)
		}
	}
}

// needsOfDrain: what stops feeding the topic stops first, and what will read it
// from now on is there first, so that a message that comes after the point up to
// which is drained is in a subscription that stays.
func (b *builder) needsOfDrain(s *Step) {
	sub := s.Change.Before.(*state.Subscription)
	for _, f := range b.lives.Writing(sub.Topic) {
		switch {
		case b.goes(f.Addr()):
			b.needAcross(s, Delete, f)
		case b.stopsWriting(f, sub.Topic) && !s.Quiet: // else it is paused
			b.needAcross(s, AwaitRunning, f)
		}
	}
	for _, addr := range b.newReaders(sub.Topic) {
		b.ready(s, addr)
	}
	if s.Quiet {
		for _, f := range b.lives.Writing(sub.Topic) {
			b.need(s, Pause, f.Addr())
		}
	}
	if f := b.reader(sub); f != nil && b.readsOn(f, sub) {
		next := b.want.Resources[f.Addr()].(*state.Component)
		s.Behind = state.SubscriptionAddr(sub.Topic, next.Subscription())
	}
}

// needAcross is need for the step of a live component that feeds what s is about.
func (b *builder) needAcross(s *Step, op Op, f *state.Component) {
	if b.circular(f.Addr()) {
		b.needUnlessCircle(s, op, f.Addr())
	} else {
		b.need(s, op, f.Addr())
	}
}

// needUnlessCircle is need where the steps would not wait for each other then: a
// live mesh that was changed by hand can have a cycle. There the order is
// dropped, the drain itself stays.
func (b *builder) needUnlessCircle(s *Step, op Op, addr state.Addr) {
	if t, ok := b.steps[id(op, addr)]; ok && !b.reaches(t, s) {
		b.need(s, op, addr)
	}
}

// newReaders are the subscriptions of a topic that the plan makes.
func (b *builder) newReaders(topic string) []state.Addr {
	var out []state.Addr
	for _, sub := range b.wants.Subscriptions(topic) {
		if _, made := b.steps[id(Create, sub.Addr())]; made {
			out = append(out, sub.Addr())
		}
	}
	return out
}

// stopsWriting tells whether a live function stays and writes the topic no more. What
// its code sends by itself no config ends.
func (b *builder) stopsWriting(f *state.Component, topic string) bool {
	after, ok := b.want.Resources[f.Addr()].(*state.Component)
	return ok && !b.header.Destroy && after.Owner == f.Owner && slices.Contains(f.Writes(), topic) && !slices.Contains(after.Writes(), topic)
}

// reaches tells whether from needs to, directly or through others.
func (b *builder) reaches(from, to *Step) bool {
	seen := map[*Step]bool{}
	var walk func(s *Step) bool
	walk = func(s *Step) bool {
		if s == to {
			return true
		}
		if seen[s] {
			return false
		}
		seen[s] = true
		return slices.ContainsFunc(s.before(), func(n string) bool { return walk(b.steps[n]) })
	}
	return walk(from)
}

// goes tells whether a live function is deleted for good.
func (b *builder) goes(addr state.Addr) bool {
	s, ok := b.steps[id(Delete, addr)]
	return ok && s.Change.Action == diff.Delete
}
