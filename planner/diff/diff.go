package diff

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// Options choose between bringing a mesh up to date and taking it down.
type Options struct {
	// Destroy takes the whole mesh down; the desired state only says what belongs to it.
	Destroy bool
	// DeleteTopics lets Destroy delete the topics that the mesh made.
	DeleteTopics bool
	// Keep are URLs of packages that are a way back, and stay; nil where nothing is
	// remembered, then the newest ones stay.
	Keep map[string]bool
}

// Diff compares live with want. The changes are in the order of their
// addresses, NoOp included. A finding of severity error means that the
// difference cannot be planned; the changes are then not to be carried out.
func Diff(live, want *state.State, rules RuleSet, opts Options) ([]Change, diag.List) {
	d := &differ{live: live, want: want, lives: live.Index(), wants: want.Index(), rules: rules, opts: opts}
	if opts.Destroy {
		d.destroy()
	} else {
		d.converge()
	}
	return d.changes, d.findings.Sorted()
}

type differ struct {
	live, want *state.State
	// lives and wants find what is in live and want.
	lives, wants *state.Index
	rules        RuleSet
	opts         Options
	changes      []Change
	findings     diag.List
	// spare are the packages to collect, once one was asked about.
	spare map[state.Addr]bool
	// leaving are the resources of which it was told that they go: many components can
	// be in one.
	leaving map[string]bool
}

func (d *differ) converge() {
	for _, addr := range union(d.live, d.want) {
		want, isWanted := d.want.Resources[addr]
		live, isLive := d.live.Resources[addr]
		switch {
		case isWanted && !isLive:
			d.absent(addr, want)
		case isWanted:
			d.compare(addr, live, want)
		default:
			d.unwanted(addr, live)
		}
	}
}

// absent plans a resource that is not there.
func (d *differ) absent(addr state.Addr, want state.Resource) {
	span := d.want.Places[addr].Span
	switch want := want.(type) {
	case *state.Namespace:
		if want.Owner == "" {
			d.findings.Add(diag.AbsentNamespace, span,
				"namespace "+want.Name+" does not exist in the cluster",
				"create it (pulsar-admin namespaces create "+want.Name+"), or let meshc do so: namespace: {name: "+afterSlash(want.Name)+", create: true}")
			return
		}
	case *state.Schema:
		d.absentSchema(want)
		return
	case *state.Policies:
		d.absentPolicies(want)
		return
	case *state.Topic:
		if want.External {
			d.findings.Add(diag.AbsentTopic, span,
				"topic "+want.Name+" is declared external and does not exist in the cluster",
				"create it first (pulsar-admin topics create "+want.Name+"), or remove `external: true` so that meshc creates it")
			return
		}
	}
	c := Change{Addr: addr, Action: Create, After: want, Why: Absent, Span: span}
	switch want := want.(type) {
	case *state.Subscription:
		c.After = d.successor(want)
	case *state.Component:
		after := settled(want)
		c.After, c.From = &after, d.predecessors(want)
	}
	d.add(c)
}

// successor makes a subscription take the place of another one, where one is
// read now and goes with this plan: of its own function under another name, or of
// a function whose input it takes over. The new one remembers it.
func (d *differ) successor(want *state.Subscription) *state.Subscription {
	after := *want
	for _, f := range d.wants.Through(want.Topic, want.Name) {
		live, ok := d.live.Resources[f.Addr()].(*state.Component)
		if ok && live.Owner == f.Owner && live.Subscription() != want.Name && live.Reads(want.Topic) {
			// It starts where it is made: what came before is in the old one, which is drained.
			after.Position, after.Replaces = "Latest", live.Subscription()
			return &after
		}
	}
	for _, f := range d.lives.Reading(want.Topic) {
		addr := state.SubscriptionAddr(want.Topic, f.Subscription())
		old, there := d.live.Resources[addr].(*state.Subscription)
		if _, wanted := d.want.Resources[addr]; there && !wanted && f.Owner == want.Owner && old.Owner == want.Owner {
			after.Replaces = f.Subscription()
			return &after
		}
	}
	return want
}

// compare plans a resource that is wanted and there.
func (d *differ) compare(addr state.Addr, live, want state.Resource) {
	switch want := want.(type) {
	case *state.Topic:
		d.compareTopic(addr, live.(*state.Topic), want)
	case *state.Schema:
		d.compareSchema(live.(*state.Schema), want)
	case *state.Policies:
		d.comparePolicies(live.(*state.Policies), want)
	case *state.Component:
		d.compareComponent(addr, live.(*state.Component), want)
	case *state.Subscription:
		// One whose making was cut short is made again, which completes it.
		have := live.(*state.Subscription)
		if d.shared(addr, have, want) {
			return
		}
		if have.Replaces != "" && have.Since == "" {
			d.absent(addr, want)
			return
		}
		if d.adoptsSubscription(have, want) {
			after := *have
			after.Owner = want.Owner
			d.add(Change{Addr: addr, Action: Adopt, Before: live, After: &after, Why: Adopted, Span: d.want.Places[addr].Span})
			return
		}
		d.noop(addr, live, Same)
	default:
		d.noop(addr, live, Same)
	}
}

// shared finds a subscription that others use as well: each of them would get
// only a part of the messages.
func (d *differ) shared(addr state.Addr, live, want *state.Subscription) bool {
	for _, f := range d.wants.Through(want.Topic, want.Name) {
		other, ok := d.live.Resources[f.Addr()].(*state.Component)
		if ok && other.Owner != f.Owner && !adopts(other, f) {
			// A function of others has the name; that is told already.
			return false
		}
	}
	whose, way := "", "give its reader a subscription name of its own"
	switch n := d.live.Facts[addr].Others; {
	case live.Owner != "" && live.Owner != want.Owner:
		whose = "belongs to mesh " + live.Owner
		way += ", or take that mesh down first (meshc destroy --mesh " + live.Owner + ")"
	case n > 0:
		whose = "has " + plural(n, "consumer") + " that are not of this mesh"
	default:
		return false
	}
	d.findings.Add(diag.SubscriptionInUse, d.want.Places[addr].Span,
		"subscription "+live.Name+" of "+live.Topic+" "+whose+", so each would get only a part of the messages",
		way)
	return true
}

// unwanted plans a resource that is there and not named by the mesh (any more).
func (d *differ) unwanted(addr state.Addr, live state.Resource) {
	if live.OwnerID() != d.live.Mesh.String() {
		return
	}
	switch live := live.(type) {
	case *state.Component:
		d.deleteComponent(addr, live, NotWanted)
	case *state.Subscription:
		d.add(Change{Addr: addr, Action: Delete, Before: live, Why: NotWanted})
	case *state.Policies:
		d.unwantedPolicies(live)
	case *state.Package:
		if d.spare == nil {
			d.spare = d.collected()
		}
		if !d.spare[addr] {
			d.noop(addr, live, Retained)
			return
		}
		d.add(Change{Addr: addr, Action: Delete, Before: live, Why: Collected})
	default:
		d.noop(addr, live, Retained)
	}
}

func (d *differ) destroy() {
	for _, addr := range d.live.Addrs() {
		live := d.live.Resources[addr]
		if live.OwnerID() != d.live.Mesh.String() {
			continue
		}
		span := d.want.Places[addr].Span
		switch live := live.(type) {
		case *state.Component:
			d.deleteComponent(addr, live, Destroyed)
		case *state.Policies:
			// They stay or go with their topic.
			d.noop(addr, live, Retained)
		case *state.Namespace:
			// Namespaces hold what is not of this mesh; they stay.
			d.noop(addr, live, Retained)
		case *state.Topic:
			if !d.opts.DeleteTopics {
				d.noop(addr, live, Retained)
				continue
			}
			d.add(Change{Addr: addr, Action: Delete, Before: live, Why: Destroyed, Span: span})
		default:
			d.add(Change{Addr: addr, Action: Delete, Before: live, Why: Destroyed, Span: span})
		}
	}
}

func (d *differ) compareTopic(addr state.Addr, live, want *state.Topic) {
	place := d.want.Places[addr]
	if want.Partitions == 0 || want.Partitions == live.Partitions {
		d.noop(addr, live, Same)
		return
	}
	span := place.Fields["partitions"]
	if live.Partitions == 0 || want.Partitions < live.Partitions {
		d.findings.Add(diag.PartitionsFixed, span,
			topicPartitions(live)+" in the cluster and "+plural(want.Partitions, "partition")+" in the mesh file",
			"declare what is there, or use a topic of another name")
		return
	}
	after := *live
	after.Partitions = want.Partitions
	d.add(Change{Addr: addr, Action: Update, Before: live, After: &after, Why: Differs, Span: span,
		Fields: []FieldChange{{Field: "partitions", Before: float64(live.Partitions), After: float64(want.Partitions), Span: span}}})
}

func (d *differ) noop(addr state.Addr, live state.Resource, why Reason) {
	d.add(Change{Addr: addr, Action: NoOp, Before: live, After: live, Why: why, Span: d.want.Places[addr].Span})
}

func (d *differ) add(c Change) {
	if want, ok := c.After.(*state.Component); ok && d.live.Facts[c.Addr].Refusal != "" {
		d.findings.Add(diag.NotOnCluster, c.Span,
			fmt.Sprintf("the %s %s cannot be what the mesh says: %s", want.Kind, want.FullName(), d.live.Facts[c.Addr].Refusal),
			"leave the fields out, or bring the cluster to a version that has them")
		return
	}
	if leaving := d.live.Facts[c.Addr].Leaving; leaving != "" && c.After != nil {
		// Not even as it is can it be said to be there.
		if !d.leaving[leaving] {
			d.findings.Add(diag.BeingDeleted, c.Span,
				fmt.Sprintf("%s, and the %s %s is in it", leaving, c.Addr.Kind(), c.Addr.Name()),
				"plan again when it is gone")
			if d.leaving == nil {
				d.leaving = map[string]bool{}
			}
			d.leaving[leaving] = true
		}
		return
	}
	d.changes = append(d.changes, c)
}
