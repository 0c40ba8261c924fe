package planner_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
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

// What came from the environment is never written into a plan, and its value is
// in no finding.
func TestSecretsAreNotPlanned(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.py"), []byte("def process(x):\n    return x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = `
name: m
topics: [{name: in, external: true}]
functions: [{name: a, py: f.py, className: f, inputs: [in], output: out, userConfig: {auth: {header: "Bearer ${env:TOKEN}"}}}]
`
	env := func(string) (string, bool) { return "hunter2", true }
	compiled := compiler.Compile([]compiler.Input{{Name: filepath.Join(dir, "mesh.yaml"), Data: []byte(text)}}, compiler.Options{NeedCode: true, Env: env})
	if compiled.Findings.HasErrors() {
		t.Fatalf("%+v", compiled.Findings)
	}
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	b.Put(&state.Topic{Name: "persistent://public/default/in"})
	p, findings, err := planner.Make(context.Background(), b, "memory", compiled.Units[0], planner.Options{})
	if err != nil || p != nil || len(findings) != 1 || findings[0].Code != diag.NotPlanned || strings.Contains(fmt.Sprint(findings), "hunter2") {
		t.Errorf("plan %v, error %v, findings %+v", p, err, findings)
	}
	p, findings, err = planner.Make(context.Background(), b, "memory", compiled.Units[0], planner.Options{Destroy: true})
	if err != nil || p == nil || strings.Contains(fmt.Sprintf("%+v %+v", p, findings), "hunter2") {
		t.Errorf("destroying: plan %v, error %v, findings %+v", p, err, findings)
	}
}
