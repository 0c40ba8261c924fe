package native_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

const connectors = `
jarFile: code.jar
sources:
  - {name: count, archive: code.jar, className: org.example.loss.Counter, output: numbers, configs: {prefix: "", big: 5}}
functions:
  - {name: forward, className: org.example.loss.Forward, inputs: [numbers], output: out}
sinks:
  - {name: collect, archive: code.jar, className: org.example.loss.Collector, inputs: [out], configs: {file: FILE}, timeoutMs: 60000}
`

func TestSourcesAndSinks(t *testing.T) {
	connected(harness.New(t, pulsartest.Shared(t)))
}

// connected takes a source, a function and a sink through their lives: nothing is
// left to do after each step, and what the plan calls a replacement keeps the backlog.
func connected(b *harness.Bench) {
	t := b.TB
	t.Helper()
	b.Jar("loss-a.jar", "code.jar")
	file := filepath.Join(t.TempDir(), "lines")
	text := strings.ReplaceAll(connectors, "FILE", file)
	u := b.Mesh("connected", text)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
	lines(t, file, 200)
	for _, change := range []struct {
		name, node, from, to string
		action               diff.Action
	}{
		{"configs", "count", `prefix: ""`, `prefix: "a"`, diff.Update},
		{"producer", "count", "output: numbers", "output: numbers, producerConfig: {compressionType: ZSTD}", diff.Update},
		{"timeout and parallelism", "collect", "timeoutMs: 60000", "timeoutMs: 50000, parallelism: 2", diff.Update},
		{"position", "collect", "inputs: [out]", "inputs: [out], sourceSubscriptionPosition: Earliest", diff.Update},
		{"ordering", "collect", "inputs: [out]", "inputs: [out], retainOrdering: true", diff.Replace},
		{"subscription's name", "collect", "inputs: [out]", "inputs: [out], sourceSubscriptionName: mine", diff.Replace},
		{"guarantees", "count", "output: numbers", "output: numbers, processingGuarantees: ATMOST_ONCE", diff.Replace},
		{"settings of an input", "forward", "inputs: [numbers]", "inputSpecs: {numbers: {receiverQueueSize: 10, schemaType: STRING, schemaProperties: {a: b}}}", diff.Update},
		{"settings of an input taken away", "forward", "no change", "", diff.Update},
		{"settings of a sink's input", "collect", "inputs: [out]", "inputs: [out], inputSpecs: {out: {receiverQueueSize: 5, poolMessages: true, schemaType: STRING}}", diff.Update},
		{"secrets and flags", "count", "output: numbers", "output: numbers, secrets: {a: {path: b}}, runtimeFlags: -Dx=y", diff.Update},
		{"fields taken away again", "count", "no change", "", diff.Replace},
	} {
		u := b.Mesh("connected", strings.Replace(text, change.from, change.to, 1))
		p := b.Plan(u, planner.Options{})
		if !slices.ContainsFunc(p.Changes(), func(c diff.Change) bool {
			return c.Action == change.action && c.Addr.Kind().IsComponent() && strings.HasSuffix(c.Addr.Name(), "/"+change.node)
		}) {
			t.Errorf("%s of %s: the plan is %v", change.name, change.node, actions(p))
		}
		b.Apply(p, plan.MessageLoss)
		b.Empty(u)
	}
	b.Imported("connected")
	before := count(t, file)
	lines(t, file, before+100)
	harness.Figure(t, "a source and a sink through %d changes, %d lines written", 12, count(t, file))
	b.Apply(b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true}), plan.TopicData, plan.MessageLoss)
	if left := b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true}); !left.Empty() {
		t.Errorf("destroy left %v", actions(left))
	}
}

func actions(p *plan.Plan) string {
	var out []string
	for _, c := range p.Changes() {
		out = append(out, fmt.Sprintf("%s %s %+v", c.Action, c.Addr, c.Fields))
	}
	return strings.Join(out, "\n")
}

func count(t testing.TB, file string) int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(data), "\n")
}

// lines waits until a file has so many.
func lines(t testing.TB, file string, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for count(t, file) < want {
		select {
		case <-ctx.Done():
			t.Fatalf("%d lines came, want %d", count(t, file), want)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
