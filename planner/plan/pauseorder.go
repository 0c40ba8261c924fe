package plan

import (
	"slices"

	"github.com/meshc/meshc/planner/state"
)

// connectPauses puts pauses and what comes after them in order. Everything else but
// the drains is connected already: what could fail comes before the first pause,
// so that nothing stands still for longer than it has to.
func (b *builder) connectPauses(keys []string) {
	for _, f := range b.calmedInOrder() {
		b.changeInCalm(f)
		b.newFeedersLater(f)
	}
	for _, key := range keys {
		switch s := b.steps[key]; s.Op {
		case Pause:
			b.needsOfPause(s)
		case Resume:
			b.resumeAfter(s)
		}
	}
}

func (b *builder) calmedInOrder() []*state.Component {
	var out []*state.Component
	for _, f := range b.lives.Components {
		if b.calmed[f.Addr()] != nil {
			out = append(out, f)
		}
	}
	return out
}

// changeInCalm lets a component be changed when it is drained, and its successors
// subscribe when nothing is sent any more, so that they get no message twice.
func (b *builder) changeInCalm(f *state.Component) {
	write := b.stopping(f.Addr())
	for _, t := range f.Inputs() {
		for _, s := range []*Step{write, b.steps[id(Keep, f.Addr())]} {
			if s != nil {
				b.need(s, Drain, state.SubscriptionAddr(t, f.Subscription()))
			}
		}
		for _, addr := range b.newReaders(t) {
			sub := b.steps[id(Create, addr)]
			if sub.Change.After.(*state.Subscription).Replaces != f.Subscription() {
				continue
			}
			for _, w := range b.lives.Writing(t) {
				b.need(sub, Pause, w.Addr())
			}
			for _, g := range b.wants.Components {
				if s := b.steps[id(Create, g.Addr())]; s != nil && b.goes(f.Addr()) && slices.Contains(g.Inputs(), t) && state.SubscriptionAddr(t, g.Subscription()) == addr {
					b.need(s, Delete, f.Addr()) // their producers have one name
				}
			}
		}
	}
}

// stopping is the step that stops the live instances, for a change of theirs or to
// start those that stand still beside them; nil for none.
func (b *builder) stopping(addr state.Addr) *Step {
	for _, op := range []Op{Delete, Update} {
		if s := b.steps[id(op, addr)]; s != nil {
			return s
		}
	}
	if b.restarted[addr] && b.steps[id(Pause, addr)] == nil {
		return b.steps[id(Resume, addr)]
	}
	return nil
}

// settled makes a step need that a component is as the plan leaves it.
func (b *builder) settled(s *Step, addr state.Addr) {
	op := AwaitRunning
	if b.goes(addr) {
		op = Delete
	} else if b.steps[id(AwaitRunning, addr)] == nil {
		op = Resume
	}
	b.need(s, op, addr)
}

// newFeedersLater keeps what begins to write an input of a component away until
// that is changed.
func (b *builder) newFeedersLater(f *state.Component) {
	if b.stopping(f.Addr()) == nil {
		return // it is only paused
	}
	for _, c := range b.changes {
		after, ok := c.After.(*state.Component)
		if !ok || c.Addr == f.Addr() || b.steps[id(Pause, c.Addr)] != nil {
			continue
		}
		for _, t := range after.Writes() {
			before, live := c.Before.(*state.Component)
			if !slices.Contains(f.Inputs(), t) || live && slices.Contains(before.Writes(), t) {
				continue
			}
			for _, op := range []Op{Create, Update} {
				if s := b.steps[id(op, c.Addr)]; s != nil {
					b.settled(s, f.Addr())
				}
			}
		}
	}
}

// needsOfPause: what can fail comes before; what feeds the component stops before,
// if the stop of the component itself would lose messages; and its own change
// comes when all is done that it was paused for, while it still stands.
func (b *builder) needsOfPause(s *Step) {
	if f := b.calmed[s.Addr]; f != nil {
		for _, t := range f.Inputs() {
			b.need(s, Drain, state.SubscriptionAddr(t, f.Subscription()))
		}
	}
	b.need(s, AwaitKept, s.Addr)
	own := b.stopping(s.Addr)
	if own != nil {
		b.need(own, Pause, s.Addr)
	}
	for _, addr := range b.pausedFor[s.Addr] {
		if own != nil {
			b.settled(own, addr)
		}
		write := b.stopping(addr)
		if write == nil {
			continue
		}
		for _, n := range write.Needs {
			if t := b.steps[n]; mayFailBefore(t) {
				b.need(s, t.Op, t.Addr)
			}
		}
	}
}

// mayFailBefore tells of writes that do not concern running instances, and that can
// be made while everything runs: not of a subscription that takes another's place,
// which is made in silence.
func mayFailBefore(s *Step) bool {
	sub, ok := s.Change.After.(*state.Subscription)
	return (s.Op == Create || s.Op == Update) && !s.Addr.Kind().IsComponent() && (!ok || sub.Replaces == "")
}

// resumeAfter: a component goes on when all that it feeds is changed and runs, and
// its own change is made.
func (b *builder) resumeAfter(s *Step) {
	after := func(addr state.Addr, ops ...Op) {
		for _, op := range ops {
			if t := b.steps[id(op, addr)]; t != nil {
				s.After = append(s.After, t.ID)
			}
		}
	}
	after(s.Addr, Pause, Update, Delete, Create)
	for _, addr := range b.pausedFor[s.Addr] {
		after(addr, Keep, AwaitKept, Update, Delete, Create, Resume, AwaitRunning)
	}
	slices.Sort(s.After)
}
