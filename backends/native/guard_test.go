package native_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

const one = `
functions:
  - {name: one, className: org.example.loss.Forward, inputs: [in], output: out, jar: code.jar}
`

// findings plans and returns what was found; there must be no plan.
func findings(b *harness.Bench, body string) diag.List {
	b.Helper()
	before := b.Writes.Load()
	p, list, err := planner.Make(context.Background(), b.Backend, native.Name, b.Mesh("one", body), planner.Options{})
	if err != nil || p != nil {
		b.Fatalf("plan %v, error %v", p, err)
	}
	if b.Writes.Load() != before {
		b.Error("planning wrote")
	}
	return list
}

func TestComponentsOfOthersAreNotTouched(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	ctx := context.Background()
	config := map[string]any{"className": "org.example.loss.Forward", "inputs": []string{b.FullTopic("in")}, "runtime": "JAVA",
		// Otherwise its end would take the subscription along, at a time of its own.
		"cleanupSubscription": false}
	u := b.Mesh("one", one)
	b.Apply(b.Plan(u, planner.Options{}))
	code := b.Plan(b.Mesh("one", one), planner.Options{Destroy: true})
	url := ""
	for _, c := range code.Changes() {
		if f, ok := c.Before.(*state.Component); ok {
			url = f.Code.URL
		}
	}
	// Someone takes the name without meshc.
	if err := b.Client.Delete(ctx, admin.Functions, b.Tenant, b.Namespace, "one"); err != nil {
		t.Fatal(err)
	}
	if err := b.Client.Create(ctx, admin.Functions, b.Tenant, b.Namespace, "one", config, admin.Package{URL: url}); err != nil {
		t.Fatal(err)
	}
	if list := findings(b, one); len(list) != 1 || list[0].Code != diag.NotOurs || list[0].Span.Start.Line != 6 {
		t.Errorf("%+v", list)
	}
	down := b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	for _, c := range down.Changes() {
		if c.Addr.Kind() == state.KindFunction {
			t.Errorf("destroy touches %s", c.Addr)
		}
	}
	// And another mesh of meshc has no more right to it.
	if err := b.Client.Delete(ctx, admin.Functions, b.Tenant, b.Namespace, "one"); err != nil {
		t.Fatal(err)
	}
	b.Apply(b.Plan(u, planner.Options{Destroy: true}))
	b.Apply(b.Plan(b.Mesh("other", one), planner.Options{}))
	list := findings(b, one)
	if len(list) != 1 || list[0].Code != diag.NotOurs || !strings.Contains(list[0].Detail, "/other") {
		t.Errorf("%+v", list)
	}
}

func TestPlanIsRefusedWhenTheClusterMoved(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("one", one), planner.Options{}))
	p := b.Plan(b.Mesh("one", strings.Replace(one, "jar:", "parallelism: 2, jar:", 1)), planner.Options{})
	// A hand changes the function meanwhile.
	err := b.Client.Update(context.Background(), admin.Functions, b.Tenant, b.Namespace, "one",
		map[string]any{"userConfig": map[string]any{"hand": true}}, admin.Package{URL: urlOf(p)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Writes.Load()
	_, err = planner.Apply(context.Background(), b.Backend, p, apply.Options{})
	var stale *apply.StaleError
	if !errors.As(err, &stale) || len(stale.Moved) != 1 {
		t.Errorf("error %v", err)
	}
	if b.Writes.Load() != before {
		t.Error("a stale plan wrote")
	}
	// The new plan shows what the hand did and takes it back.
	p = b.Plan(b.Mesh("one", one), planner.Options{})
	if len(p.Changes()) != 1 || p.Changes()[0].Fields[0].Field != "userConfig.hand" {
		t.Errorf("%+v", p.Changes())
	}
	b.Apply(p)
	b.Empty(b.Mesh("one", one))
}

func urlOf(p *plan.Plan) string {
	return p.Changes()[0].Before.(*state.Component).Code.URL
}

func TestHandMadeSettingsAreDifferences(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	u := b.Mesh("one", one)
	b.Apply(b.Plan(u, planner.Options{}))
	for _, hand := range []map[string]any{
		{"secrets": map[string]any{"a": map[string]any{"path": "p", "key": "k"}}},
		{"producerConfig": map[string]any{"compressionType": "ZSTD"}},
		{"timeoutMs": 60000},
		{"cleanupSubscription": true},
		{"inputSpecs": map[string]any{b.FullTopic("in"): map[string]any{"receiverQueueSize": 7}}, "logTopic": b.FullTopic("log")},
	} {
		url := ""
		for _, c := range b.Plan(u, planner.Options{Destroy: true}).Changes() {
			if f, ok := c.Before.(*state.Component); ok {
				url = f.Code.URL
			}
		}
		if err := b.Client.Update(context.Background(), admin.Functions, b.Tenant, b.Namespace, "one", hand, admin.Package{URL: url}, nil); err != nil {
			t.Fatalf("%v: %v", hand, err)
		}
		p := b.Plan(u, planner.Options{})
		if len(p.Changes()) != 1 {
			t.Fatalf("%v: changes %+v", hand, p.Changes())
		}
		t.Logf("%v: %s %+v", hand, p.Changes()[0].Action, p.Changes()[0].Fields)
		b.Apply(p)
		b.Empty(u)
	}
}

func TestNamespaces(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	made := b.Namespace + "-made"
	t.Cleanup(func() { _ = b.Client.DeleteNamespace(context.Background(), b.Tenant, made) })
	b.Namespace = made
	if list := findings(b, one); len(list) != 1 || list[0].Code != diag.AbsentNamespace || list[0].Span.Start.Line != 2 {
		t.Errorf("%+v", list)
	}
	b.Namespace = "{name: " + made + ", create: true}"
	u := b.Mesh("one", one)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
	b.Apply(b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true}), plan.TopicData)
}

func TestPartitionsGrowWithTheirSubscriptions(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("chain", chain), planner.Options{}))
	u := b.Mesh("chain", strings.Replace(chain, "partitions: 2", "partitions: 3", 1))
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
	stats, err := b.Client.TopicStats(context.Background(), b.FullTopic("words"))
	if err != nil || stats.Partitions != 3 {
		t.Fatalf("%+v %v", stats, err)
	}
	sub := stats.Subscriptions[b.Tenant+"/"+b.Namespace+"/second"]
	if sub.Partitions != 3 || len(sub.Properties) == 0 {
		t.Errorf("subscription %+v", sub)
	}
	_, list, err := planner.Make(context.Background(), b.Backend, native.Name, b.Mesh("chain", chain), planner.Options{})
	if err != nil || len(list) != 1 || list[0].Code != diag.PartitionsFixed {
		t.Errorf("%+v %v", list, err)
	}
}
