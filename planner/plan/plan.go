// Package plan turns changes into a plan: the steps that will be taken, in an
// order that loses no message, with what each of them risks. Nothing is decided
// after the plan.
package plan

import (
	"slices"
	"time"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// Format is the version of the plan file. Its number rises when a reader of the
// old format could misunderstand a new file.
const Format = "meshc.plan/1"

// Plan is what will happen to one mesh. A saved plan is the same value as a
// computed one.
type Plan struct {
	Format string `json:"format"`
	// Mesh is tenant/namespace/name.
	Mesh    string `json:"mesh"`
	Backend string `json:"backend"`
	// Cluster is where the plan was made; it is refused elsewhere.
	Cluster Cluster `json:"cluster"`
	// Base is the fingerprint of the live state that the plan starts from; the
	// plan is refused when live has moved.
	Base string `json:"base"`
	// Seen are the fingerprints of what was there, by address, to tell what moved.
	Seen map[state.Addr]string `json:"seen"`
	// Scope are the addresses whose state Base covers, beside what carries the mesh's mark.
	Scope []state.Addr `json:"scope"`
	// Sensitive are the places of configs whose values the mesh file keeps secret, as
	// JSON pointers into a component's fields; Base and Seen cover their digests.
	Sensitive map[state.Addr][]string `json:"sensitive,omitempty"`
	// Undeduplicated are the topics on which the plan counts on broker deduplication
	// being off: where it is not any more, it could lose messages and is refused.
	Undeduplicated []state.Addr `json:"undeduplicated,omitempty"`
	Destroy        bool         `json:"destroy,omitempty"`
	Steps          []Step       `json:"steps"`
	// Only is what the plan was narrowed to, as it was typed. For display only.
	Only []string `json:"only,omitempty"`
	// Unchanged are the functions that stay as they are. For display only.
	Unchanged []state.Addr `json:"unchanged,omitempty"`
	// Retained are resources that the mesh made, does not name now and keeps. For display only.
	Retained []state.Addr `json:"retained,omitempty"`
	// Desired is all that is wanted, in the order of the addresses, and Sources what it
	// was compiled from, without literal secrets. For records only.
	Desired []state.Boxed `json:"desired,omitempty"`
	Sources []Source      `json:"sources,omitempty"`
	// Reconcile is what the mesh says about drift (mesh.Mesh.Reconcile). For records only.
	Reconcile string `json:"reconcile,omitempty"`
}

// Source is a text that a mesh was compiled from.
type Source struct {
	// Name is the file's, as it was typed.
	Name string `json:"name"`
	Text string `json:"text"`
}

// Cluster names a cluster.
type Cluster struct {
	Name string `json:"name"`
	// URL is the admin service's, without credentials.
	URL string `json:"url"`
}

// Op is the kind of a step.
type Op string

// The operations.
const (
	Create Op = "create"
	Update Op = "update"
	Delete Op = "delete"
	// Drain waits until all messages up to a point are processed; see Step.Behind.
	Drain Op = "drain"
	// AwaitRunning waits until all instances of a function run and their new consumers are connected.
	AwaitRunning Op = "await-running"
	// Verify reads back and compares with what was asked for.
	Verify Op = "verify"
	// Keep turns cleanupSubscription off before a component is deleted: the worker
	// would delete its subscriptions with it. It writes the change's Between.
	Keep Op = "keep-subscriptions"
	// AwaitKept waits until the instances run as Keep wrote it.
	AwaitKept Op = "await-kept"
	// Pause stops all instances of a component and waits until they are gone and all
	// that they sent is stored, so that what reads from it can be drained.
	Pause Op = "pause"
	// Resume starts the instances of a component that stand still, and waits until they run.
	Resume Op = "resume"
)

// Writes tells whether the step changes the cluster.
func (o Op) Writes() bool {
	return o == Create || o == Update || o == Delete || o == Keep || o == Pause || o == Resume
}

// Step is one thing that will happen.
type Step struct {
	// ID is unique in the plan: the op, a blank and the address.
	ID   string     `json:"id"`
	Op   Op         `json:"op"`
	Addr state.Addr `json:"addr"`
	// Change is the change that the step is a part of.
	Change *diff.Change `json:"change"`
	Risks  []Risk       `json:"risks,omitempty"`
	// Needs are the IDs of the steps that have to succeed before.
	Needs []string `json:"needs,omitempty"`
	// After (Resume only) are the IDs of the steps that have to have ended before,
	// well or not: what was paused for a change that failed does not stay paused.
	After []string `json:"after,omitempty"`
	// Limit bounds how long the step may wait, in nanoseconds; 0 is no limit of its own.
	Limit time.Duration `json:"limit,omitempty"`
	// GoOn lets a Drain end at its Limit, and the Delete of a subscription take what
	// is left along: the loss was allowed, or another subscription has it as well.
	GoOn bool `json:"goOn,omitempty"`
	// Behind (Drain only) names the subscription that takes the place of the drained
	// one: what came before it was made has to be processed. Without it, what was
	// there when the drain began.
	Behind state.Addr `json:"behind,omitempty"`
	// Quiet (Drain only) tells that all that writes the topic is paused or gone: the
	// drain ends when nothing is left and nobody is there to send more.
	Quiet bool `json:"quiet,omitempty"`
}

// before are the IDs of all steps that come before.
func (s *Step) before() []string {
	if len(s.After) == 0 {
		return s.Needs
	}
	return slices.Concat(s.Needs, s.After)
}

// RiskKind is the name of a risk, as --allow takes it.
type RiskKind string

// The risks.
const (
	MessageLoss  RiskKind = "message-loss"
	StateLoss    RiskKind = "state-loss"
	TopicData    RiskKind = "topic-data"
	Restart      RiskKind = "restart"
	Reprocessing RiskKind = "reprocessing"
	Reorder      RiskKind = "reorder"
)

// RiskKinds are all risks, those that must be allowed first.
func RiskKinds() []RiskKind {
	return []RiskKind{MessageLoss, StateLoss, TopicData, Restart, Reprocessing, Reorder}
}

// MustBeAllowed tells whether apply refuses the risk unless the user allows it.
func (k RiskKind) MustBeAllowed() bool {
	return k == MessageLoss || k == StateLoss || k == TopicData
}

// Risk is what a step can do beyond what it is for.
type Risk struct {
	Kind RiskKind `json:"kind"`
	// Detail tells the case in one sentence without a full stop.
	Detail string `json:"detail"`
	// Messages is the backlog at stake, 0 where it is not known.
	Messages int64 `json:"messages,omitempty"`
	// Instances is how many restart.
	Instances int `json:"instances,omitempty"`
	// Allowed tells that the mesh file allows the risk for its node (lifecycle.allow).
	Allowed bool `json:"allowed,omitempty"`
}

// Empty tells that nothing will happen.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// Refused returns the steps' risks that must be allowed and are not, by step.
func (p *Plan) Refused(allowed []RiskKind) map[string][]Risk {
	out := map[string][]Risk{}
	for _, s := range p.Steps {
		for _, r := range s.Risks {
			if r.Kind.MustBeAllowed() && !r.Allowed && !contains(allowed, r.Kind) {
				out[s.ID] = append(out[s.ID], r)
			}
		}
	}
	return out
}

// Waits returns the functions that do not change and that the plan waits for,
// since not all of their instances run.
func (p *Plan) Waits() []state.Addr {
	var out []state.Addr
	for _, s := range p.Steps {
		if s.Op == AwaitRunning && s.Change.Action == diff.NoOp {
			out = append(out, s.Addr)
		}
	}
	return out
}

// Changes returns each change once, in the order of the steps.
func (p *Plan) Changes() []diff.Change {
	var out []diff.Change
	seen := map[state.Addr]bool{}
	for _, s := range p.Steps {
		if s.Change.Action != diff.NoOp && !seen[s.Addr] {
			seen[s.Addr] = true
			out = append(out, *s.Change)
		}
	}
	return out
}

func contains(list []RiskKind, k RiskKind) bool {
	for _, e := range list {
		if e == k {
			return true
		}
	}
	return false
}
