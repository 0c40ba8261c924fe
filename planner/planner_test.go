package planner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// What came from the environment is never written into a plan, and its value is in
// no finding; a plan that was saved looks it up again, and knows another from it.
func TestSensitiveValues(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.py"), []byte("def process(x):\n    return x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = `
name: m
topics: [{name: in, external: true}]
functions: [{name: a, py: f.py, className: f, inputs: [in], output: out, userConfig: {auth: {header: "Bearer ${env:TOKEN}"}, open: 1}}]
`
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	b.Put(&state.Topic{Name: "persistent://public/default/in"})
	saved := func(value string, o planner.Options) *plan.Plan {
		t.Helper()
		env := func(string) (string, bool) { return value, true }
		compiled := compiler.Compile([]compiler.Input{{Name: filepath.Join(dir, "mesh.yaml"), Data: []byte(text)}}, compiler.Options{NeedCode: true, Env: env})
		if compiled.Findings.HasErrors() {
			t.Fatalf("%+v", compiled.Findings)
		}
		p, findings, err := planner.Make(context.Background(), b, "memory", compiled.Units[0], o)
		if err != nil || p == nil {
			t.Fatal(err, findings)
		}
		var file bytes.Buffer
		if err := plan.Write(&file, []*plan.Plan{p}); err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{file.String(), fmt.Sprintf("%v %+v %#v", p, findings, p)} {
			if strings.Contains(shown, value) {
				t.Fatalf("the value is in %s", shown)
			}
		}
		read, err := plan.ReadFile(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return read[0]
	}
	run := func(p *plan.Plan, value string) error {
		resolve := func(from string) (string, error) {
			if from != "Bearer ${env:TOKEN}" {
				return "", fmt.Errorf("asked for %s", from)
			}
			return "Bearer " + value, nil
		}
		report, err := planner.Apply(context.Background(), b, p, apply.Options{Resolve: resolve})
		if err == nil && !report.OK() {
			t.Fatalf("%+v", report.Failed)
		}
		return err
	}
	first := saved("hunter2", planner.Options{})
	if err := run(first, "hunter3"); !errors.As(err, new(*apply.SensitiveError)) || strings.Contains(err.Error(), "hunter") {
		t.Errorf("another value than the planned one: %v", err)
	}
	if err := run(first, "hunter2"); err != nil {
		t.Fatal(err)
	}
	if again := saved("hunter2", planner.Options{}); !again.Empty() {
		t.Errorf("the same value is a change: %+v", again.Changes())
	}
	other := saved("hunter3", planner.Options{})
	if changes := other.Changes(); len(changes) != 1 || len(changes[0].Fields) != 1 || changes[0].Fields[0].Field != "userConfig.auth.header" {
		t.Fatalf("changes: %+v", changes)
	}
	if err := run(other, "hunter3"); err != nil {
		t.Fatal(err)
	}
	if gone := saved("hunter3", planner.Options{Destroy: true}); gone.Empty() {
		t.Error("nothing to destroy")
	}
}
