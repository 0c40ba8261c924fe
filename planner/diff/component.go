package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

func (d *differ) compareComponent(addr state.Addr, live, want *state.Component) {
	place := d.want.Places[addr]
	if live.OtherKind != "" {
		d.findings.Add(diag.NameTaken, place.Span,
			"a "+live.OtherKind+" named "+live.FullName()+" runs in the cluster",
			"give the "+string(want.Kind)+" another name, or delete the "+live.OtherKind)
		return
	}
	adopts := adopts(live, want)
	if live.Owner != want.Owner && !adopts || adopts && d.otherInputs(live, want, place) {
		if !adopts {
			d.notOurs(live, want, place.Span)
		}
		return
	}
	changed, writeOnce := d.fields(live, want, place)
	for _, f := range writeOnce {
		d.findings.Add(diag.WriteOnce, f.Span,
			f.Field+" of "+string(want.Kind)+" "+want.FullName()+" is read only when the "+string(want.Kind)+" is created; it stays as it was")
	}
	// What an update ignores stays as it is live, so that the plan tells what will be.
	after := settled(want)
	after.Generation = live.Generation + 1
	if live.Subscription() == want.Subscription() {
		// Workers refuse even their own default where none was given.
		after.Fields = withField(after.Fields, want.SubscriptionField(), live.Fields[want.SubscriptionField()])
	}
	for name, v := range live.Fields {
		if want.Fields[name] == nil && d.rules.Rule(want.Kind, name).Derived {
			after.Fields = withField(after.Fields, name, v)
		}
	}
	for _, f := range writeOnce {
		after.Fields = withField(after.Fields, f.Field, live.Fields[f.Field])
	}
	if code := d.changedCode(addr, live, want); code != nil {
		changed = append(changed, *code)
	}
	changed = append(changed, protection(live, want)...)
	if len(changed) == 0 && !adopts {
		d.noop(addr, live, Same)
		return
	}
	c := Change{Addr: addr, Action: Update, Before: live, After: &after, Why: Differs, Fields: changed, Span: place.Span}
	if adopts {
		c.Action, c.Why = Adopt, Adopted
	}
	if slices.ContainsFunc(changed, func(f FieldChange) bool { return f.Forces }) {
		c.Action, c.Why = Replace, CannotUpdate
	} else if lost := d.lost(want, place); len(lost) > 0 {
		c.Action, c.Why, c.Fields = Replace, WouldLose, append(changed, lost...)
	}
	if c.Action == Replace {
		// A new component reads what an update would have ignored.
		replaced := settled(want)
		replaced.Generation = live.Generation + 1
		c.After = &replaced
		if c.Between = d.between(addr, live, want); c.Between != nil {
			replaced.Generation++
		}
		if want.Protect {
			d.protected(live, place.Span, "replaced, for the sake of "+forcing(c.Fields))
			return
		}
	} else if keeper, ok := d.rules.(Keeper); ok {
		c.Kept = keeper.Kept(live, &after)
	}
	d.add(c)
}

func (d *differ) notOurs(live, want *state.Component, span diag.Span) {
	if housing, ok := d.rules.(Housing); ok {
		if what, remedy := housing.Occupied(live); what != "" {
			d.findings.Add(diag.NotOurs, span, what, remedy)
			return
		}
	}
	whose, way := "carries no marker of meshc", ", or take it over (`lifecycle: {adopt: true}`; meshc import writes a mesh file of what runs)"
	if live.Owner != "" {
		whose, way = "belongs to mesh "+live.Owner, ""
		if want.Adopt {
			way = "; what belongs to a mesh is not adopted"
		}
	}
	d.findings.Add(diag.NotOurs, span,
		string(live.Kind)+" "+live.FullName()+" exists in the cluster and "+whose,
		"give the "+string(live.Kind)+" another name, or delete the one that is there ("+d.deleteBy(live)+")"+way)
}

// deleteBy is the command that deletes a component.
func (d *differ) deleteBy(c *state.Component) string {
	if other, ok := d.rules.(Deleter); ok {
		if by := other.DeleteBy(c); by != "" {
			return by
		}
	}
	if c.Kind == state.KindFunction {
		return "pulsar-admin functions delete --fqfn " + c.FullName()
	}
	return fmt.Sprintf("pulsar-admin %ss delete --tenant %s --namespace %s --name %s", c.Kind, c.Tenant, c.Namespace, c.Name)
}

// fields compares the config field by field.
func (d *differ) fields(live, want *state.Component, place state.Place) (changed, writeOnce []FieldChange) {
	names := slices.Sorted(maps.Keys(live.Fields))
	for name := range want.Fields {
		if _, ok := live.Fields[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		before, after := live.Fields[name], want.Fields[name]
		rule := d.rules.Rule(want.Kind, name)
		if rule.Mirrored || state.Equal(before, after) || rule.Derived && after == nil {
			// A class is what the code says, unless the mesh says it.
			continue
		}
		if name == want.SubscriptionField() && live.Subscription() == want.Subscription() {
			// Its default, spelled out or not.
			continue
		}
		span := at(place, name)
		if rule.WriteOnce {
			writeOnce = append(writeOnce, FieldChange{Field: name, Before: before, After: after, Span: span})
			continue
		}
		changed = append(changed, explode(name, before, after, rule, span)...)
	}
	return changed, writeOnce
}

// lost finds the values that are to stay and that an update of the component would
// reset, whatever it is about.
func (d *differ) lost(want *state.Component, place state.Place) (out []FieldChange) {
	for _, name := range slices.Sorted(maps.Keys(want.Fields)) {
		if rule, v := d.rules.Rule(want.Kind, name), want.Fields[name]; rule.Lossy && !state.Equal(v, rule.Unset) {
			out = append(out, FieldChange{Field: name, Before: v, After: v, Forces: true, Span: at(place, name)})
		}
	}
	return out
}

// at is where the mesh file gives a field, or names the component.
func at(place state.Place, field string) diag.Span {
	if span, ok := place.Fields[field]; ok {
		return span
	}
	return place.Span
}

// code compares the code by content. Where it is equal nothing is sent,
// whatever the file is called now.
func (d *differ) code(live, want *state.Component) *FieldChange {
	// A component once deployed by URL keeps running its old code when it is
	// updated by data (stale upload, seen on 4.0.8 and 4.2.4), so it is replaced; of
	// one that changes between builtin and sent code the stored path stays behind.
	if live.Code.Mode == state.ByURL && want.Code.Mode == state.ByData || live.Code.Mode != want.Code.Mode && (live.Code.Mode == state.Builtin || want.Code.Mode == state.Builtin) {
		return &FieldChange{Field: "code.mode", Before: string(live.Code.Mode), After: string(want.Code.Mode), Forces: true}
	}
	if live.Code.Mode == state.Builtin && live.Code.URL != "" && live.Code.URL != want.Code.URL {
		// As between builtin and sent code.
		return &FieldChange{Field: "code", Before: live.Code.URL, After: want.Code.URL, Forces: true}
	}
	if live.Code.ID() != want.Code.ID() {
		return &FieldChange{Field: "code", Before: shown(live.Code), After: shown(want.Code)}
	}
	if live.Code.Mode != want.Code.Mode {
		return &FieldChange{Field: "code.mode", Before: string(live.Code.Mode), After: string(want.Code.Mode)}
	}
	return nil
}

// explode gives a difference between two maps key by key.
func explode(name string, before, after any, rule Rule, span diag.Span) []FieldChange {
	forces := rule.forces(before, after)
	b, bok := before.(map[string]any)
	a, aok := after.(map[string]any)
	if !bok && !aok || (before != nil && !bok) || (after != nil && !aok) {
		return []FieldChange{{Field: name, Before: before, After: after, Forces: forces, Span: span}}
	}
	keys := slices.Collect(maps.Keys(b))
	for k := range a {
		if _, ok := b[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out []FieldChange
	for _, k := range keys {
		switch {
		case inMap(b[k]) && inMap(a[k]):
			out = append(out, explode(name+"."+k, b[k], a[k], rule, span)...)
		case !state.Equal(b[k], a[k]):
			out = append(out, FieldChange{Field: name + "." + k, Before: b[k], After: a[k], Forces: forces || slices.Contains(rule.FixedKeys, k), Span: span})
		}
	}
	return out
}

func inMap(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

func withField(m map[string]any, name string, value any) map[string]any {
	m = maps.Clone(m)
	if value == nil {
		delete(m, name)
	} else {
		m[name] = value
	}
	return m
}

// shown is what tells one code from another: the hash, or else the location.
func shown(c state.Code) any {
	if c.SHA256 == "" && c.URL != "" {
		return c.URL
	}
	return shortHash(c.SHA256)
}

func shortHash(sha string) any {
	if sha == "" {
		return nil
	}
	return "sha256:" + sha[:min(12, len(sha))]
}

func afterSlash(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
