package loss

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/test/harness"
)

// shapes are one mesh as it changes: what changes is not a setting but who reads
// and writes what.
var shapes = []struct{ name, functions string }{
	{"a chain of three", `
  - {name: first, className: C, inputs: [in], output: a}
  - {name: middle, className: C, inputs: [a], output: b}
  - {name: last, className: C, inputs: [b], output: out}`},
	{"the first is renamed", `
  - {name: head, className: C, inputs: [in], output: a}
  - {name: middle, className: C, inputs: [a], output: b}
  - {name: last, className: C, inputs: [b], output: out}`},
	{"the middle goes, the first is led past it", `
  - {name: head, className: C, inputs: [in], output: b}
  - {name: last, className: C, inputs: [b], output: out}`},
	{"the last takes the head's input over", `
  - {name: last, className: C, inputs: [in], output: out}`},
	{"a new one comes before, under another subscription", `
  - {name: head, className: C, inputs: [in], subName: mine, output: c}
  - {name: last, className: C, inputs: [c], output: out}`},
	{"ordering and name of the subscription change together", `
  - {name: head, className: C, inputs: [in], subName: yours, retainOrdering: true, output: c}
  - {name: last, className: C, inputs: [c], output: out, parallelism: 2}`},
}

// TestShapeChangesUnderLoad applies them one after the other while numbers come
// in without a pause, with nothing allowed: no plan may need a loss, and none happens.
func TestShapeChangesUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	client := harness.Dial(t, b.Server.BrokerURL)
	var finish func() int
	for i, shape := range shapes {
		body := "jarFile: code.jar\ntopics: [{name: in, external: true}]\nfunctions:" + strings.ReplaceAll(shape.functions, "className: C", "className: org.example.loss.Forward") + "\n"
		p := b.Plan(b.Mesh("shape", body), planner.Options{})
		if refused := p.Refused(nil); len(refused) > 0 {
			t.Errorf("%s: the plan has risks that must be allowed: %+v", shape.name, refused)
			break
		}
		begin := time.Now()
		b.Apply(p)
		t.Logf("%s: %d steps in %v", shape.name, len(p.Steps), time.Since(begin).Round(time.Millisecond))
		if i == 0 {
			finish = harness.Stream(ctx, t, client, b.FullTopic("in"), 500)
		}
	}
	sent := finish()
	a := harness.Collect(ctx, t, client, b.FullTopic("out"), sent, 20*time.Second)
	harness.Figure(t, "%d numbers through %d shapes of a mesh: %v", sent, len(shapes), a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
}
