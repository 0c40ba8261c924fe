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
	if class := live.Fields["className"]; want.Fields["className"] == nil && class != nil {
		after.Fields = withField(after.Fields, "className", class)
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
		// A new component reads what an update would have ignored.
		replaced := settled(want)
		replaced.Generation = live.Generation + 1
		c.After = &replaced
		if c.Between = d.between(addr, live, want); c.Between != nil {
			replaced.Generation++
		}
		if want.Protect {
			d.protected(live, place.Span, "replaced: "+forcing(changed)+" cannot be changed in place")
			return
		}
	}
	d.add(c)
}

func (d *differ) notOurs(live, want *state.Component, span diag.Span) {
	whose, way := "carries no marker of meshc", ", or take it over (`lifecycle: {adopt: true}`; meshc import writes a mesh file of what runs)"
	if live.Owner != "" {
		whose, way = "belongs to mesh "+live.Owner, ""
		if want.Adopt {
			way = "; what belongs to a mesh is not adopted"
		}
	}
	d.findings.Add(diag.NotOurs, span,
		string(live.Kind)+" "+live.FullName()+" exists in the cluster and "+whose,
		"give the "+string(live.Kind)+" another name, or delete the one that is there ("+deleteBy(live)+")"+way)
}

// deleteBy is the command that deletes a component.
func deleteBy(c *state.Component) string {
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
		if state.Equal(before, after) || name == "className" && after == nil && want.Kind != state.KindFunction {
			// A connector's class is what its archive says, unless the mesh says it.
			continue
		}
		if name == want.SubscriptionField() && live.Subscription() == want.Subscription() {
			// Its default, spelled out or not.
			continue
		}
		span, ok := place.Fields[name]
		if !ok {
			span = place.Span
		}
		rule := d.rules.Rule(want.Kind, name)
		if rule.WriteOnce {
			writeOnce = append(writeOnce, FieldChange{Field: name, Before: before, After: after, Span: span})
			continue
		}
		forces := rule.Fixed || (rule.CannotClear && after == nil)
		changed = append(changed, explode(name, before, after, forces, span)...)
	}
	return changed, writeOnce
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
	if live.Code.SHA256 != want.Code.SHA256 {
		return &FieldChange{Field: "code", Before: shortHash(live.Code.SHA256), After: shortHash(want.Code.SHA256)}
	}
	if live.Code.Mode != want.Code.Mode {
		return &FieldChange{Field: "code.mode", Before: string(live.Code.Mode), After: string(want.Code.Mode)}
	}
	return nil
}

// explode gives a difference between two maps key by key.
func explode(name string, before, after any, forces bool, span diag.Span) []FieldChange {
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
		if inMap(b[k]) && inMap(a[k]) {
			out = append(out, explode(name+"."+k, b[k], a[k], forces, span)...)
		} else if !state.Equal(b[k], a[k]) {
			out = append(out, FieldChange{Field: name + "." + k, Before: b[k], After: a[k], Forces: forces, Span: span})
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

func shortHash(sha string) any {
	if sha == "" {
		return nil
	}
	return "sha256:" + sha[:min(12, len(sha))]
}

func afterSlash(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
