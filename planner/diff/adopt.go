package diff

import (
	"fmt"
	"reflect"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// adopts tells whether a live component without a marker is taken over. One of
// another mesh never is.
func adopts(live, want *state.Component) bool {
	return want.Adopt && live.Owner == "" && live.OtherKind == ""
}

// otherInputs refuses to adopt a component and to change what it reads in one go.
// Its subscriptions are not the mesh's yet, so what waits in them could be neither
// drained nor kept for sure.
func (d *differ) otherInputs(live, want *state.Component, place state.Place) bool {
	field, has, wants := "inputs", any(live.Inputs()), any(want.Inputs())
	if reflect.DeepEqual(has, wants) {
		if live.Kind == state.KindSource || live.Subscription() == want.Subscription() {
			return false
		}
		field, has, wants = want.SubscriptionField(), live.Subscription(), want.Subscription()
	}
	span, ok := place.Fields[field]
	if !ok {
		span = place.Span
	}
	d.findings.Add(diag.AdoptAsItIs, span,
		fmt.Sprintf("%s of %s %s is %v in the cluster and %v in the mesh file", field, live.Kind, live.FullName(), has, wants),
		"adopt the "+string(live.Kind)+" as it runs first (meshc import writes it so), then change "+field)
	return true
}

// adoptsSubscription tells whether the subscription is that of a component which is
// adopted, or was by a run that was cut short.
func (d *differ) adoptsSubscription(live, want *state.Subscription) bool {
	if live.Owner != "" {
		return false
	}
	for _, f := range d.wants.Through(want.Topic, want.Name) {
		now, ok := d.live.Resources[f.Addr()].(*state.Component)
		if ok && f.Adopt && (adopts(now, f) || now.Owner == f.Owner) && reads(now, want) {
			return true
		}
	}
	return false
}

// reads tells whether a component reads through a subscription.
func reads(f *state.Component, sub *state.Subscription) bool {
	return f.Subscription() == sub.Name && f.Reads(sub.Topic)
}

// changedCode compares the code by content. Of a component without a marker only
// what was downloaded tells, and nothing tells how it came there.
func (d *differ) changedCode(addr state.Addr, live, want *state.Component) *FieldChange {
	if live.Owner != "" || live.Code.Mode == state.Builtin {
		return d.code(live, want)
	}
	if had := d.live.Facts[addr].Code; had != want.Code.SHA256 {
		return &FieldChange{Field: "code", Before: shortHash(had), After: shown(want.Code)}
	}
	return nil
}

// between is the form that a component gets before it is deleted, nil where it is
// deleted as it is: while cleanupSubscription is on, its worker would delete the
// subscriptions with it, and with them their backlog. want is nil for one that goes
// for good.
func (d *differ) between(addr state.Addr, live, want *state.Component) state.Resource {
	if !live.CleansUp() {
		return nil
	}
	out := CleanupOff(d.rules, live)
	out.Owner, out.Generation = d.live.Mesh.String(), live.Generation+1
	out.Drifted, out.DriftedBy = false, nil
	if live.Owner == "" && want != nil && d.live.Facts[addr].Code == want.Code.SHA256 {
		// Naming the same code works however it came there, naming none does not.
		out.Code = want.Code
	}
	return out
}

// CleanupOff is a component whose cleanupSubscription was turned off, with what the
// update does to it besides: as the rules say it if they are a [Cleaner].
func CleanupOff(rules RuleSet, live *state.Component) *state.Component {
	if cleaner, ok := rules.(Cleaner); ok {
		return cleaner.CleanupOff(live)
	}
	out := *live
	out.Fields = withField(live.Fields, "cleanupSubscription", false)
	for name := range out.Fields {
		if rule := rules.Rule(out.Kind, name); rule.Lossy {
			out.Fields = withField(out.Fields, name, rule.Unset)
		}
	}
	return &out
}

// settled is a component as it will be: what only steers plans is left out.
func settled(want *state.Component) state.Component {
	after := *want
	after.Adopt, after.MovedFrom, after.Allow = false, "", nil
	return after
}
