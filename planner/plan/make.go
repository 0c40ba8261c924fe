package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// The limits of waiting steps.
const (
	// RunLimit bounds the wait for instances: a Python or Java process on a busy
	// machine takes up to half a minute, a retry of the worker comes each 30 s.
	RunLimit = 5 * time.Minute
	// DrainLimit bounds the wait for an empty backlog.
	DrainLimit = 5 * time.Minute
	// LossyDrainLimit is DrainLimit where the loss of the rest was allowed.
	LossyDrainLimit = 30 * time.Second
)

// Header says what a plan is for; see the fields of Plan.
type Header struct {
	Backend string
	Cluster Cluster
	Destroy bool
	// Allowed are the risks that the user allows. With MessageLoss a drain that
	// does not end is given up; without it the drain fails and nothing is lost.
	Allowed []RiskKind
	// Only is what the plan was narrowed to.
	Only []string
	// Chosen are the addresses that the plan may touch, nil for all: others that stand
	// still are neither started nor waited for, but for what the plan itself pauses.
	Chosen map[state.Addr]bool
	// KeepsSubscriptions tells that no subscription goes with its reader: on the way
	// back of a run that failed, and without a connection to Pulsar. Nothing else tells
	// then that what writes goes before what reads.
	KeepsSubscriptions bool
	// NoWaits leaves out the waits for components that do not change and do not run.
	NoWaits bool
	// Read is the live state as it was read, where live was aligned with what is
	// wanted since; apply compares with that. nil means live.
	Read *state.State
	// Prints gives the fingerprints of Read where they are being worked out already.
	Prints func() (all string, each map[state.Addr]string)
}

// New makes the plan for changes that diff.Diff gave for these two states,
// without findings of severity error; live has to be masked where want keeps
// values secret (state.State.Mask). The same input gives the same plan.
func New(h Header, live, want *state.State, changes []diff.Change) *Plan {
	b := &builder{header: h, live: live, want: want, lives: live.Index(), wants: want.Index(), undeduplicated: map[state.Addr]bool{}}
	read := h.Read
	if read == nil {
		read = live
	}
	prints := h.Prints
	if prints == nil {
		prints = read.Fingerprints
	}
	base, seen := prints()
	p := &Plan{
		Format: Format, Mesh: live.Mesh.String(), Backend: h.Backend, Cluster: h.Cluster,
		Base: base, Seen: seen, Scope: want.Addrs(), Sensitive: want.SensitivePaths(), Destroy: h.Destroy, Only: h.Only,
	}
	for _, addr := range p.Scope {
		p.Desired = append(p.Desired, state.Boxed{Resource: want.Resources[addr]})
	}
	for _, c := range changes {
		switch {
		case c.Action != diff.NoOp:
		case c.Why == diff.Retained:
			p.Retained = append(p.Retained, c.Addr)
		case c.Addr.Kind().IsComponent():
			p.Unchanged = append(p.Unchanged, c.Addr)
		}
	}
	p.Steps = b.make(changes)
	if p.Steps == nil {
		b.inTheWay = true
		p.Steps = b.make(changes)
	}
	p.Undeduplicated = slices.Sorted(maps.Keys(b.undeduplicated))
	if p.Steps == nil {
		// Needs follow the acyclic mesh, so this is a bug, caught before anything is done.
		panic("plan: steps need each other in a circle")
	}
	return p
}

// make makes all steps, in order; nil if they need each other in a circle.
func (b *builder) make(changes []diff.Change) []Step {
	b.steps, b.changes, b.firstWrites = map[string]*Step{}, nil, nil
	for i := range changes {
		c := &changes[i]
		if c.Action != diff.NoOp {
			b.changes = append(b.changes, c)
		} else if c.Addr.Kind().IsComponent() && b.live.Facts[c.Addr].Missing > 0 && !b.header.Destroy && !b.header.NoWaits && b.chosen(c.Addr) {
			// An earlier run was cut before it had waited, or something is wrong.
			b.step(AwaitRunning, c.Addr, c).Limit = RunLimit
		}
	}
	for _, c := range b.changes {
		b.expand(c)
	}
	b.pause(changes)
	for _, c := range b.changes {
		b.risks(c)
	}
	b.pauseRisks()
	b.resumeRisks()
	b.allow()
	b.group()
	b.connect()
	return b.ordered()
}

// builder collects the steps of a plan and ties them together.
type builder struct {
	header     Header
	live, want *state.State
	// lives and wants find what is in live and want.
	lives, wants *state.Index
	changes      []*diff.Change
	steps        map[string]*Step
	// firstWrites are what every new subscription waits for.
	firstWrites []state.Addr
	// collection is the first package that is collected.
	collection *Step
	// circles are the live components on circles, see circular.
	circles map[state.Addr]bool
	// heirs are the changes that make what takes a component's place, see heir.
	heirs map[state.Addr]*diff.Change
	// groups are for the order of steps, see group.
	groups map[state.Addr]int
	// undeduplicated are the topics that were asked about and are not deduplicated.
	undeduplicated map[state.Addr]bool
	pauses
	// all are the changes by address, those that change nothing among them.
	all map[state.Addr]*diff.Change
}

func id(op Op, addr state.Addr) string { return string(op) + " " + string(addr) }

// step adds a step once; the second call of the same op and address returns the first.
func (b *builder) step(op Op, addr state.Addr, c *diff.Change) *Step {
	key := id(op, addr)
	if s, ok := b.steps[key]; ok {
		return s
	}
	s := &Step{ID: key, Op: op, Addr: addr, Change: c}
	b.steps[key] = s
	return s
}

// chosen tells whether the plan may touch an address.
func (b *builder) chosen(addr state.Addr) bool {
	return b.header.Chosen == nil || b.header.Chosen[addr]
}

// expand makes the steps of one change.
func (b *builder) expand(c *diff.Change) {
	switch c.Action {
	case diff.Create:
		b.step(Create, c.Addr, c)
	case diff.Update, diff.Adopt:
		b.step(Update, c.Addr, c)
	case diff.Delete:
		b.step(Delete, c.Addr, c)
	case diff.Replace:
		b.step(Delete, c.Addr, c)
		b.step(Create, c.Addr, c)
	}
	if c.Between != nil {
		b.step(Keep, c.Addr, c)
		b.step(AwaitKept, c.Addr, c).Limit = RunLimit
	}
	if c.Addr.Kind().IsComponent() && c.Action != diff.Delete {
		b.step(AwaitRunning, c.Addr, c).Limit = RunLimit
		b.step(Verify, c.Addr, c)
	}
	if c.Addr.Kind() == state.KindSubscription && c.Action == diff.Delete {
		b.drain(c)
	}
}

// drain empties a subscription before it is deleted, while its function still runs.
func (b *builder) drain(c *diff.Change) {
	if b.reader(c.Before.(*state.Subscription)) == nil {
		return
	}
	b.step(Drain, c.Addr, c).Limit = DrainLimit
}

// reader returns the first live function that reads through a subscription, or nil.
func (b *builder) reader(sub *state.Subscription) *state.Component {
	if all := b.readers(sub); len(all) > 0 {
		return all[0]
	}
	return nil
}

// readers returns the live functions that read through a subscription.
func (b *builder) readers(sub *state.Subscription) []*state.Component {
	return b.lives.Through(sub.Topic, sub.Name)
}
