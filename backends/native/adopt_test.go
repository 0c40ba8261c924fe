package native_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

const adopted = `
jarFile: code.jar
topics: [{name: in, external: true}]
functions:
  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out, lifecycle: {adopt: true}}
`

// others makes a function as someone else would: uploaded, with Pulsar's defaults,
// so that its subscription has the default name and is cleaned up.
func others(b *harness.Bench, name string, config map[string]any, jar string) {
	b.Helper()
	whole := map[string]any{"runtime": "JAVA", "className": "org.example.loss.Forward", "inputs": []string{b.FullTopic("in")}, "output": b.FullTopic("out")}
	for k, v := range config {
		whole[k] = v
	}
	if err := b.Client.Create(context.Background(), admin.Functions, b.Tenant, b.Namespace, name, whole, admin.Package{File: filepath.Join(b.Dir, jar)}); err != nil {
		b.Fatal(err)
	}
	b.Running(name)
	// What is sent before it has subscribed is not for it.
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		stats, err := b.Client.TopicStats(context.Background(), b.FullTopic("in"))
		if err == nil && slices.ContainsFunc(slices.Collect(maps.Values(stats.Subscriptions)), func(s admin.Subscription) bool { return len(s.Consumers) > 0 }) {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("%s does not subscribe: %v", name, err)
		}
	}
}

// changesOf are a plan's changes, as "action address".
func changesOf(b *harness.Bench, p *plan.Plan) []string {
	var out []string
	for _, c := range p.Changes() {
		if kind := c.Addr.Kind(); kind.IsComponent() || kind == state.KindSubscription {
			name := strings.ReplaceAll(c.Addr.Name(), b.Tenant+"/"+b.Namespace+"/", "")
			out = append(out, fmt.Sprintf("%s %s %s", c.Action, kind, strings.TrimPrefix(name, "persistent://")))
		}
	}
	slices.Sort(out)
	return out
}

func wantActions(b *harness.Bench, p *plan.Plan, want ...string) {
	b.Helper()
	if got := changesOf(b, p); !slices.Equal(got, want) {
		b.Fatalf("planned %q, want %q", got, want)
	}
}

// refused plans and wants findings of one code that say something.
func refused(b *harness.Bench, u compiler.Unit, o planner.Options, code diag.Code, says string) {
	b.Helper()
	_, found, err := planner.Make(context.Background(), b.Backend, native.Name, u, o)
	if err != nil || len(found) != 1 || found[0].Code != code || !strings.Contains(fmt.Sprint(found[0].Detail, found[0].Hints), says) {
		b.Fatalf("%v %+v, want %s that says %q", err, found, code, says)
	}
}

func TestAdoption(t *testing.T) {
	adoption(harness.New(t, pulsartest.Shared(t)))
}

// adoption takes a function over that was made by upload, with its defaults, and
// gives it new code afterwards.
func adoption(b *harness.Bench) {
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	others(b, "f", nil, "code.jar")
	refused(b, b.Mesh("m", strings.ReplaceAll(adopted, ", lifecycle: {adopt: true}", "")), planner.Options{}, diag.NotOurs, "lifecycle: {adopt: true}")
	refused(b, b.Mesh("m", strings.ReplaceAll(adopted, "inputs: [in]", "inputs: [in, other]")), planner.Options{}, diag.AdoptAsItIs, "inputs")

	u := b.Mesh("m", adopted)
	p := b.Plan(u, planner.Options{})
	wantActions(b, p, "adopt function f", "adopt subscription in#f")
	for _, c := range p.Changes() {
		if c.Addr.Kind() == state.KindFunction && (len(c.Fields) != 1 || c.Fields[0].Field != "cleanupSubscription") {
			b.Errorf("more than cleanupSubscription changes: %+v", c.Fields)
		}
	}
	b.Apply(p)
	b.Empty(u)
	// Another mesh cannot have it now.
	refused(b, b.Mesh("other", adopted), planner.Options{}, diag.NotOurs, "is not adopted")

	// Updated by upload it would go on with its old code.
	b.Jar("loss-b.jar", "code.jar")
	u = b.Mesh("m", adopted)
	p = b.Plan(u, planner.Options{})
	wantActions(b, p, "update function f")
	b.Apply(p)
	b.Empty(u)
	_, sum, err := b.Client.Download(context.Background(), admin.Functions, b.Tenant, b.Namespace, "f", io.Discard)
	if want := harness.HashOf(b, filepath.Join(b.Dir, "code.jar")); err != nil || sum != want {
		b.Errorf("it runs %s (%v), not %s", sum, err, want)
	}
	// What was adopted goes with the mesh, its subscription too.
	b.Apply(b.Plan(u, planner.Options{Destroy: true}))
	stats, err := b.Client.TopicStats(context.Background(), b.FullTopic("in"))
	if err != nil || len(stats.Subscriptions) != 0 {
		b.Errorf("left behind: %+v, %v", stats.Subscriptions, err)
	}
}

// A function of others, its input spelled short, is replaced under load: its
// subscriptions would go with it, so that is turned off first.
func TestAdoptionWithReplacementUnderLoad(t *testing.T) {
	underLoad(t, func(b *harness.Bench) {
		others(b, "f", nil, "code.jar")
		b.Running("f") // its subscription is there before the plan and the load
	}, adopted, strings.ReplaceAll(adopted, "output: out", "output: out, retainOrdering: true, userConfig: {delayMs: 1}"), "replace function f")
}

// A hand turns cleanupSubscription on, and then the function is replaced, deleted
// or renamed.
func TestCleanupTurnedOnByHandUnderLoad(t *testing.T) {
	const mine = `
jarFile: code.jar
topics: [{name: in, external: true}]
functions:
  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}
`
	for name, to := range map[string]string{
		"replaced": strings.ReplaceAll(mine, "output: out", "output: out, retainOrdering: true"),
		"renamed":  strings.ReplaceAll(mine, "name: f,", "name: g, lifecycle: {movedFrom: f},"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			underLoad(t, func(b *harness.Bench) {
				b.Apply(b.Plan(b.Mesh("m", mine), planner.Options{}))
				by := map[string]any{"cleanupSubscription": true}
				if err := b.Client.Update(context.Background(), admin.Functions, b.Tenant, b.Namespace, "f", by, admin.Package{URL: liveURL(b, "f")}, nil); err != nil {
					b.Fatal(err)
				}
				b.Running("f")
			}, mine, to, "")
		})
	}
}

// liveURL is the package of a function, which an update has to name.
func liveURL(b *harness.Bench, name string) string {
	b.Helper()
	f := state.ComponentAddr(state.KindFunction, b.Tenant, b.Namespace, name)
	s := b.Read("m")
	return s.Resources[f].(*state.Component).Code.URL
}

// underLoad sends numbers while a plan is carried out, and wants all to arrive.
func underLoad(t *testing.T, make func(*harness.Bench), _, to, action string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	make(b)
	client := harness.Dial(t, b.Server.BrokerURL)
	finish := harness.Stream(ctx, t, client, b.FullTopic("in"), 500)
	u := b.Mesh("m", to)
	p := b.Plan(u, planner.Options{})
	if !slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Op == plan.Keep }) || action != "" && !slices.Contains(changesOf(b, p), action) {
		t.Errorf("%q, and no step that keeps subscriptions: %v", changesOf(b, p), p.Steps)
	}
	b.Apply(p)
	b.Empty(u)
	a := harness.Collect(ctx, t, client, b.FullTopic("out"), finish(), 20*time.Second)
	if t.Log(a); len(a.Missing) > 0 {
		t.Errorf("lost: %v", a)
	}
}

func TestRenames(t *testing.T) {
	for name, more := range map[string]string{"shared": "", "in order": ", retainOrdering: true"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rename(t, more)
		})
	}
}

// rename moves a function to another name under load.
func rename(t *testing.T, more string) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	text := "jarFile: code.jar\ntopics: [{name: in, external: true}]\nfunctions:\n  - {name: old, className: org.example.loss.Forward, inputs: [in], output: out" + more + "}\n"
	b.Apply(b.Plan(b.Mesh("m", text), planner.Options{}))
	client := harness.Dial(t, b.Server.BrokerURL)
	finish := harness.Stream(ctx, t, client, b.FullTopic("in"), 500)
	u := b.Mesh("m", strings.Replace(text, "name: old", "name: new, lifecycle: {movedFrom: old}", 1))
	p := b.Plan(u, planner.Options{})
	wantActions(b, p, "create function new", "delete function old")
	b.Apply(p)
	b.Empty(u)
	// Later the file gives the subscription its name, and the move is history.
	u = b.Mesh("m", strings.Replace(text, "name: old", "name: new, subName: "+b.Tenant+"/"+b.Namespace+"/old", 1))
	b.Empty(u)
	a := harness.Collect(ctx, t, client, b.FullTopic("out"), finish(), 20*time.Second)
	if t.Log(a); len(a.Missing) > 0 {
		t.Errorf("lost: %v", a)
	}
}

func TestProtection(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	const text = `
jarFile: code.jar
functions:
  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out, lifecycle: {protect: true}}
  - {name: g, className: org.example.loss.Forward, inputs: [out], output: end}
`
	u := b.Mesh("m", text)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
	refused(b, b.Mesh("m", strings.ReplaceAll(text, "output: out", "output: out, retainOrdering: true")), planner.Options{}, diag.Protected, "retainOrdering")
	without := strings.Split(text, "\n")
	without = slices.DeleteFunc(without, func(s string) bool { return strings.Contains(s, "name: f,") })
	refused(b, b.Mesh("m", strings.Join(without, "\n")), planner.Options{}, diag.Protected, "deleted")
	refused(b, u, planner.Options{Destroy: true}, diag.Protected, "deleted")
	_, found, err := planner.MakeDestroy(context.Background(), b.Backend, native.Name, u.Mesh.ID, planner.Options{})
	if err != nil || len(found) != 1 || found[0].Code != diag.Protected {
		t.Errorf("destroy by name: %v %+v", err, found)
	}
	open := b.Mesh("m", strings.ReplaceAll(text, "protect: true", "protect: false"))
	p := b.Plan(open, planner.Options{})
	if c := p.Changes(); len(c) != 1 || c[0].Action != diff.Update || c[0].Fields[0].Field != "lifecycle.protect" {
		t.Errorf("%+v", c)
	}
	b.Apply(p)
	b.Apply(b.Plan(open, planner.Options{Destroy: true}))
}
