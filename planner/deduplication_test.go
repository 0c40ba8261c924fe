package planner_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// versioned is a cluster that tells which version it has.
type versioned struct {
	*memory.Backend
	version string
}

func (v versioned) Traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	t, err := v.Backend.Traits(ctx, id)
	t.Version = v.version
	return t, err
}

// once is a mesh of two functions the second of which is EFFECTIVELY_ONCE.
const once = `
name: m
namespace: {name: default$DEDUPLICATION}
topics: [{name: in, external: true}]
functions:
  - {name: a, jar: builtin://f, className: F, inputs: [in], output: mid}
  - {name: c, jar: builtin://f, className: F, inputs: [mid], output: out, processingGuarantees: EFFECTIVELY_ONCE, parallelism: $N}
`

func onceMesh(t *testing.T, deduplication string, parallelism string) compiler.Unit {
	t.Helper()
	text := strings.NewReplacer("$DEDUPLICATION", deduplication, "$N", parallelism).Replace(once)
	compiled := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(text)}}, compiler.Options{})
	if compiled.Findings.HasErrors() {
		t.Fatalf("%+v", compiled.Findings)
	}
	return compiled.Units[0]
}

const (
	deduplicates = ", deduplication: true"
	topicOut     = state.Addr("topic/persistent://public/default/out")
)

// undeduplicated is a cluster on which the mesh runs and the broker drops no duplicates.
func undeduplicated(t *testing.T) *memory.Backend {
	t.Helper()
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	b.Put(&state.Topic{Name: "persistent://public/default/in"})
	p, findings, err := planner.Make(context.Background(), b, "memory", onceMesh(t, "", "1"), planner.Options{})
	if err != nil || findings.HasErrors() {
		t.Fatal(err, findings)
	}
	if report, err := planner.Apply(context.Background(), b, p, apply.Options{Allow: plan.RiskKinds()}); err != nil || !report.OK() {
		t.Fatal(err, report.Failed)
	}
	b.SetFacts(topicOut, state.Facts{Deduplication: state.Off})
	return b
}

func paused(p *plan.Plan) bool {
	for _, s := range p.Steps {
		if s.Op == plan.Pause {
			return true
		}
	}
	return false
}

// Deduplication that a plan turns on, or an earlier plan of the run does, counts for
// the changes that come after it in the plan.
func TestDeduplicationThatIsTurnedOn(t *testing.T) {
	b := undeduplicated(t)
	made := func(u compiler.Unit, o planner.Options) *plan.Plan {
		t.Helper()
		p, findings, err := planner.Make(context.Background(), b, "memory", u, o)
		if err != nil || findings.HasErrors() {
			t.Fatal(err, findings)
		}
		return p
	}
	if paused(made(onceMesh(t, "", "2"), planner.Options{})) {
		t.Error("a pause although nothing is deduplicated")
	}
	turning := made(onceMesh(t, deduplicates, "2"), planner.Options{})
	if !paused(turning) || len(turning.Undeduplicated) > 0 {
		t.Errorf("deduplication that comes with the plan is not seen: %+v", turning.Steps)
	}
	if paused(made(onceMesh(t, deduplicates, "2"), planner.Options{Only: []string{"c"}})) {
		t.Error("a pause for what --only leaves out")
	}
	if !paused(made(onceMesh(t, "", "2"), planner.Options{After: []*plan.Plan{turning}})) {
		t.Error("deduplication that an earlier plan of the run turns on is not seen")
	}
	// It is on by the namespace already, so what says off is the topic's own policy.
	b.Put(&state.Policies{On: state.NamespaceAddr("public/default"), Values: map[string]any{"deduplication": true}})
	if paused(made(onceMesh(t, deduplicates, "2"), planner.Options{})) {
		t.Error("a pause although the topic is not deduplicated")
	}
}

// New EFFECTIVELY_ONCE nodes send, and are fed, message by message where the broker
// will deduplicate.
func TestBatchingIsTurnedOffForDeduplicationToCome(t *testing.T) {
	b := undeduplicated(t)
	b.Drop("function/public/default/c")
	for deduplication, single := range map[string]bool{"": false, deduplicates: true} {
		p, findings, err := planner.Make(context.Background(), versioned{b, "4.2.4"}, "memory", onceMesh(t, deduplication, "1"), planner.Options{})
		if err != nil || findings.HasErrors() {
			t.Fatal(err, findings)
		}
		found := false
		for _, c := range p.Changes() {
			if f, ok := c.After.(*state.Component); ok && f.Name == "c" {
				found = true
				if config, _ := f.Fields["producerConfig"].(map[string]any); single != (config["batchingConfig"] != nil) {
					t.Errorf("with %q: %v", deduplication, config)
				}
			}
		}
		if !found {
			t.Errorf("with %q c is not created", deduplication)
		}
	}
}

// A saved plan that counts on deduplication being off is refused where it is on now.
func TestASavedPlanAndDeduplication(t *testing.T) {
	b := undeduplicated(t)
	saved := func() *plan.Plan {
		t.Helper()
		p, findings, err := planner.Make(context.Background(), b, "memory", onceMesh(t, "", "2"), planner.Options{})
		if err != nil || findings.HasErrors() {
			t.Fatal(err, findings)
		}
		var file bytes.Buffer
		if err := plan.Write(&file, []*plan.Plan{p}); err != nil {
			t.Fatal(err)
		}
		read, err := plan.ReadFile(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return read[0]
	}
	p := saved()
	b.SetFacts(topicOut, state.Facts{Deduplication: state.On})
	_, err := planner.Apply(context.Background(), b, p, apply.Options{})
	if stale := new(apply.StaleError); !errors.As(err, &stale) || len(stale.Moved) != 1 || stale.Moved[0] != topicOut {
		t.Fatalf("%v", err)
	}
	b.SetFacts(topicOut, state.Facts{Deduplication: state.Off})
	if report, err := planner.Apply(context.Background(), b, p, apply.Options{}); err != nil || !report.OK() {
		t.Fatal(err, report.Failed)
	}
}
