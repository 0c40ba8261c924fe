package move_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/move"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

const text = `
name: words
topics: [{name: in, external: true}]
functions:
  - {name: a, className: x.Y, jar: "file:///x.jar", inputs: [in], output: out, userConfig: {n: 1}}
`

// TestKeptAsItIs has a hand turn cleanupSubscription on before a mesh moves with
// another change: it is turned off where the component is, and the change is made
// where it goes.
func TestKeptAsItIs(t *testing.T) {
	from, to := memory.New(native.Rules{}), memory.New(native.Rules{})
	for _, b := range []*memory.Backend{from, to} {
		b.Put(&state.Namespace{Name: "public/default"})
		b.Put(&state.Topic{Name: "persistent://public/default/in"})
	}
	addr := state.ComponentAddr(state.KindFunction, "public", "default", "a")
	up := planned(t, from, text)
	if _, err := planner.Apply(t.Context(), from, up, apply.Options{}); err != nil {
		t.Fatal(err)
	}
	was := *from.Peek(addr).(*state.Component)
	was.Fields = maps.Clone(was.Fields)
	was.Fields["cleanupSubscription"] = true
	from.Put(&was)

	b := move.New(from, "old", to, "new")
	p := planned(t, b, text[:len(text)-len("1}}\n")]+"2}}\n")
	kept := false
	from.Fault(func(s plan.Step) error {
		if s.Op != plan.Delete || s.Addr != addr {
			return nil
		}
		kept = true
		want := was
		want.Fields = maps.Clone(was.Fields)
		want.Fields["cleanupSubscription"] = false
		want.Generation++
		if diff := cmp.Diff(&want, from.Peek(addr)); diff != "" {
			t.Errorf("it is otherwise than before (-was +is):\n%s", diff)
		}
		return nil
	})
	if report, err := planner.Apply(t.Context(), b, p, apply.Options{}); err != nil || !report.OK() {
		t.Fatal(err, report.Failed)
	}
	if !kept {
		t.Error("it was not deleted where it was")
	}
	if now := to.Peek(addr).(*state.Component); now.Fields["userConfig"].(map[string]any)["n"] != 2.0 {
		t.Errorf("where it went it is %+v", now)
	}
}

// planned plans a mesh of a text.
func planned(t *testing.T, b backend.Backend, text string) *plan.Plan {
	t.Helper()
	unit := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(text)}}, compiler.Options{}).Units[0]
	p, found, err := planner.Make(t.Context(), b, "test", unit, planner.Options{})
	if err != nil || p == nil {
		t.Fatal(err, found)
	}
	return p
}
