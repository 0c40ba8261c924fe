package plan

import (
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

const effectivelyOnce = "EFFECTIVELY_ONCE"

// stopsEffectivelyOnce tells what a change risks that stops instances with that
// guarantee. What is deduplicated loses outputs (see builder.pause), what is not
// gives them twice.
func (b *builder) stopsEffectivelyOnce(c *diff.Change, s *Step, live *state.Component) {
	switch {
	case len(live.Inputs()) == 0 && !b.deduplicated(live):
		return // what a connector sends again is its own affair
	case !b.losesByChange(c):
		if after, stays := c.After.(*state.Component); stays && (after.Guarantees() != effectivelyOnce || !b.deduplicated(live)) {
			s.risk(Risk{Kind: Reprocessing, Detail: "messages not yet acknowledged are processed again"})
		}
	case b.calmed[c.Addr] == nil:
		s.risk(Risk{Kind: MessageLoss, Detail: "EFFECTIVELY_ONCE with " + b.knownDeduplication(live.Output()) + " loses outputs when instances stop under load; nothing can be paused for the change, since " + b.obstacle(live)})
	case b.allowed(live, MessageLoss):
		s.risk(Risk{Kind: MessageLoss, Detail: "EFFECTIVELY_ONCE with " + b.knownDeduplication(live.Output()) + " loses outputs if it is not drained within " + DrainLimit.String() + ", or --timeout"})
	}
}

// startsEffectivelyOnce tells what a new component with that guarantee risks: all
// messages of a batch have one sequence id, by which a broker that deduplicates drops
// the outputs of all but the first.
func (b *builder) startsEffectivelyOnce(c *diff.Change) {
	after := c.After.(*state.Component)
	s, ok := b.steps[id(Create, c.Addr)]
	if !ok || !b.deduplicated(after) || len(after.Inputs())+len(after.Patterns()) == 0 {
		return
	}
	if who := b.batcher(after); who != "" {
		s.risk(Risk{Kind: MessageLoss, Detail: "EFFECTIVELY_ONCE with " + b.knownDeduplication(after.Output()) + " loses most outputs behind a producer that batches, and " + who})
	}
}

// batcher says who sends, or may send, to a component in batches; "" for nobody.
func (b *builder) batcher(f *state.Component) string {
	if len(f.Patterns()) > 0 {
		return "who writes the topics that it reads by its pattern is not known"
	}
	for _, t := range f.Inputs() {
		if why := b.strangers(t); why != "" {
			return why + ", perhaps so"
		}
		for _, w := range b.lives.Writing(t) {
			if !slices.Contains(w.Writes(), t) && !b.goes(w.Addr()) && !unbatched(w) {
				return "the code of " + string(w.Kind) + " " + w.Name + " does on its input " + shortTopic(t)
			}
		}
		writers := b.wants.Writing(t)
		if len(writers) == 0 {
			return "its input " + shortTopic(t) + " is written from outside of the mesh, perhaps so"
		}
		for _, w := range writers {
			runtime, _ := w.Fields["runtime"].(string)
			if !unbatched(w) || w.Output() != t || w.Kind == state.KindFunction && runtime != "" && runtime != "JAVA" {
				return string(w.Kind) + " " + w.Name + " does on its input " + shortTopic(t)
			}
		}
	}
	return ""
}

// knownDeduplication words what is known of a topic.
func (b *builder) knownDeduplication(topic string) string {
	if b.live.Facts[state.TopicAddr(topic)].Deduplication == state.On {
		return "broker deduplication on"
	}
	return "broker deduplication, which is not known to be off,"
}

// pauseRisks tell what it means for a component to be paused.
func (b *builder) pauseRisks() {
	for _, f := range b.lives.Components {
		s := b.steps[id(Pause, f.Addr())]
		if s == nil {
			continue
		}
		n := f.Parallelism()
		s.risk(Risk{Kind: Restart, Instances: n, Detail: "stops " + instances(n) + " until what it feeds is changed and runs"})
		if g := f.Guarantees(); len(f.Inputs()) > 0 && (g == "ATLEAST_ONCE" || g == "MANUAL") {
			s.risk(Risk{Kind: Reprocessing, Detail: "messages not yet acknowledged are processed again"})
		}
	}
}

func instances(n int) string {
	if n == 1 {
		return "the instance"
	}
	return "all " + count(n, "instance")
}
