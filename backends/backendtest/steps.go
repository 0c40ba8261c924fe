package backendtest

import (
	"context"
	"errors"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var stepCases = []oneCase{
	{name: "each step twice", run: twice},
	{name: "replacement step by step", run: replacement},
	{name: "moved components", run: movedComponents},
	{name: "moved topics", run: movedTopics},
	{name: "pause and resume", run: pauseAndResume},
	{name: "a cancelled context", run: cancelled},
	{name: "an unknown step", run: unknownStep},
}

// one is a small mesh.
const one = `
functions:
  - {name: f, FUNCTION, inputs: [in], output: out, userConfig: {n: 1}}
`

// step is a step of a change, as plans have it.
func step(op plan.Op, c diff.Change) plan.Step {
	return plan.Step{ID: string(op) + " " + string(c.Addr), Op: op, Addr: c.Addr, Change: &c, Limit: plan.RunLimit}
}

// moved wants that a step is refused since its resource is another one now, and
// that nothing is written.
func (b *bench) moved(s plan.Step) {
	b.Helper()
	before := b.Writes()
	if err := b.backend.Do(b.Context(), s, nil); !errors.Is(err, backend.ErrMoved) {
		b.Errorf("%s: %v, want ErrMoved", s.ID, err)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("%s wrote %d times", s.ID, n)
	}
}

// doubled does each step a second time, and wants that this writes nothing. One
// step at a time, so that the writes are those of the step.
type doubled struct {
	backend.Backend
	b  *bench
	mu sync.Mutex
}

func (d *doubled) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.Backend.Do(ctx, s, events); err != nil {
		return err
	}
	before := d.b.Writes()
	if err := d.Backend.Do(ctx, s, events); err != nil {
		d.b.Errorf("%s, done a second time: %v", s.ID, err)
	}
	if n := d.b.Writes() - before; n != 0 {
		d.b.Errorf("%s, done a second time, wrote %d times", s.ID, n)
	}
	return nil
}

// A step that is done already is done.
func twice(b *bench) {
	on := &doubled{Backend: b.backend, b: b}
	apply := func(p *plan.Plan) {
		b.Helper()
		if _, err := run(b.Context(), on, p, b.options()); err != nil {
			b.Fatal(err)
		}
	}
	for _, body := range []string{rich, `
topics:
  - {name: in, partitions: 3}
  - {name: mid, schema: {type: STRING}}
sources:
  - {name: feed, SOURCE, output: in, parallelism: 2}
functions:
  - {name: first, FUNCTION, inputs: [in], output: mid, userConfig: {n: 6}}
  - {name: other, FUNCTION, inputs: [mid, side], output: out, retainOrdering: true, lifecycle: {movedFrom: second}}
`} {
		u := b.mesh("m", body)
		apply(b.plan(u, planner.Options{}))
		b.settled(u)
	}
	u := b.mesh("m", rich)
	apply(b.plan(u, planner.Options{Destroy: true, DeleteTopics: true}))
	if left := b.plan(u, planner.Options{Destroy: true, DeleteTopics: true}); !left.Empty() {
		b.Errorf("destroy left\n%s", said(left))
	}
}

// changed is a component as a change would leave it that is made past the planner.
func changed(c *state.Component, generation, parallelism int) *state.Component {
	out := *c
	out.Fields = map[string]any{}
	for k, v := range c.Fields {
		out.Fields[k] = v
	}
	out.Fields["parallelism"] = float64(parallelism)
	out.Generation = generation
	return &out
}

// wider is the change to more instances as a plan of the mesh has it, so that a
// backend finds in it all that it puts there itself.
func (b *bench) wider(instances string) diff.Change {
	b.Helper()
	for _, c := range b.plan(b.mesh("m", wide(instances)), planner.Options{}).Changes() {
		if c.Addr == b.addr(state.KindFunction, "f") {
			return c
		}
	}
	b.Fatal("no change is planned")
	return diff.Change{}
}

func wide(instances string) string {
	return `
functions:
  - {name: f, FUNCTION, inputs: [in], output: out, userConfig: {n: 1}, parallelism: ` + instances + `}
`
}

// Any component can be replaced, whatever the rules say of its fields: it goes and
// comes again, and its subscription stays.
func replacement(b *bench) {
	b.deploy("m", one)
	c := b.wider("2")
	c.Action = diff.Replace
	on := &doubled{Backend: b.backend, b: b}
	sub := b.sub("in", "f")
	for _, op := range []plan.Op{plan.Delete, plan.Create, plan.AwaitRunning, plan.Verify} {
		if err := on.Do(b.Context(), step(op, c), b.tell); err != nil {
			b.Fatalf("%s: %v", op, err)
		}
		if op == plan.Delete {
			b.wantNames("m")
		}
		if _, there := b.read("m", sub).Resources[sub]; !there {
			b.Fatalf("the subscription is gone after %s", op)
		}
	}
	b.runs(c.Addr, 2)
	b.settled(b.mesh("m", wide("2")))
}

// What the plan did not see is not written over.
func movedComponents(b *bench) {
	b.deploy("m", one)
	addr := b.addr(state.KindFunction, "f")
	c := b.wider("2")
	was, after := c.Before.(*state.Component), c.After.(*state.Component)
	had := b.component("m", addr)

	seen := c
	seen.Before, seen.After = changed(was, 5, 1), changed(after, 6, 2)
	b.moved(step(plan.Update, seen))
	b.moved(step(plan.Pause, seen))
	fresh := c
	fresh.Action, fresh.Before, fresh.After = diff.Create, nil, changed(after, 0, 3)
	b.moved(step(plan.Create, fresh))
	gone := seen
	gone.Action, gone.After = diff.Delete, nil
	b.moved(step(plan.Delete, gone))
	kept := gone
	kept.Between = changed(after, 7, 1)
	b.moved(step(plan.Keep, kept))
	if err := b.backend.Do(b.Context(), step(plan.Verify, seen), nil); err == nil {
		b.Error("what was never written is verified")
	}

	// As someone else leaves it, the plan does not know it either.
	b.Edit(state.KindFunction, "f", 3)
	b.moved(step(plan.Update, c))
	b.moved(step(plan.Delete, c))
	if now := b.component("m", addr); now.Parallelism() != 3 || now.Generation != had.Generation {
		b.Errorf("it has %d instances in generation %d", now.Parallelism(), now.Generation)
	}
}

// movedTopics is movedComponents for topics and what belongs to them.
func movedTopics(b *bench) {
	_, p := b.deploy("m", `
topics:
  - {name: in, partitions: 2, schema: {type: STRING}, retention: {retentionTimeInMinutes: 60}}
functions:
  - {name: f, FUNCTION, inputs: [in], output: out}
`)
	topic := state.TopicAddr(b.topic("in"))
	live := b.read("m", p.Scope...)
	change := func(action diff.Action, before, after state.Resource) diff.Change {
		return diff.Change{Addr: before.Addr(), Action: action, Before: before, After: after, Why: diff.Differs}
	}
	t, ok := live.Resources[topic].(*state.Topic)
	sub, okSub := live.Resources[b.sub("in", "f")].(*state.Subscription)
	schema, okSchema := live.Resources[state.SchemaAddr(b.topic("in"))].(*state.Schema)
	policies, okPolicies := live.Resources[state.PoliciesAddr(topic)].(*state.Policies)
	if !ok || !okSub || !okSchema || !okPolicies {
		b.Fatalf("not all is there: %v", live.Addrs())
	}
	other := b.id("other").String()

	b.moved(step(plan.Update, change(diff.Update, &state.Topic{Name: t.Name, Partitions: 5, Owner: t.Owner}, &state.Topic{Name: t.Name, Partitions: 6, Owner: t.Owner})))
	b.moved(step(plan.Delete, change(diff.Delete, &state.Topic{Name: t.Name, Partitions: t.Partitions, Owner: other}, nil)))
	b.moved(step(plan.Delete, change(diff.Delete, &state.Topic{Name: t.Name, Partitions: 5, Owner: t.Owner}, nil)))
	theirs := *sub
	theirs.Owner = other
	b.moved(step(plan.Delete, change(diff.Delete, &theirs, nil)))
	b.moved(step(plan.Create, change(diff.Create, &theirs, &theirs)))
	b.moved(step(plan.Update, change(diff.Adopt, &state.Subscription{Topic: sub.Topic, Name: sub.Name}, &theirs)))
	gone := *sub
	gone.Name += "-gone"
	b.moved(step(plan.Update, change(diff.Adopt, &gone, &gone)))
	another := *schema
	another.Versions = []string{"0123"}
	b.moved(step(plan.Update, change(diff.Update, &another, &state.Schema{Topic: t.Name, Type: "INT32"})))
	long, longer := *policies, *policies
	long.Values, longer.Values = map[string]any{"retention": state.Retention{Minutes: 7, MB: -1}.Value()}, map[string]any{"retention": state.Retention{Minutes: 8, MB: -1}.Value()}
	b.moved(step(plan.Update, change(diff.Update, &long, &longer)))
	b.moved(step(plan.Delete, change(diff.Delete, &long, nil)))
	long.Owner = other
	b.moved(step(plan.Delete, change(diff.Delete, &long, nil)))
	if now := b.read("m", p.Scope...); now.Fingerprint() != live.Fingerprint() {
		b.Errorf("something was written:\n%s\nwas\n%s", text(now), text(live))
	}
}

// What is paused does not run, plans see it and start it.
func pauseAndResume(b *bench) {
	u, _ := b.deploy("m", one)
	addr := b.addr(state.KindFunction, "f")
	c := b.component("m", addr)
	still := diff.Change{Addr: addr, Action: diff.NoOp, Before: c, After: c, Why: diff.Same}
	on := &doubled{Backend: b.backend, b: b}
	for range 2 {
		if err := on.Do(b.Context(), step(plan.Pause, still), b.tell); err != nil {
			b.Fatal(err)
		}
		if h := b.health(addr); h.Wanted != 1 || h.Running != 0 {
			b.Errorf("paused, %d of %d instances run", h.Running, h.Wanted)
		}
		if err := on.Do(b.Context(), step(plan.Resume, still), b.tell); err != nil {
			b.Fatal(err)
		}
		b.runs(addr, 1)
	}
	if err := on.Do(b.Context(), step(plan.Pause, still), b.tell); err != nil {
		b.Fatal(err)
	}
	live := b.read("m", addr)
	if f := live.Facts[addr]; f.Missing != 1 || f.Stopped != 1 {
		b.Errorf("paused, it has %+v", f)
	}
	// A stop is no change of what it is: a plan that was made before is still good.
	was := b.read("m", addr)
	was.Put(c)
	if d := cmp.Diff(text(was), text(live)); d != "" {
		b.Errorf("paused, it is another one:\n%s", d)
	}
	b.apply(b.plan(u, planner.Options{}))
	b.settled(u)
	b.runs(addr, 1)
}

// With a context that is over nothing is written.
func cancelled(b *bench) {
	u := b.mesh("m", rich)
	p := b.plan(u, planner.Options{})
	before := b.Writes()
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	for _, s := range p.Steps {
		if s.Op.Writes() {
			if err := b.backend.Do(ctx, s, nil); err == nil {
				b.Errorf("%s: no error", s.ID)
			}
		}
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("%d writes", n)
	}
	if after := b.plan(u, planner.Options{}); after.Base != p.Base {
		b.Error("something is there now")
	}
}

// A newer planner may know steps that a backend does not.
func unknownStep(b *bench) {
	b.deploy("m", one)
	c := b.component("m", b.addr(state.KindFunction, "f"))
	s := step("polish", diff.Change{Addr: c.Addr(), Action: diff.Update, Before: c, After: c})
	before := b.Writes()
	if err := b.backend.Do(b.Context(), s, nil); err == nil || errors.Is(err, backend.ErrMoved) {
		b.Errorf("%v", err)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("%d writes", n)
	}
}
