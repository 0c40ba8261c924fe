package diff

import (
	"fmt"
	"maps"
	"reflect"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// absentPolicies plans policies where the cluster has none of them.
func (d *differ) absentPolicies(want *state.Policies) {
	if d.refusedPolicies(want) {
		return
	}
	c := Change{Addr: want.Addr(), Action: Create, After: want, Why: Absent, Span: d.want.Places[want.Addr()].Span}
	d.add(c)
}

// comparePolicies plans those of the wanted policies that differ. All others stay
// as they are.
func (d *differ) comparePolicies(live, want *state.Policies) {
	place := d.want.Places[want.Addr()]
	after := &state.Policies{On: want.On, Values: maps.Clone(live.Values), Owner: want.Owner}
	var changed []FieldChange
	for _, name := range want.Names() {
		if !reflect.DeepEqual(live.Values[name], want.Values[name]) {
			changed = append(changed, explode(name, live.Values[name], want.Values[name], Rule{}, spanOf(place, name))...)
			after.Values[name] = want.Values[name]
		}
	}
	switch {
	case len(changed) == 0:
		d.noop(want.Addr(), live, Same)
	case live.Owner != "" && live.Owner != want.Owner:
		d.findings.Add(diag.PoliciesRefused, place.Span,
			"the retention of topic "+want.On.Name()+" was set by mesh "+live.Owner,
			"declare it in one of the meshes only, and the topic as external in the other")
	case !d.refusedPolicies(want):
		d.add(Change{Addr: want.Addr(), Action: Update, Before: live, After: after, Why: Differs, Fields: changed, Span: place.Span})
	}
}

// refusedPolicies reports what the cluster would not take.
func (d *differ) refusedPolicies(want *state.Policies) bool {
	refusal := d.live.Facts[want.Addr()].Refusal
	if refusal == "" {
		return false
	}
	d.findings.Add(diag.PoliciesRefused, spanOf(d.want.Places[want.Addr()], "retention"),
		fmt.Sprintf("the cluster does not take the policies of %s %s: %s", want.On.Kind(), want.On.Name(), refusal),
		"change the file, or what the cluster says")
	return true
}

// unwantedPolicies plans the end of policies that the mesh has set and does not
// declare any more. Those of a topic that it does not name any more stay with it:
// the topic is kept for its messages.
func (d *differ) unwantedPolicies(live *state.Policies) {
	if _, named := d.want.Resources[live.On]; !named {
		d.noop(live.Addr(), live, Retained)
		return
	}
	c := Change{Addr: live.Addr(), Action: Delete, Before: live, Why: NotWanted, Span: d.want.Places[live.On].Span}
	for _, name := range live.Names() {
		c.Fields = append(c.Fields, explode(name, live.Values[name], nil, Rule{}, c.Span)...)
	}
	d.add(c)
}
