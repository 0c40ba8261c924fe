package backendtest

import (
	"encoding/json"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var basics = []oneCase{
	{name: "an empty place", run: nothingThere},
	{name: "life", run: life},
	{name: "secrets", run: secrets},
}

// rich is a mesh with each kind of resource.
const rich = `
topics:
  - {name: in, partitions: 2}
  - {name: mid, schema: {type: STRING}, retention: {retentionTimeInMinutes: 60}}
sources:
  - {name: feed, SOURCE, output: in}
functions:
  - {name: first, FUNCTION, inputs: [in], output: mid, parallelism: 2, userConfig: {n: 5, text: "x: 1", list: [1, {a: [], b: true}], empty: ""}}
  - {name: second, FUNCTION, inputs: [mid, side], output: out, subName: mine, retainOrdering: true, maxMessageRetries: 3, deadLetterTopic: dead, logTopic: logs, timeoutMs: 30000}
sinks:
  - {name: store, SINK, inputs: [out]}
`

// Of nothing there is nothing to tell, and that is no error.
func nothingThere(b *bench) {
	u := b.mesh("m", rich)
	p := b.plan(u, planner.Options{})
	t, err := b.backend.Traits(b.Context(), u.Mesh.ID)
	again, errAgain := b.Backend().Traits(b.Context(), u.Mesh.ID)
	if err != nil || errAgain != nil || t.Cluster == (plan.Cluster{}) || t.Cluster != again.Cluster || t.Rules == nil || t.WritesInFlight < 1 {
		b.Errorf("traits %+v, %v, then %+v, %v", t, err, again, errAgain)
	}
	live := b.read("m", p.Scope...)
	for addr, r := range live.Resources {
		if _, ok := r.(*state.Namespace); !ok {
			b.Errorf("%s is there", addr)
		}
	}
	tenant, namespace := b.Namespace()
	if _, there := live.Resources[state.NamespaceAddr(tenant+"/"+namespace)]; !there {
		b.Error("the namespace is not there")
	}
	for _, addr := range p.Scope {
		h, err := b.backend.Health(b.Context(), addr)
		if err != nil || h.Addr != addr || h.Wanted != 0 || h.Running != 0 || len(h.Instances) != 0 {
			b.Errorf("health of %s, which is not there: %+v, %v", addr, h, err)
		}
	}
	// What is not there need not be deleted, and cannot be changed.
	before := b.Writes()
	for _, c := range p.Changes() {
		gone := c
		gone.Action, gone.Before, gone.After = diff.Delete, c.After, nil
		if gone.Addr.Kind() != state.KindSchema { // nobody deletes those
			if err := b.backend.Do(b.Context(), step(plan.Delete, gone), nil); err != nil {
				b.Errorf("deleting %s, which is not there: %v", c.Addr, err)
			}
		}
		if c.Addr.Kind().IsComponent() {
			gone.Action, gone.After = diff.Update, c.After
			b.moved(step(plan.Update, gone))
			b.moved(step(plan.Resume, gone))
		}
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("%d writes", n)
	}
	if !b.plan(b.mesh("m", rich), planner.Options{Destroy: true}).Empty() {
		b.Error("there is something to take down")
	}
}

// A mesh comes, stays as it is, and goes.
func life(b *bench) {
	u, p := b.deploy("m", rich)
	live := b.read("m", p.Scope...)
	for _, c := range p.Changes() {
		have, there := live.Resources[c.Addr]
		if !there {
			b.Errorf("%s was made and is not there", c.Addr)
			continue
		}
		// Nobody owns schemas; whether a namespace has an owner decides nothing.
		if kind := c.Addr.Kind(); kind != state.KindSchema && kind != state.KindNamespace && have.OwnerID() != u.Mesh.ID.String() {
			b.Errorf("%s belongs to %q", c.Addr, have.OwnerID())
		}
	}
	for _, c := range live.Components() {
		if c.Generation != 1 || c.Drifted {
			b.Errorf("%s has generation %d, drifted: %v", c.FullName(), c.Generation, c.Drifted)
		}
		b.runs(c.Addr(), c.Parallelism())
	}
	b.wantNames("m", "feed", "first", "second", "store")
	again := b.read("m", p.Scope...)
	if live.Fingerprint() != again.Fingerprint() {
		b.Errorf("two looks differ:\n%s", cmp.Diff(text(live), text(again)))
	}
	for _, c := range p.Changes() {
		if c.Addr.Kind().IsComponent() && b.component("m", c.Addr).Parallelism() != c.After.(*state.Component).Parallelism() {
			b.Errorf("%s is read back with another parallelism", c.Addr)
		}
	}
	b.destroy(u)
	if left := b.read("m", p.Scope...).Addrs(); len(left) != 1 {
		b.Errorf("destroy left %v", left)
	}
	if down := b.plan(u, planner.Options{Destroy: true, DeleteTopics: true}); !down.Empty() {
		b.Errorf("there is more to take down:\n%s", said(down))
	}
	// And it can come again.
	b.apply(b.plan(u, planner.Options{}))
	b.settled(u)
}

// text is a state for people to compare.
func text(s *state.State) string {
	data, _ := json.MarshalIndent(s.Resources, "", " ")
	return string(data)
}

// A value that the mesh file keeps secret is used and never told.
func secrets(b *bench) {
	var seen strings.Builder
	u := b.mesh("m", strings.ReplaceAll(one, "n: 1", `n: 1, key: "${env:SECRET}"`))
	p := b.plan(u, planner.Options{})
	options := b.options()
	options.Events = func(e backend.Event) {
		data, _ := json.Marshal(e)
		seen.Write(data)
	}
	if _, err := run(b.Context(), b.backend, p, options); err != nil {
		b.Fatal(err)
	}
	b.settled(u)
	data, err := json.Marshal(p)
	if err != nil {
		b.Fatal(err)
	}
	seen.Write(data)
	live := b.read("m", p.Scope...)
	live.Mask(p.Sensitive)
	seen.WriteString(text(live))
	if strings.Contains(seen.String(), secret) {
		b.Error("the secret value is shown")
	}
	// A change of something else goes on with it.
	b.deploy("m", strings.ReplaceAll(one, "n: 1", `n: 2, key: "${env:SECRET}"`))
}
