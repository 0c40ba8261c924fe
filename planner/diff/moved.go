package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// predecessors are the live components of the mesh that go and whose subscriptions
// a new component reads on through: it was renamed, or has their subscription's
// name. A source that was renamed has one, too.
func (d *differ) predecessors(want *state.Component) []state.Addr {
	var out []state.Addr
	for _, live := range d.candidates(want) {
		if _, stays := d.want.Resources[live.Addr()]; stays || live.Owner != want.Owner {
			continue
		}
		moved := live.Name == want.MovedFrom
		switch {
		case moved && live.Kind == state.KindSource && want.Kind == state.KindSource, heir(live, want):
			out = append(out, live.Addr())
		case moved && live.Kind != state.KindSource && want.Kind != state.KindSource && live.Subscription() != want.Subscription():
			d.findings.Add(diag.OtherSubscription, d.want.Places[want.Addr()].Span,
				want.Name+" is moved from "+live.Name+", which reads through the subscription "+live.Subscription()+", and is to read through "+want.Subscription(),
				"to go on with the same subscription, give the node `"+want.SubscriptionField()+": "+live.Subscription()+"`; as it is, the old one is drained before it is deleted")
		}
	}
	return out
}

// candidates are the live components that may be a new one's predecessors, in order.
func (d *differ) candidates(want *state.Component) []*state.Component {
	seen := map[state.Addr]*state.Component{}
	for _, t := range want.Inputs() {
		for _, f := range d.lives.Through(t, want.Subscription()) {
			seen[f.Addr()] = f
		}
	}
	for _, kind := range state.Components {
		addr := state.ComponentAddr(kind, want.Tenant, want.Namespace, want.MovedFrom)
		if f, ok := d.live.Resources[addr].(*state.Component); ok && want.MovedFrom != "" {
			seen[addr] = f
		}
	}
	var out []*state.Component
	for _, addr := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, seen[addr])
	}
	return out
}

// heir tells whether a component reads a topic through the same subscription as another.
func heir(old, next *state.Component) bool {
	return old.Kind != state.KindSource && next.Kind != state.KindSource && old.Subscription() == next.Subscription() &&
		slices.ContainsFunc(old.Inputs(), func(t string) bool { return next.Reads(t) })
}

// protection is the difference in what the marker says of protection.
func protection(live, want *state.Component) []FieldChange {
	if live.Protect == want.Protect {
		return nil
	}
	return []FieldChange{{Field: "lifecycle.protect", Before: live.Protect, After: want.Protect}}
}

// deleteComponent plans to delete a component for good, unless it is protected. The
// mesh file's word counts where it names the node; one that moves on under another
// name is not lost.
func (d *differ) deleteComponent(addr state.Addr, live *state.Component, why Reason) {
	place := d.want.Places[addr]
	want, named := d.want.Resources[addr].(*state.Component)
	if live.Protect && !(named && !want.Protect) && !d.movesOn(live) {
		d.protected(live, place.Span, "deleted")
		return
	}
	d.add(Change{Addr: addr, Action: Delete, Before: live, Between: d.between(addr, live, nil), Why: why, Span: place.Span})
}

// movesOn tells whether another node takes a component's place.
func (d *differ) movesOn(live *state.Component) bool {
	return !d.opts.Destroy && slices.ContainsFunc(d.wants.Components, func(f *state.Component) bool {
		return f.MovedFrom == live.Name && (heir(live, f) || live.Kind == state.KindSource && f.Kind == state.KindSource)
	})
}

func (d *differ) protected(live *state.Component, span diag.Span, how string) {
	d.findings.Add(diag.Protected, span,
		string(live.Kind)+" "+live.FullName()+" is protected and would be "+how,
		"to let it happen, first apply the node with `lifecycle: {protect: false}`")
}

// forcing names the fields that force a replacement.
func forcing(fields []FieldChange) string {
	var names []string
	for _, f := range fields {
		if f.Forces {
			names = append(names, f.Field)
		}
	}
	return strings.Join(names, ", ")
}
