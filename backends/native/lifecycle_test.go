package native_test

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

const chain = `
jarFile: code.jar
topics:
  - {name: words, partitions: 2}
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: words, parallelism: 2}
  - {name: second, className: org.example.loss.Forward, inputs: [words], output: out, userConfig: {n: 5, text: "x"}, retainOrdering: true}
`

func TestApplyThenNothingToDo(t *testing.T) {
	life(harness.New(t, pulsartest.Shared(t)))
}

func life(b *harness.Bench) {
	t := b.TB
	t.Helper()
	b.Jar("loss-a.jar", "code.jar")
	u := b.Mesh("chain", chain)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
	down := b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	b.Apply(down, plan.TopicData)
	left := b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	if !left.Empty() {
		t.Errorf("destroy left %v", left.Steps)
	}
}

func TestUpdateOfParallelismAndConfig(t *testing.T) {
	update(harness.New(t, pulsartest.Shared(t)))
}

func update(b *harness.Bench) {
	t := b.TB
	t.Helper()
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("chain", chain), planner.Options{}))
	changed := strings.ReplaceAll(chain, "retainOrdering: true", "retainOrdering: true, parallelism: 2")
	changed = strings.ReplaceAll(changed, `text: "x"`, `text: "y", more: [1, {a: null, b: true}]`)
	u := b.Mesh("chain", changed)
	p := b.Plan(u, planner.Options{})
	if len(p.Changes()) != 1 || p.Changes()[0].Action != diff.Update {
		t.Fatalf("%+v", p.Changes())
	}
	b.Apply(p)
	b.Empty(u)
	// Taking values away again: what cannot be cleared in place is replaced.
	u = b.Mesh("chain", chain)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
}

func TestReplacementKeepsTheSubscriptions(t *testing.T) {
	replacement(harness.New(t, pulsartest.Shared(t)))
}

func replacement(b *harness.Bench) {
	t := b.TB
	t.Helper()
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("chain", chain), planner.Options{}))
	for _, change := range []struct{ name, from, to string }{
		{"ordering", ", retainOrdering: true", ""},
		{"more inputs", "inputs: [in]", "inputs: [in, in2]"},
		{"output cleared", "output: out, ", ""},
		{"subscription's name", "className: org.example.loss.Forward, inputs: [words]", "className: org.example.loss.Forward, subName: mine, inputs: [words]"},
		{"guarantees", "inputs: [words]", "processingGuarantees: MANUAL, inputs: [words]"},
		{"fewer inputs", "inputs: [in]", "inputs: [other]"},
	} {
		u := b.Mesh("chain", strings.ReplaceAll(chain, change.from, change.to))
		p := b.Plan(u, planner.Options{})
		b.Apply(p, plan.MessageLoss)
		b.Empty(u)
	}
}

func TestOnlyFunctionsWithChangedCodeAreTouched(t *testing.T) {
	onlyChangedCode(harness.New(t, pulsartest.Shared(t)))
}

// onlyChangedCode changes one of two jars and looks at what the server has then.
func onlyChangedCode(b *harness.Bench) {
	t := b.TB
	t.Helper()
	b.Jar("loss-a.jar", "a.jar")
	b.Jar("loss-a.jar", "b.jar")
	const two = `
functions:
  - {name: one, className: org.example.loss.Forward, inputs: [in], output: mid, jar: a.jar}
  - {name: two, className: org.example.loss.Forward, inputs: [mid], output: out, jar: b.jar}
`
	u := b.Mesh("two", two)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Jar("loss-b.jar", "b.jar")
	u = b.Mesh("two", two)
	p := b.Plan(u, planner.Options{})
	var touched []string
	for _, c := range p.Changes() {
		touched = append(touched, string(c.Action)+" "+c.Addr.Name())
	}
	if !slices.Contains(touched, "update "+b.Tenant+"/"+b.Namespace+"/two") || slices.ContainsFunc(touched, func(s string) bool { return strings.HasSuffix(s, "/one") }) {
		t.Fatalf("touched %v", touched)
	}
	b.Apply(p)
	b.Empty(u)
	for name, file := range map[string]string{"one": "a.jar", "two": "b.jar"} {
		_, sum, err := b.Client.Download(context.Background(), admin.Functions, b.Tenant, b.Namespace, name, io.Discard)
		if err != nil || sum != harness.HashOf(t, filepath.Join(b.Dir, file)) {
			t.Errorf("%s runs %s (%v), not %s", name, sum, err, file)
		}
	}
}
