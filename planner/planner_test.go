package planner_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Two meshes that meet at a topic are planned in one run, each for the cluster
// that the ones before leave behind.
func TestMeshesThatMeet(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.py"), []byte("def process(x):\n    return x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = `
name: first
topics: [{name: in, external: true}]
functions: [{name: a, py: f.py, className: f, inputs: [in], output: out}]
---
name: second
functions: [{name: b, py: f.py, className: f, inputs: [out], output: end}]
`
	compiled := compiler.Compile([]compiler.Input{{Name: filepath.Join(dir, "mesh.yaml"), Data: []byte(text)}}, compiler.Options{NeedCode: true})
	if compiled.Findings.HasErrors() || len(compiled.Units) != 2 {
		t.Fatalf("%+v", compiled.Findings)
	}
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	b.Put(&state.Topic{Name: "persistent://public/default/in"})
	var plans []*plan.Plan
	for _, u := range compiled.Units {
		p, findings, err := planner.Make(context.Background(), b, "memory", u, planner.Options{After: plans})
		if err != nil || findings.HasErrors() {
			t.Fatal(err, findings)
		}
		plans = append(plans, p)
	}
	for _, p := range plans {
		report, err := planner.Apply(context.Background(), b, p, apply.Options{})
		if err != nil || !report.OK() {
			t.Fatalf("%s: %v %+v", p.Mesh, err, report.Failed)
		}
	}
}
