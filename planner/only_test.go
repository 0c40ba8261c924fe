package planner_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// deployed is a cluster on which a mesh of builtin functions runs.
func deployed(t *testing.T, nodes string) *memory.Backend {
	t.Helper()
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	p := planned(t, b, nodes, planner.Options{})
	if report, err := planner.Apply(context.Background(), b, p, apply.Options{Allow: plan.RiskKinds()}); err != nil || !report.OK() {
		t.Fatal(err, report.Failed)
	}
	return b
}

func planned(t *testing.T, b *memory.Backend, nodes string, o planner.Options) *plan.Plan {
	t.Helper()
	compiled := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte("name: m\nfunctions:\n" + nodes)}}, compiler.Options{})
	if compiled.Findings.HasErrors() {
		t.Fatalf("%+v", compiled.Findings)
	}
	p, findings, err := planner.Make(context.Background(), b, "memory", compiled.Units[0], o)
	if err != nil || findings.HasErrors() {
		t.Fatal(err, findings)
	}
	return p
}

// shortSteps are the IDs of a plan's steps without what they have in common, sorted.
func shortSteps(p *plan.Plan) []string {
	out := []string{}
	for _, s := range p.Steps {
		out = append(out, strings.NewReplacer("persistent://", "", "public/default/", "").Replace(s.ID))
	}
	slices.Sort(out)
	return out
}

// A node that moves to another name takes the old one's subscriptions along: those
// that it does not read on through are drained before they go.
func TestOnlyAndTheNameBefore(t *testing.T) {
	const old = "  - {name: old, jar: builtin://f, className: F, inputs: [a, b], output: out, subName: s}\n"
	b := deployed(t, old)
	moved := strings.NewReplacer("name: old", "name: new, lifecycle: {movedFrom: old}", "[a, b]", "[a]").Replace(old)
	whole, only := planned(t, b, moved, planner.Options{}), planned(t, b, moved, planner.Options{Only: []string{"new"}})
	if !slices.Contains(shortSteps(only), "drain subscription/b#s") {
		t.Errorf("not drained: %v", shortSteps(only))
	}
	if d := cmp.Diff(shortSteps(whole), shortSteps(only)); d != "" {
		t.Error(d)
	}
}

// What was not named stays as it is, whether it runs or not.
func TestOnlyStartsWhatWasNamed(t *testing.T) {
	const nodes = "  - {name: a, jar: builtin://f, className: F, inputs: [in], output: mid}\n" +
		"  - {name: b, jar: builtin://f, className: F, inputs: [mid], output: out}\n" +
		"  - {name: c, jar: builtin://f, className: F, inputs: [out], output: end}\n"
	b := deployed(t, nodes)
	b.Stop("function/public/default/a", true)
	b.Break("function/public/default/b", "broken")
	for _, c := range []struct{ only, want []string }{
		{nil, []string{"await-running function/b", "resume function/a"}},
		{[]string{"a"}, []string{"resume function/a"}},
		{[]string{"b"}, []string{"await-running function/b"}},
		{[]string{"c"}, []string{}},
	} {
		if d := cmp.Diff(c.want, shortSteps(planned(t, b, nodes, planner.Options{Only: c.only}))); d != "" {
			t.Errorf("only %v: %s", c.only, d)
		}
	}
}
