package plan

import (
	"fmt"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// risks adds what the steps of a change can do beyond what they are for.
func (b *builder) risks(c *diff.Change) {
	switch kind := c.Addr.Kind(); {
	case kind.IsComponent():
		b.componentRisks(c)
	case kind == state.KindSubscription:
		if c.Action == diff.Delete {
			b.subscriptionRisks(c)
		}
	case kind == state.KindTopic:
		b.topicRisks(c)
	case kind == state.KindPolicies:
		b.policiesRisks(c)
	}
}

func (b *builder) componentRisks(c *diff.Change) {
	if c.Action == diff.Create {
		b.startsEffectivelyOnce(c)
		return
	}
	op := Update
	if c.Action == diff.Replace || c.Action == diff.Delete {
		op = Delete
	}
	s := b.steps[id(op, c.Addr)]
	live := c.Before.(*state.Component)
	n := live.Parallelism() - c.Kept
	if c.Kept > 0 && n <= 0 {
		return // it only gets more instances
	}
	switch live.Guarantees() {
	case effectivelyOnce:
		b.stopsEffectivelyOnce(c, s, live)
	case "ATMOST_ONCE":
		s.risk(Risk{Kind: MessageLoss, Detail: "ATMOST_ONCE loses what is in process when instances stop"})
	}
	if op == Delete && b.live.StateStore && live.Kind == state.KindFunction {
		s.risk(Risk{Kind: StateLoss, Detail: "deleting a function deletes the state that its code keeps"})
	}
	b.keepRisks(c)
	if c.Action == diff.Delete {
		b.movedRisks(c, s)
		return
	}
	if live.Guarantees() != effectivelyOnce {
		b.startsEffectivelyOnce(c)
	}
	before := live.Output()
	if after := c.After.(*state.Component).Output(); before != "" && after != "" && before != after {
		s.risk(Risk{Kind: Reorder, Detail: "what is still on its way through " + shortTopic(before) + " can be overtaken"})
	}
	s.risk(Risk{Kind: Restart, Instances: n, Detail: stops(n)})
	if len(live.Inputs()) > 0 && (live.Guarantees() == "ATLEAST_ONCE" || live.Guarantees() == "MANUAL") {
		s.risk(Risk{Kind: Reprocessing, Detail: "messages not yet acknowledged are processed again"})
	}
}

func (b *builder) subscriptionRisks(c *diff.Change) {
	sub := c.Before.(*state.Subscription)
	facts := b.live.Facts[c.Addr]
	s := b.steps[id(Delete, c.Addr)]
	reader := b.reader(sub)
	switch {
	case facts.Covered:
		s.GoOn = true
		return
	case reader != nil && (b.readsOn(reader, sub) || !b.header.Destroy && len(b.newReaders(sub.Topic)) > 0):
		// The new subscription is there before the old one is drained: what it has
		// not seen was processed, what came since it has, too.
		s.GoOn = true
		if !b.steps[id(Drain, c.Addr)].Quiet {
			s.risk(Risk{Kind: Reprocessing, Detail: "messages that arrive during the change are processed twice"})
		}
		return
	case reader == nil && facts.Backlog > 0:
		s.GoOn = true
		s.risk(Risk{Kind: MessageLoss, Messages: facts.Backlog, Detail: "no function reads the subscription any more, its backlog goes with it"})
	case reader != nil && facts.Backlog > 0 && b.allowed(reader, MessageLoss):
		s.GoOn = true
		drain := b.steps[id(Drain, c.Addr)]
		drain.Limit, drain.GoOn = LossyDrainLimit, true
		s.risk(Risk{Kind: MessageLoss, Messages: facts.Backlog, Detail: "what is not processed within " + LossyDrainLimit.String() + ", or --timeout, goes with the subscription"})
	}
	if reader != nil && facts.Backlog > 0 && !b.allowed(reader, MessageLoss) && b.standStill(b.readers(sub)) {
		s.risk(Risk{Kind: MessageLoss, Messages: facts.Backlog, Detail: string(reader.Kind) + " " + reader.Name + " stands still and would be waited for in vain; it has to be started first, else its backlog goes with the subscription"})
	}
	if writers := b.writersThatStay(sub.Topic); writers != "" {
		s.GoOn = true
		s.risk(Risk{Kind: MessageLoss, Detail: writers + " " + shortTopic(sub.Topic) + "; what is sent after the drain goes with the subscription"})
	}
}

// standStill tells that no instance of components runs, and that the plan starts none.
func (b *builder) standStill(list []*state.Component) bool {
	for _, f := range list {
		if b.live.Facts[f.Addr()].Stopped < f.Parallelism() || b.steps[id(Resume, f.Addr())] != nil {
			return false
		}
	}
	return true
}

// readsOn tells whether the function still reads the topic after the plan, through another subscription.
func (b *builder) readsOn(f *state.Component, sub *state.Subscription) bool {
	next, ok := b.want.Resources[f.Addr()].(*state.Component)
	return ok && !b.header.Destroy && next.Reads(sub.Topic) && next.Subscription() != sub.Name
}

// writersThatStay names who can still send to a topic after its reader went; "" for nobody.
func (b *builder) writersThatStay(topic string) string {
	for _, f := range b.lives.Writing(topic) {
		if !b.goes(f.Addr()) && !b.stopsWriting(f, topic) {
			return string(f.Kind) + " " + f.Name + " is still there on"
		}
	}
	if f := b.newWriter(topic); f != nil {
		return string(f.Kind) + " " + f.Name + " comes and writes"
	}
	if n := b.live.Facts[state.TopicAddr(topic)].Publishers; n > 0 {
		return count(n, "producer") + " of others " + isAre(n) + " still there on"
	}
	return ""
}

func (b *builder) topicRisks(c *diff.Change) {
	switch c.Action {
	case diff.Delete:
		s := b.steps[id(Delete, c.Addr)]
		s.risk(Risk{Kind: TopicData, Detail: "deletes the topic with all messages that it keeps"})
		if n := b.live.Facts[c.Addr].OtherBacklog; n > 0 {
			s.risk(Risk{Kind: MessageLoss, Messages: n, Detail: "subscriptions of others go with it, with what waits in them"})
		}
	case diff.Update:
		s := b.steps[id(Update, c.Addr)]
		s.risk(Risk{Kind: Reorder, Detail: "keys move to other partitions; messages of one key can be processed out of order during the change"})
	}
}

func (s *Step) risk(r Risk) { s.Risks = append(s.Risks, r) }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func stops(n int) string {
	if n == 1 {
		return "stops the instance and starts a new one"
	}
	return "stops all " + count(n, "instance") + " and starts new ones"
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// shortTopic leaves the scheme out of a topic's name.
func shortTopic(topic string) string {
	const scheme = "persistent://"
	if len(topic) > len(scheme) && topic[:len(scheme)] == scheme {
		return topic[len(scheme):]
	}
	return topic
}
