// Package loss sends numbered messages through meshes on a real Pulsar while
// plans are carried out, and counts what arrives.
package loss

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

const chain = `
jarFile: code.jar
topics: [{name: in, external: true}]
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: a}
  - {name: middle, className: org.example.loss.Forward, inputs: [a], output: b}
  - {name: last, className: org.example.loss.Forward, inputs: [b], output: out}
`

// messages is how many the tests send: 100,000, or what MESHC_LOSS_MESSAGES says.
func messages() int {
	if n, err := strconv.Atoi(os.Getenv("MESHC_LOSS_MESSAGES")); err == nil && n > 0 {
		return n
	}
	return 100_000
}

// TestParallelismChangesUnderLoad is the promise in its plainest form: numbers go
// in at one end while the middle of the chain is updated, and all come out.
func TestParallelismChangesUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	n := messages()
	b.Apply(b.Plan(b.Mesh("chain", chain), planner.Options{}))
	client := harness.Dial(t, b.Server.BrokerURL)

	var sent atomic.Int64
	done := make(chan struct{})
	begin := time.Now()
	go func() {
		defer close(done)
		harness.Numbers(ctx, t, client, b.FullTopic("in"), n, 8000, &sent)
	}()
	waitFor(ctx, t, func() bool { return sent.Load() > int64(n)/4 })
	wider := strings.Replace(chain, "inputs: [a]", "parallelism: 2, inputs: [a]", 1)
	during := b.Plan(b.Mesh("chain", wider), planner.Options{})
	if len(during.Changes()) != 1 {
		t.Fatalf("%+v", during.Changes())
	}
	at := sent.Load()
	b.Apply(during)
	harness.Figure(t, "updated between message %d and %d", at, sent.Load())
	if sent.Load() == int64(n) {
		t.Error("the update did not fall into the load; nothing was shown")
	}
	a := harness.Collect(ctx, t, client, b.FullTopic("out"), n, 20*time.Second)
	<-done
	harness.Figure(t, "%d messages through three functions in %v: %v", n, time.Since(begin).Round(100*time.Millisecond), a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
	b.Apply(b.Plan(b.Mesh("chain", wider), planner.Options{Destroy: true, DeleteTopics: true, Allow: []plan.RiskKind{plan.TopicData}}), plan.TopicData)
}

func waitFor(ctx context.Context, t *testing.T, done func() bool) {
	t.Helper()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
