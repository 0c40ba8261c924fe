package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// PauseLimit bounds the wait until a stopped component is gone: a worker gives
// each instance 10 s, one after the other.
const PauseLimit = 2 * time.Minute

// pauses are what has to stand still around changes, see builder.pause.
type pauses struct {
	// obstacles say by component why nothing can be done, "" where it can.
	obstacles map[state.Addr]string
	// calmed are the components of which nothing is in process when they stop.
	calmed map[state.Addr]*state.Component
	// inTheWay tells that pauses and other changes of the plan would wait for each
	// other, so that nothing can be paused.
	inTheWay bool
	// pausedFor are, by paused component, those that it feeds, and by one that was
	// found stopped those that run before it is started.
	pausedFor map[state.Addr][]state.Addr
	// restarted are the components whose start stops instances that run, see restarts.
	restarted map[state.Addr]bool
}

// pause keeps changes from losing messages that instances lose when they stop
// under load: where EFFECTIVELY_ONCE meets broker deduplication, outputs that were
// stored and not acknowledged share a batch with new ones after the restart, and
// the broker drops the whole batch as a duplicate (MessageDeduplication compares
// its lowest id only). With nothing in process there is nothing to send again. So
// all that writes the inputs of such a component is paused, the component drained,
// changed and awaited, and then the others resumed. Only what feeds it stops; the
// same component paused is such a stop, so its own feeders are paused before it.
func (b *builder) pause(changes []diff.Change) {
	b.pauses = pauses{
		inTheWay:  b.inTheWay,
		obstacles: map[state.Addr]string{}, calmed: map[state.Addr]*state.Component{}, pausedFor: map[state.Addr][]state.Addr{},
		restarted: map[state.Addr]bool{},
	}
	b.all = map[state.Addr]*diff.Change{}
	for i := range changes {
		b.all[changes[i].Addr] = &changes[i]
	}
	for _, c := range b.changes {
		if f, ok := c.Before.(*state.Component); ok && b.losesByChange(c) && b.obstacle(f) == "" {
			b.calm(f)
		}
	}
	b.resumeStopped()
}

// loses tells whether a live component loses outputs when its instances stop under load.
func (b *builder) loses(f *state.Component) bool { return b.deduplicated(f) && !unbatched(f) }

// deduplicated tells whether the broker drops, or may drop, outputs of a component
// that it takes for sent already.
func (b *builder) deduplicated(f *state.Component) bool {
	if f.Guarantees() != effectivelyOnce || f.Output() == "" {
		return false
	}
	out := state.TopicAddr(f.Output())
	if b.live.Facts[out].Deduplication == state.Off {
		b.undeduplicated[out] = true
		return false
	}
	return true
}

// losesByChange is loses for what a change does to a component.
func (b *builder) losesByChange(c *diff.Change) bool {
	before := c.Before.(*state.Component)
	if c.Action == diff.Delete {
		return b.livesOn(before) && b.loses(before)
	}
	after := c.After.(*state.Component)
	// With another guarantee its producers have other names, of which the broker knows nothing yet.
	return b.deduplicated(before) && after.Guarantees() == effectivelyOnce && !(unbatched(before) && unbatched(after))
}

// livesOn tells of a component that goes whether what it has in process is sent
// again, by another one with producers of the same name: workers name them for the
// input alone.
func (b *builder) livesOn(f *state.Component) bool {
	if b.header.Destroy {
		return false
	}
	for _, t := range f.Inputs() {
		if _, goes := b.steps[id(Delete, state.SubscriptionAddr(t, f.Subscription()))]; !goes {
			return true
		}
		for _, g := range b.wants.Components {
			if g.Guarantees() == effectivelyOnce && g.Output() == f.Output() && slices.Contains(g.Inputs(), t) {
				return true
			}
		}
	}
	return false
}

// unbatched tells of a component that sends each message by itself: the broker
// looks at each of them then, and drops none that is new.
func unbatched(f *state.Component) bool {
	producer, _ := f.Fields["producerConfig"].(map[string]any)
	batching, _ := producer["batchingConfig"].(map[string]any)
	return batching["enabled"] == false || producer["maxPendingMessages"] == 1.0
}

// obstacle says why a component cannot be left without input for a while; "" where
// it can.
func (b *builder) obstacle(f *state.Component) string {
	if why, known := b.obstacles[f.Addr()]; known {
		return why
	}
	b.obstacles[f.Addr()] = "messages go round in a circle through it" // until it is known better
	why := b.findObstacle(f)
	b.obstacles[f.Addr()] = why
	return why
}

func (b *builder) findObstacle(f *state.Component) string {
	switch {
	case b.inTheWay:
		return "other changes of the plan would have to come before and after it; apply them first"
	case len(f.Patterns()) > 0:
		return "which topics it reads by its pattern is not known"
	case len(f.Inputs()) == 0:
		return "a source has no topic that could be drained"
	}
	for _, t := range f.Inputs() {
		if why := b.outsiders(t); why != "" {
			return why
		}
		for _, w := range b.lives.Writing(t) {
			switch {
			case b.goes(w.Addr()):
			case w.Guarantees() == "ATMOST_ONCE" && w.Kind != state.KindSource:
				return string(w.Kind) + " " + w.Name + ", which feeds it, is ATMOST_ONCE and would itself lose messages by a pause"
			case b.loses(w) && b.obstacle(w) != "":
				return string(w.Kind) + " " + w.Name + ", which feeds it, cannot be paused: " + b.obstacle(w)
			}
		}
	}
	return ""
}

// outsiders says who else can write a topic, beside the components that can be paused.
func (b *builder) outsiders(topic string) string {
	if why := b.strangers(topic); why != "" {
		return why
	}
	if !slices.ContainsFunc(b.lives.Writing(topic), func(f *state.Component) bool { return slices.Contains(f.Writes(), topic) }) {
		return "its input " + shortTopic(topic) + " is written from outside of the mesh"
	}
	return ""
}

// strangers says who that is not of the mesh writes a topic, or has the right to; ""
// for nobody that is known.
func (b *builder) strangers(topic string) string {
	addr := state.TopicAddr(topic)
	if n := b.live.Facts[addr].Publishers; n > 0 {
		return "its input " + shortTopic(topic) + " is written by " + count(n, "producer") + " of others"
	}
	wanted, named := b.want.Resources[addr].(*state.Topic)
	have, _ := b.live.Resources[addr].(*state.Topic)
	if named && wanted.External || !named && (have == nil || have.Owner != b.live.Mesh.String()) {
		return "its input " + shortTopic(topic) + " belongs to others, who may write it"
	}
	return ""
}

// calm makes the steps by which nothing is in process in a component.
func (b *builder) calm(f *state.Component) {
	if b.calmed[f.Addr()] != nil {
		return
	}
	b.calmed[f.Addr()] = f
	for _, t := range f.Inputs() {
		drain := b.step(Drain, state.SubscriptionAddr(t, f.Subscription()), b.unchanged(&state.Subscription{Topic: t, Name: f.Subscription()}))
		drain.Limit, drain.Quiet = DrainLimit, true
		if b.allowed(f, MessageLoss) {
			drain.GoOn = true
		}
		for _, w := range b.lives.Writing(t) {
			if b.goes(w.Addr()) {
				continue
			}
			b.step(Pause, w.Addr(), b.unchanged(w)).Limit = PauseLimit
			b.step(Resume, w.Addr(), b.unchanged(w)).Limit = RunLimit
			if !slices.Contains(b.pausedFor[w.Addr()], f.Addr()) {
				b.pausedFor[w.Addr()] = append(b.pausedFor[w.Addr()], f.Addr())
			}
			if b.loses(w) {
				b.calm(w)
			}
		}
	}
}

// unchanged is the change that a step is a part of which is about something that
// need not change itself.
func (b *builder) unchanged(r state.Resource) *diff.Change {
	if c := b.all[r.Addr()]; c != nil {
		return c
	}
	c := &diff.Change{Addr: r.Addr(), Action: diff.NoOp, Before: r, After: r, Why: diff.Same}
	b.all[r.Addr()] = c
	return c
}

// PausedFor returns the components that a paused one feeds and waits for, sorted.
func (p *Plan) PausedFor(addr state.Addr) []state.Addr {
	var out []state.Addr
	for _, s := range p.Steps {
		if s.Op != Resume || s.Addr != addr {
			continue
		}
		for _, n := range s.After {
			if _, fed, _ := strings.Cut(n, " "); state.Addr(fed) != addr {
				out = append(out, state.Addr(fed))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Resumes returns the components that are stopped when the plan begins and that it starts.
func (p *Plan) Resumes() []state.Addr {
	var out []state.Addr
	paused := map[state.Addr]bool{}
	for _, s := range p.Steps {
		switch s.Op {
		case Pause:
			paused[s.Addr] = true
		case Resume:
			if !paused[s.Addr] {
				out = append(out, s.Addr)
			}
		}
	}
	return out
}
