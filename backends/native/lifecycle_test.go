package native_test

import (
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
)

func (b *bench) observe(method, _ string, _ int, _ time.Duration) {
	if method != "GET" {
		b.writes.Add(1)
	}
}

const chain = `
jarFile: code.jar
topics:
  - {name: words, partitions: 2}
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: words, parallelism: 2}
  - {name: second, className: org.example.loss.Forward, inputs: [words], output: out, userConfig: {n: 5, text: "x"}, retainOrdering: true}
`

func TestApplyThenNothingToDo(t *testing.T) {
	b := newBench(t, pulsartest.Shared(t))
	b.jar("loss-a.jar", "code.jar")
	u := b.mesh("chain", chain)
	b.apply(b.plan(u, planner.Options{}))
	b.empty(u)
	down := b.plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	b.apply(down, plan.TopicData)
	left := b.plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	if !left.Empty() {
		t.Errorf("destroy left %v", left.Steps)
	}
}
