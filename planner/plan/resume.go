package plan

import (
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// resumeStopped starts the components that a run which was cut short has left
// stopped, or someone by hand: what the mesh names is to run. Where others of their
// instances run, workers stop and start those as well.
func (b *builder) resumeStopped() {
	if b.header.Destroy {
		return
	}
	var found []*state.Component
	for _, f := range b.lives.Components {
		c := b.all[f.Addr()]
		if c == nil || c.After == nil || c.Action == diff.Replace || !b.chosen(c.Addr) || b.live.Facts[f.Addr()].Stopped == 0 {
			continue
		}
		found = append(found, f)
		b.step(Resume, f.Addr(), c).Limit = RunLimit
		if c.Action == diff.NoOp {
			delete(b.steps, id(AwaitRunning, f.Addr())) // resuming waits as well
			b.restarted[f.Addr()] = b.restarts(f)
		}
	}
	for _, f := range found {
		if b.restarted[f.Addr()] && b.loses(f) && b.obstacle(f) == "" {
			b.calm(f)
		}
	}
	for _, f := range found {
		b.startsLater(f)
	}
}

// restarts tells whether a start of what stands still of a component stops instances
// that run: each start, even of one instance, is a change of the whole to workers,
// which stop and start all. Instances that a worker could not start need none.
func (b *builder) restarts(f *state.Component) bool {
	facts := b.live.Facts[f.Addr()]
	return facts.Stopped > facts.Unstarted && facts.Missing < f.Parallelism()
}

// startsLater lets a component that was found stopped start when those run that it
// feeds and that would lose outputs: a run which was killed after it had changed one
// of them may have paused it for that, and old instances may be about to stop.
func (b *builder) startsLater(f *state.Component) {
	if b.steps[id(Pause, f.Addr())] != nil || b.circular(f.Addr()) {
		return
	}
	for _, t := range b.lives.Writes(f) {
		for _, g := range b.lives.Reading(t) {
			c := b.all[g.Addr()]
			if c == nil || c.Action != diff.NoOp || !b.loses(g) || slices.Contains(b.pausedFor[f.Addr()], g.Addr()) {
				continue
			}
			if b.steps[id(Resume, g.Addr())] == nil {
				b.step(AwaitRunning, g.Addr(), c).Limit = RunLimit
			}
			b.pausedFor[f.Addr()] = append(b.pausedFor[f.Addr()], g.Addr())
		}
	}
}

// resumeRisks tell what it means that a start stops instances which run.
func (b *builder) resumeRisks() {
	for _, f := range b.lives.Components {
		s := b.steps[id(Resume, f.Addr())]
		if s == nil || s != b.stopping(f.Addr()) {
			continue
		}
		switch g := f.Guarantees(); {
		case g == "ATMOST_ONCE":
			s.risk(Risk{Kind: MessageLoss, Detail: "ATMOST_ONCE loses what is in process when instances stop"})
		case b.loses(f) && b.calmed[f.Addr()] == nil:
			s.risk(Risk{Kind: MessageLoss, Detail: "EFFECTIVELY_ONCE with " + b.knownDeduplication(f.Output()) + " loses outputs when instances stop under load; nothing can be paused for the start, since " + b.obstacle(f)})
		case b.loses(f) && b.allowed(f, MessageLoss):
			s.risk(Risk{Kind: MessageLoss, Detail: "EFFECTIVELY_ONCE with " + b.knownDeduplication(f.Output()) + " loses outputs if it is not drained within " + DrainLimit.String() + ", or --timeout"})
		case len(f.Inputs()) > 0 && !b.loses(f):
			s.risk(Risk{Kind: Reprocessing, Detail: "messages not yet acknowledged are processed again"})
		}
		n := f.Parallelism()
		s.risk(Risk{Kind: Restart, Instances: n, Detail: "some instances stand still, and to start them stops " + instances(n)})
	}
}
