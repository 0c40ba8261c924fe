package backendtest

import (
	"strings"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var changeCases = []oneCase{
	{name: "updates", run: updates},
	{name: "new code", run: newCode},
	{name: "rename", run: rename},
	{name: "removal of a node", run: removal},
	{name: "a saved plan", run: savedPlan},
}

const chain = `
topics: [{name: in}, {name: in2}, {name: other}, {name: mid, partitions: 2}]
functions:
  - {name: first, FUNCTION, inputs: [in], output: mid, userConfig: {n: 1, text: x}}
sinks:
  - {name: store, SINK, inputs: [mid], parallelism: 2}
`

// However a backend makes a change, in place or by a replacement, it is made, leaves
// the rest alone, and each subscription that is still named stays.
func updates(b *bench) {
	b.deploy("m", chain)
	store := b.component("m", b.addr(state.KindSink, "store"))
	for _, change := range []struct{ name, from, to string }{
		{"config", "n: 1, text: x", "n: 2, list: [1, {a: true}]"},
		{"parallelism, and a value taken away", "userConfig: {n: 1, text: x}", "parallelism: 3"},
		{"ordering", "output: mid", "retainOrdering: true, output: mid"},
		{"one more input", "inputs: [in]", "inputs: [in, in2]"},
		{"another input", "inputs: [in]", "inputs: [other]"},
		{"no output", "output: mid, ", ""},
		{"guarantee and subscription", "output: mid", "processingGuarantees: MANUAL, subName: mine, output: mid"},
		{"as it was", "no change", ""},
	} {
		_, p := b.deploy("m", strings.Replace(chain, change.from, change.to, 1))
		touched := false
		for _, c := range p.Changes() {
			touched = touched || c.Addr == b.addr(state.KindFunction, "first")
			if c.Addr == store.Addr() {
				b.Errorf("%s: %s of %s is planned", change.name, c.Action, c.Addr)
			}
		}
		if !touched {
			b.Errorf("%s: the plan is\n%s", change.name, said(p))
		}
	}
	if state.Digest(b.component("m", store.Addr())) != state.Digest(store) {
		b.Error("the sink is another one now")
	}
	if f := b.component("m", b.addr(state.KindFunction, "first")); f.Generation < 9 {
		b.Errorf("generation %d after 8 changes", f.Generation)
	}
	b.runs(b.addr(state.KindFunction, "first"), 1)
	b.runs(store.Addr(), 2)
}

// Code is told by its content: other content is a change, another name is none.
func newCode(b *bench) {
	_, p := b.deploy("m", chain)
	b.Renew()
	u := b.mesh("m", chain)
	second := b.plan(u, planner.Options{})
	for _, node := range []state.Addr{b.addr(state.KindFunction, "first"), b.addr(state.KindSink, "store")} {
		was := b.component("m", node)
		if was.Code.ID() == "" {
			return // the code is not among what this backend deploys
		}
		changes := 0
		for _, c := range second.Changes() {
			if c.Addr == node && c.Action == diff.Update {
				changes++
			}
		}
		if changes != 1 {
			b.Errorf("%s is not updated:\n%s", node, said(second))
		}
	}
	b.apply(second)
	b.settled(u)
	if len(p.Steps) <= len(second.Steps) {
		b.Errorf("the update takes %d steps, the creation took %d", len(second.Steps), len(p.Steps))
	}
}

// A node under another name reads on through the subscription of the old one.
func rename(b *bench) {
	b.deploy("m", chain)
	sub := b.sub("in", "first")
	had := b.read("m", sub).Resources[sub]
	_, p := b.deploy("m", strings.Replace(chain, "name: first, ", "name: begin, lifecycle: {movedFrom: first}, ", 1))
	b.wantNames("m", "begin", "store")
	for _, s := range p.Steps {
		if s.Op == plan.Delete && s.Addr.Kind() == state.KindSubscription {
			b.Errorf("%s is planned", s.ID)
		}
	}
	live := b.read("m", sub, b.sub("in", "begin"))
	if have := live.Resources[sub]; had == nil || state.Digest(have) != state.Digest(had) {
		b.Errorf("the subscription is %+v, was %+v", have, had)
	}
	if other := live.Resources[b.sub("in", "begin")]; other != nil {
		b.Errorf("there is %+v, too", other)
	}
	b.runs(b.addr(state.KindFunction, "begin"), 1)
	if h := b.health(b.addr(state.KindFunction, "first")); h.Wanted != 0 || h.Running != 0 {
		b.Errorf("under its old name it is %+v", h)
	}
}

// What the mesh does not name any more goes, with its subscription; topics stay.
func removal(b *bench) {
	u, p := b.deploy("m", chain)
	_, second := b.deploy("m", `
topics: [{name: in}, {name: in2}, {name: other}, {name: mid, partitions: 2}]
functions:
  - {name: first, FUNCTION, inputs: [in], output: mid, userConfig: {n: 1, text: x}}
`)
	for _, s := range second.Steps {
		if s.Addr == b.addr(state.KindFunction, "first") {
			b.Errorf("%s is planned", s.ID)
		}
	}
	b.wantNames("m", "first")
	live := b.read("m", p.Scope...)
	if r := live.Resources[b.sub("mid", "store")]; r != nil {
		b.Errorf("%+v is left", r)
	}
	if live.Resources[state.TopicAddr(b.topic("mid"))] == nil {
		b.Error("the topic is gone")
	}
	// The whole mesh goes by its name alone, and keeps its topics.
	down, findings, err := planner.MakeDestroy(b.Context(), b.backend, b.fixture.Name, u.Mesh.ID, planner.Options{})
	if err != nil || findings.HasErrors() {
		b.Fatalf("%v %+v", err, findings)
	}
	b.apply(down)
	b.wantNames("m")
	for addr := range b.read("m", p.Scope...).Resources {
		switch addr.Kind() {
		case state.KindNamespace, state.KindTopic, state.KindSchema, state.KindPolicies:
		default:
			b.Errorf("%s is left", addr)
		}
	}
}

// A plan that was kept is carried out as long as all is as it saw it.
func savedPlan(b *bench) {
	var file strings.Builder
	u := b.mesh("m", chain)
	if err := plan.Write(&file, []*plan.Plan{b.plan(u, planner.Options{})}); err != nil {
		b.Fatal(err)
	}
	saved := func() *plan.Plan {
		b.Helper()
		list, err := plan.ReadFile([]byte(file.String()))
		if err != nil {
			b.Fatal(err)
		}
		return list[0]
	}
	b.apply(saved())
	b.settled(u)
	before := b.Writes()
	if _, err := run(b.Context(), b.Backend(), saved(), b.options()); err == nil || !strings.Contains(err.Error(), "nothing was written") {
		b.Errorf("a stale plan is carried out: %v", err)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("a stale plan wrote %d times", n)
	}
}
