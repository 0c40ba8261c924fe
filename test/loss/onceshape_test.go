package loss

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// onceShapes are a mesh with EFFECTIVELY_ONCE in its middle, as it changes.
var onceShapes = []struct{ name, functions string }{
	{"it is replaced", `
  - {name: feed, className: C, inputs: [in], output: a FEED}
  - {name: once, className: C, inputs: [a], output: out EO, retainOrdering: true}`},
	{"its subscription gets another name", `
  - {name: feed, className: C, inputs: [in], output: a FEED}
  - {name: once, className: C, inputs: [a], output: out EO, retainOrdering: true, subName: mine}`},
	{"it and what feeds it change together", `
  - {name: feed, className: C, inputs: [in], output: a, userConfig: {x: 1} FEED}
  - {name: once, className: C, inputs: [a], output: out EO, retainOrdering: true, subName: mine, userConfig: {x: 1}}`},
	{"what feeds it is scaled while it changes", `
  - {name: feed, className: C, inputs: [in], output: a, parallelism: 2, userConfig: {x: 1} FEED}
  - {name: once, className: C, inputs: [a], output: out EO, retainOrdering: true, subName: mine, userConfig: {x: 2}}`},
	{"it is moved to another name", `
  - {name: feed, className: C, inputs: [in], output: a, parallelism: 2, userConfig: {x: 1} FEED}
  - {name: twice, className: C, inputs: [a], output: out EO, retainOrdering: true, subName: mine, userConfig: {x: 2}, lifecycle: {movedFrom: once}}`},
	{"it is told otherwise", `
  - {name: feed, className: C, inputs: [in], output: a, parallelism: 2, userConfig: {x: 1} FEED}
  - {name: twice, className: C, inputs: [a], output: out, retainOrdering: true, subName: mine, userConfig: {x: 2}}`},
}

// TestEffectivelyOnceShapesUnderLoad changes the mesh in all ways while numbers come
// through it. No plan needs a loss to be allowed, and nothing is lost.
func TestEffectivelyOnceShapesUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	b := newOnce(ctx, t, true)
	for _, shape := range onceShapes {
		functions := strings.NewReplacer("className: C", "className: org.example.loss.Forward",
			" FEED", b.feed, " EO", ", processingGuarantees: EFFECTIVELY_ONCE"+b.self).Replace(shape.functions)
		mesh := b.Mesh("once", "jarFile: code.jar\ntopics: [{name: in, external: true}]\nfunctions:"+functions+"\n")
		p := b.Plan(mesh, planner.Options{})
		if refused := p.Refused([]plan.RiskKind{plan.StateLoss}); len(refused) > 0 {
			t.Fatalf("%s: the plan has risks that must be allowed: %+v", shape.name, refused)
		}
		report := b.Apply(p, plan.StateLoss)
		t.Logf("%s: %d steps in %v", shape.name, len(p.Steps), report.Took.Round(time.Millisecond))
		b.Empty(mesh)
		b.flows()
	}
	sent, a := b.end()
	harness.Figure(t, "%d numbers through %d shapes of a mesh with EFFECTIVELY_ONCE: %v", sent, len(onceShapes), a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
}
