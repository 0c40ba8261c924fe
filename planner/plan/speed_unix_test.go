//go:build unix

package plan_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// TestTenThousandSteps plans the creation, the change and the end of a chain, 10,000
// steps each. What is asserted is that the processor's time grows with the steps and
// not with their square: ten times as many may take twenty times as long.
func TestTenThousandSteps(t *testing.T) {
	none := state.New(long)
	none.Put(&state.Namespace{Name: "public/default"})
	for _, tt := range []struct {
		name       string
		functions  int
		live, want func(n int) *state.State
		opts       diff.Options
	}{
		{"creation", 2000, func(int) *state.State { return none }, func(n int) *state.State { return longChain(n, 1) }, diff.Options{}},
		{"change", 3334, func(n int) *state.State { return longChain(n, 1) }, func(n int) *state.State { return longChain(n, 2) }, diff.Options{}},
		{"end", 3334, func(n int) *state.State { return longChain(n, 1) }, func(int) *state.State { return none }, diff.Options{Destroy: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			planned := func(n int) (steps int, took time.Duration) {
				live, want := tt.live(n), tt.want(n)
				took = time.Hour
				for range 3 {
					begin := processorTime(t)
					changes, findings := diff.Diff(live, want, freely{}, tt.opts)
					p := plan.New(plan.Header{Destroy: tt.opts.Destroy}, live, want, changes)
					took = min(took, processorTime(t)-begin)
					if steps = len(p.Steps); findings.HasErrors() {
						t.Fatal(findings)
					}
				}
				return steps, took
			}
			few, short := planned(tt.functions / 10)
			many, lasted := planned(tt.functions)
			t.Logf("%d steps: %v; %d steps: %v", few, short.Round(time.Millisecond), many, lasted.Round(time.Millisecond))
			if many < 10_000 {
				t.Errorf("%d steps", many)
			}
			if lasted > 20*short && lasted > 500*time.Millisecond {
				t.Errorf("ten times as many steps take %.0f times as long", float64(lasted)/float64(short))
			}
		})
	}
}

// processorTime is what this process has used so far, whatever else the machine does.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

var long = mesh.ID{Tenant: "public", Namespace: "default", Name: "chain"}

// longChain is what a chain of functions needs, in a version of its settings.
func longChain(n, version int) *state.State {
	s := state.New(long)
	s.Put(&state.Namespace{Name: "public/default"})
	pkg := &state.Package{URL: "function://public/default/chain@1", SHA256: "1", Size: 1, Owner: long.String()}
	s.Put(pkg)
	topic := func(i int) string { return fmt.Sprintf("persistent://public/default/t%05d", i) }
	s.Put(&state.Topic{Name: topic(0), Owner: long.String()})
	for i := range n {
		f := &state.Component{
			Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: fmt.Sprintf("f%05d", i), Owner: long.String(), Generation: version,
			Fields: map[string]any{
				"inputs": []any{topic(i)}, "output": topic(i + 1), "parallelism": 1.0, "processingGuarantees": "ATLEAST_ONCE",
				"userConfig": map[string]any{"version": float64(version)},
			},
			Code: state.Code{Mode: state.ByURL, URL: pkg.URL, SHA256: "1"},
		}
		s.Put(f)
		s.Put(&state.Topic{Name: topic(i + 1), Owner: long.String()})
		s.Put(&state.Subscription{Topic: topic(i), Name: f.FullName(), Owner: long.String()})
	}
	return s
}

// freely lets everything be updated.
type freely struct{}

// Rule implements diff.RuleSet.
func (freely) Rule(state.Kind, string) diff.Rule { return diff.Rule{} }
