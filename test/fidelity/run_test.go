package fidelity

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
	"github.com/meshc/meshc/test/harness"
)

// topics are there before the meshes, with a schema, so that all components can
// share them.
var topics = []string{"in0", "in1", "in2", "out0", "out1", "out2", "pat-a-1", "pat-b-1"}

// bare topics have no schema: log lines and messages given up.
var bare = []string{"log0", "log1", "dead0", "dead1", "late0", "late1"}

// tester takes components through their configs on one server.
type tester struct {
	*harness.Bench
	// counts by action, and those spelled-out defaults that change nothing.
	counts map[string]int
}

func newTester(t testing.TB, srv *pulsar.Server) *tester {
	t.Helper()
	b := &tester{Bench: harness.New(t, srv), counts: map[string]int{}}
	jar, err := os.ReadFile(harness.Built(t, "test/fidelity/java/target/fidelity.jar"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"fidelity.jar": jar,
		// Bytes before a zip are passed over by all that read one.
		"copy.jar": append([]byte("another "), jar...),
	} {
		if err := os.WriteFile(filepath.Join(b.Dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writePython(t, b.Dir)
	for _, name := range append(slices.Clone(topics), bare...) {
		b.Topic(name, 0)
		// Brokers delete topics that nobody subscribes to after a minute.
		if err := b.Client.CreateSubscription(context.Background(), b.FullTopic(name), "keep", admin.Latest, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range topics {
		b.schema(name)
	}
	return b
}

// schema registers texts, as the first typed producer would.
func (b *tester) schema(topic string) {
	b.Helper()
	url := b.Server.AdminURL + "/admin/v2/schemas/" + b.Tenant + "/" + b.Namespace + "/" + topic + "/schema"
	resp, err := http.Post(url, "application/json", strings.NewReader(`{"type":"STRING","schema":"","properties":{}}`))
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		b.Fatalf("schema of %s: %s", topic, resp.Status)
	}
}

// mesh is the text of a mesh of components, each with one of its configs.
func (b *tester) text(name string, all []one, round int) []byte {
	m := map[string]any{"tenant": b.Tenant, "namespace": b.Namespace, "name": name}
	var declared []any
	for _, t := range append(slices.Clone(topics), bare...) {
		declared = append(declared, object("name", t, "external", true))
	}
	m["topics"] = declared
	for i, c := range all {
		list, _ := m[string(c.kind)+"s"].([]any)
		config := with(c.configs[min(round, len(c.configs)-1)], []string{"name"}, nameOf(i))
		for _, field := range []string{"subName", "sourceSubscriptionName"} {
			if v, given := config[field].(string); given {
				// No two components share one.
				config[field] = v + "-" + nameOf(i)
			}
		}
		m[string(c.kind)+"s"] = append(list, config)
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func nameOf(i int) string { return fmt.Sprintf("c%02d", i) }

func (b *tester) compile(name string, text []byte) (compiler.Unit, diag.List) {
	result := compiler.Compile([]compiler.Input{{Name: filepath.Join(b.Dir, name+".yaml"), Data: text}}, compiler.Options{NeedCode: true})
	if result.Findings.HasErrors() {
		return compiler.Unit{}, result.Findings
	}
	return result.Units[0], nil
}

// walk takes one mesh of components through all their configs.
func (b *tester) walk(name string, all []one) {
	b.Helper()
	rounds := 0
	for _, c := range all {
		rounds = max(rounds, len(c.configs))
	}
	for round := range rounds {
		b.round(name, all, round)
		if b.Failed() {
			return
		}
	}
	u, _ := b.compile(name, b.text(name, all, rounds))
	b.Apply(b.plan(u, planner.Options{Destroy: true}), plan.RiskKinds()...)
}

func (b *tester) plan(u compiler.Unit, o planner.Options) *plan.Plan {
	b.Helper()
	p, findings, err := planner.Make(context.Background(), b.Backend, native.Name, u, o)
	if err != nil || findings.HasErrors() {
		b.Fatalf("plan: %v %+v", err, findings)
	}
	return p
}

// round brings all components to their next config and checks each.
func (b *tester) round(name string, all []one, round int) {
	b.Helper()
	u, findings := b.compile(name, b.text(name, all, round))
	if findings != nil {
		b.Fatalf("%+v", findings)
	}
	p := b.plan(u, planner.Options{Allow: plan.RiskKinds()})
	b.foreseen(p, all, round)
	b.carryOut(p, all)
	for i, c := range all {
		b.result(p, c, nameOf(i), round)
	}
	b.Empty(u)
}

// foreseen checks that the plan has a change for each component whose config
// changed, and none for the others.
func (b *tester) foreseen(p *plan.Plan, all []one, round int) {
	b.Helper()
	planned := map[string]diff.Change{}
	for _, c := range p.Changes() {
		if c.Addr.Kind().IsComponent() {
			planned[c.Addr.Name()[strings.LastIndexByte(c.Addr.Name(), '/')+1:]] = c
		}
	}
	for i, c := range all {
		change, has := planned[nameOf(i)]
		if round == 0 {
			continue
		}
		before, after := c.configs[min(round-1, len(c.configs)-1)], c.configs[min(round, len(c.configs)-1)]
		differs := !reflect.DeepEqual(before, after)
		switch {
		case !differs && has:
			b.Errorf("%s: an equal config is planned as %s %+v", c.about, change.Action, change.Fields)
		case differs && !has:
			if !c.silent(before, after) {
				b.Errorf("%s: the change from %v to %v is not in the plan", c.about, before, after)
			}
			b.counts["no change"]++
		case differs:
			b.counts[string(change.Action)]++
		}
	}
}

// silent tells whether no change is right: an explicit default, or a value that is
// read once only.
func (c one) silent(before, after map[string]any) bool {
	if c.path == nil {
		return false
	}
	if c.field.Settled {
		return true
	}
	plainly := func(config map[string]any) any {
		v := at(config, c.path)
		if v == nil {
			v = c.field.Default
		}
		return state.Canonical(v)
	}
	return reflect.DeepEqual(plainly(before), plainly(after))
}

// carryOut applies, and lets no answer of a worker pass that a plan should have known.
func (b *tester) carryOut(p *plan.Plan, all []one) {
	b.Helper()
	events := func(e backend.Event) {
		if r, ok := e.(backend.Retrying); ok {
			if text := r.Err.Error(); strings.Contains(text, "no change") || strings.Contains(text, "altered") {
				b.Errorf("%s: %s", r.Step.ID, text)
			}
		}
	}
	report, err := planner.Apply(context.Background(), b.Backend, p, apply.Options{Allow: plan.RiskKinds(), Events: events, WaitLimit: 3 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range report.Failed {
		b.Errorf("%s (%s): %v", f.Step.ID, about(f.Step.Addr, all), f.Err)
	}
	if !report.OK() {
		b.FailNow()
	}
}

func about(addr state.Addr, all []one) string {
	for i, c := range all {
		if strings.HasSuffix(string(addr), "/"+nameOf(i)) {
			return c.about
		}
	}
	return ""
}

// result compares what a worker gives back with what the plan said, and by itself
// with what the file says.
func (b *tester) result(p *plan.Plan, c one, name string, round int) {
	b.Helper()
	addr := state.ComponentAddr(state.Kind(c.kind), b.Tenant, b.Namespace, name)
	live, err := b.Backend.Read(context.Background(), backend.Scope{Mesh: mesh(p), Addrs: []state.Addr{addr}})
	if err != nil {
		b.Fatal(err)
	}
	have, ok := live.Resources[addr].(*state.Component)
	if !ok {
		b.Errorf("%s: gone", c.about)
		return
	}
	for _, change := range p.Changes() {
		if change.Addr == addr {
			want := change.After.(*state.Component)
			if d := cmp.Diff(want.Fields, have.Fields); d != "" {
				b.Errorf("%s: the plan's result (-) is not the worker's (+):\n%s", c.about, d)
			}
		}
	}
	raw, err := b.Client.Get(context.Background(), admin.Kind(string(c.kind)+"s"), b.Tenant, b.Namespace, name)
	if err != nil {
		b.Fatal(err)
	}
	if c.path == nil || c.field.Settled {
		return
	}
	want := at(c.configs[min(round, len(c.configs)-1)], c.path)
	if want == nil {
		return // what remains of a cleared value, the comparison with the plan shows
	}
	if got, visible := b.readBack(raw, c); visible && !cmp.Equal(state.Canonical(want), got) {
		b.Errorf("%s: the worker has %v, the file says %v", c.about, got, want)
	}
}

// readBack takes a field's value out of a reply; not visible is what replies do not
// have, or have in another place.
func (b *tester) readBack(raw map[string]any, c one) (v any, visible bool) {
	f := c.field
	if f.Hidden || f.Into != "" || f.Update == fields.Lossy {
		return nil, false
	}
	path := slices.Clone(c.path)
	switch {
	case len(path) > 1 && path[1] == "in0":
		path[1] = b.FullTopic("in0")
	case f.Name == "inputs" || f.Name == "topicsPattern" || f.Name == "inputSpecs" || f.Name == "customRuntimeOptions":
		return nil, false
	}
	v = at(raw, path)
	if text, ok := v.(string); ok && (f.Type == fields.TopicName || f.Type == fields.OneTopic) {
		v = strings.TrimPrefix(text, b.FullTopic(""))
	} else if ok && strings.HasSuffix(strings.ToLower(f.Name), "subscriptionname") || f.Name == "subName" {
		v, _, _ = strings.Cut(text, "-")
	}
	return state.Canonical(v), true
}
