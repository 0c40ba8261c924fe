package native_test

import (
	"context"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// TestDedicatedWorker runs the same meshes where the function worker is a process
// of its own beside a broker without one, with code sent along with each component.
func TestDedicatedWorker(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{Workers: 1})
	everyWay(t, srv)
}

// TestTwoWorkers runs them on two workers behind a balancer that gives each request
// to the other one than the last: what one has written the other sees a little
// later. Then instances are spread over both, and move when one is killed.
func TestTwoWorkers(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{Workers: 2, Packages: true})
	balanced := balancer(t, srv.WorkerURLs)
	t.Run("life", func(t *testing.T) { life(harness.NewAt(t, srv, balanced)) })
	t.Run("update", func(t *testing.T) { update(harness.NewAt(t, srv, balanced)) })
	t.Run("replacement", func(t *testing.T) { replacement(harness.NewAt(t, srv, balanced)) })
	t.Run("code", func(t *testing.T) { onlyChangedCode(harness.NewAt(t, srv, balanced)) })
	t.Run("connectors", func(t *testing.T) { connected(harness.NewAt(t, srv, balanced)) })
	t.Run("one is killed", func(t *testing.T) { oneWorkerDies(harness.New(t, srv)) })
}

// balancer gives each request to the next of the servers.
func balancer(t *testing.T, to []string) string {
	t.Helper()
	var targets []*url.URL
	for _, text := range to {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, u)
	}
	var n atomic.Int64
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(targets[int(n.Add(1))%len(targets)])
	}})
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// spread is a function with an instance on each worker, and more.
const spread = `
jarFile: code.jar
topics: [{name: in, partitions: 4}]
functions:
  - {name: wide, className: org.example.loss.Forward, inputs: [in], output: out, parallelism: WIDTH}
`

// oneWorkerDies kills one of two workers. The next apply asks the other one, waits
// until all instances run there, and changes what there is to change.
func oneWorkerDies(b *harness.Bench) {
	t := b.TB
	t.Helper()
	b.Jar("loss-a.jar", "code.jar")
	u := b.Mesh("spread", strings.Replace(spread, "WIDTH", "4", 1))
	b.Apply(b.Plan(u, planner.Options{}))
	before := workersOf(b, "wide")
	if len(before) != 2 {
		t.Errorf("the instances run on %v", before)
	}
	b.Server.KillWorker(0)
	begin := time.Now()
	u = b.Mesh("spread", strings.Replace(spread, "WIDTH", "3", 1))
	p := b.Plan(u, planner.Options{})
	b.Apply(p)
	t.Logf("3 of 3 run %v after the other worker was killed", time.Since(begin).Round(time.Second))
	b.Empty(u)
	if after := workersOf(b, "wide"); len(after) != 1 || after["worker-1"] != 3 {
		t.Errorf("the instances run on %v", after)
	}
	if err := b.Server.StartWorker(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	down := b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	b.Apply(down, plan.TopicData)
}

// workersOf counts the instances of a function by worker.
func workersOf(b *harness.Bench, name string) map[string]int {
	b.Helper()
	status, err := b.Client.Status(context.Background(), admin.Functions, b.Tenant, b.Namespace, name)
	if err != nil {
		b.Fatal(err)
	}
	out := map[string]int{}
	for _, i := range status.Instances {
		if i.Status.Running {
			out[i.Status.WorkerID]++
		}
	}
	return out
}
