package apply_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var meshID = mesh.ID{Tenant: "public", Namespace: "default", Name: "orders"}

// allRisks lets every plan of these tests through; refusals have tests of their own.
var allRisks = plan.RiskKinds()

// states draws a desired state: a chain-like mesh of up to five functions whose
// inputs are topics of a lower number than their outputs, so that it is acyclic.
func states() *rapid.Generator[*state.State] {
	return rapid.Custom(func(t *rapid.T) *state.State {
		s := state.New(meshID)
		s.Put(&state.Namespace{Name: "public/default"})
		n := rapid.IntRange(0, 5).Draw(t, "functions")
		for i := range n {
			name := fmt.Sprintf("f%d", i)
			if rapid.Bool().Draw(t, "skip "+name) {
				continue
			}
			addFunction(t, s, name, i)
		}
		return s
	})
}

func addFunction(t *rapid.T, s *state.State, name string, i int) {
	var inputs []string
	for _, k := range rapid.SliceOfNDistinct(rapid.IntRange(0, i), 1, 2, rapid.ID[int]).Draw(t, name+" inputs") {
		inputs = append(inputs, topicName(k))
	}
	sha := rapid.SampledFrom([]string{"aa", "bb"}).Draw(t, name+" code")
	url := "function://public/default/orders@" + sha
	f := &state.Component{Kind: state.KindFunction,
		Tenant: "public", Namespace: "default", Name: name, Owner: meshID.String(),
		Code: state.Code{Mode: state.ByURL, SHA256: sha, URL: url},
		Fields: map[string]any{
			"inputs": state.SortedTexts(inputs), "output": topicName(i + 1 + rapid.IntRange(0, 2).Draw(t, name+" output")),
			"parallelism": float64(rapid.IntRange(1, 3).Draw(t, name+" parallelism")), "runtime": "JAVA",
			"processingGuarantees": rapid.SampledFrom([]string{"ATLEAST_ONCE", "ATMOST_ONCE", "EFFECTIVELY_ONCE"}).Draw(t, name+" guarantees"),
			"subName":              rapid.SampledFrom([]string{"public/default/" + name, name + "-sub"}).Draw(t, name+" sub"),
		},
	}
	s.Put(f)
	s.Put(&state.Package{URL: url, SHA256: sha, Owner: meshID.String()})
	for _, topic := range append(f.Inputs(), f.Writes()...) {
		s.Put(&state.Topic{Name: topic, Owner: meshID.String()})
	}
	for _, topic := range f.Inputs() {
		s.Put(&state.Subscription{Topic: topic, Name: f.Subscription(), Owner: meshID.String()})
	}
}

func topicName(k int) string { return fmt.Sprintf("persistent://public/default/t%d", k) }

// planFor plans from what the backend holds to want.
func planFor(t rapid.TB, b *memory.Backend, want *state.State) *plan.Plan {
	live, err := b.Read(context.Background(), backend.Scope{Mesh: meshID, Addrs: want.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	changes, findings := diff.Diff(live, want, native.Rules{}, diff.Options{})
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return plan.New(plan.Header{Backend: "memory", Cluster: plan.Cluster{Name: "memory", URL: "memory:"}, Allowed: allRisks}, live, want, changes)
}

func cluster() *memory.Backend {
	b := memory.New(native.Rules{})
	b.Put(&state.Namespace{Name: "public/default"})
	return b
}

func run(t rapid.TB, b *memory.Backend, p *plan.Plan) apply.Report {
	report, err := apply.Run(context.Background(), b, p, apply.Options{Allow: allRisks})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// holds checks that all that is wanted is there and that functions and
// subscriptions that are not wanted are gone.
func holds(t rapid.TB, b *memory.Backend, want *state.State) {
	t.Helper()
	have := b.Resources()
	for addr, w := range want.Resources {
		h, ok := have[addr]
		if !ok {
			t.Fatalf("%s is missing", addr)
		}
		if f, ok := w.(*state.Component); ok {
			if d := cmp.Diff(f.Fields, h.(*state.Component).Fields); d != "" {
				t.Fatalf("%s differs (-want +have):\n%s", addr, d)
			}
		}
	}
	for addr := range have {
		kind := addr.Kind()
		if _, wanted := want.Resources[addr]; !wanted && (kind == state.KindFunction || kind == state.KindSubscription) {
			t.Fatalf("%s is still there", addr)
		}
	}
}

func TestApplyLeadsFromAnyStateToAnyOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		from, to := states().Draw(t, "from"), states().Draw(t, "to")
		for _, want := range []*state.State{from, to} {
			if r := run(t, b, planFor(t, b, want)); !r.OK() {
				t.Fatalf("%+v", r)
			}
			holds(t, b, want)
			if p := planFor(t, b, want); !p.Empty() {
				t.Fatalf("second plan is not empty: %v", ids(p))
			}
		}
	})
}

func TestStepsComeAfterWhatTheyNeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, states().Draw(t, "from")))
		seen := map[string]bool{}
		for _, s := range planFor(t, b, states().Draw(t, "to")).Steps {
			for _, n := range s.Needs {
				if !seen[n] {
					t.Fatalf("%s comes before %s", s.ID, n)
				}
			}
			seen[s.ID] = true
		}
	})
}

func TestNoWriterBeforeTheSubscriptionsOfItsReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, states().Draw(t, "from")))
		want := states().Draw(t, "to")
		p := planFor(t, b, want)
		there := b.Resources()
		// Steps run in parallel, so what counts is what a step needs, not its place in the list.
		needs := map[string]map[string]bool{}
		for _, s := range p.Steps {
			needs[s.ID] = map[string]bool{}
			for _, n := range s.Needs {
				needs[s.ID][n] = true
				maps.Copy(needs[s.ID], needs[n])
			}
			f, ok := s.Change.After.(*state.Component)
			if !ok || s.Op != plan.Create && s.Op != plan.Update {
				continue
			}
			for addr, r := range want.Resources {
				sub, ok := r.(*state.Subscription)
				if _, before := there[addr]; ok && slices.Contains(f.Writes(), sub.Topic) && !before && !needs[s.ID]["create "+string(addr)] {
					t.Fatalf("%s may run before %s is there", s.ID, addr)
				}
			}
		}
	})
}

func TestPlanSurvivesItsFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, states().Draw(t, "from")))
		p := planFor(t, b, states().Draw(t, "to"))
		var file bytes.Buffer
		if err := plan.Write(&file, []*plan.Plan{p}); err != nil {
			t.Fatal(err)
		}
		if !plan.IsPlan(file.Bytes()) {
			t.Fatal("not known as a plan file")
		}
		back, err := plan.ReadFile(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		_ = plan.Write(&again, back)
		if d := cmp.Diff(file.String(), again.String()); d != "" {
			t.Fatal(d)
		}
		if r := run(t, b, back[0]); !r.OK() {
			t.Fatalf("%+v", r)
		}
	})
}

var errKilled = errors.New("killed")

func TestApplyConvergesAfterBeingKilledAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		run(t, b, planFor(t, b, states().Draw(t, "from")))
		want := states().Draw(t, "to")
		p := planFor(t, b, want)
		left := rapid.IntRange(0, len(p.Steps)).Draw(t, "steps before the end")
		b.Fault(func(plan.Step) error {
			if left--; left < 0 {
				return errKilled
			}
			return nil
		})
		_, _ = apply.Run(context.Background(), b, p, apply.Options{Allow: allRisks, Parallelism: 1})
		b.Fault(nil)
		if r := run(t, b, planFor(t, b, want)); !r.OK() {
			t.Fatalf("%+v", r)
		}
		holds(t, b, want)
	})
}

func TestOnlyWhatNeedsAFailedStepIsSkipped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		p := planFor(t, b, states().Filter(func(s *state.State) bool { return len(s.Components()) > 0 }).Draw(t, "want"))
		bad := rapid.SampledFrom(p.Steps).Draw(t, "bad").ID
		b.Fault(func(s plan.Step) error {
			if s.ID == bad {
				return errKilled
			}
			return nil
		})
		report := run(t, b, p)
		down := map[string]bool{bad: true}
		for _, s := range p.Steps {
			if slices.ContainsFunc(s.Needs, func(n string) bool { return down[n] }) {
				down[s.ID] = true
			}
		}
		var notDone []string
		for _, f := range report.Failed {
			notDone = append(notDone, f.Step.ID)
		}
		for _, s := range report.Skipped {
			notDone = append(notDone, s.ID)
		}
		slices.Sort(notDone)
		if d := cmp.Diff(slices.Sorted(maps.Keys(down)), notDone); d != "" {
			t.Fatal(d)
		}
	})
}

func TestDestroyLeavesNothingOfTheMesh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := cluster()
		b.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "foreign", Fields: map[string]any{}})
		run(t, b, planFor(t, b, states().Draw(t, "from")))
		empty := state.New(meshID)
		live, _ := b.Read(context.Background(), backend.Scope{Mesh: meshID})
		changes, _ := diff.Diff(live, empty, native.Rules{}, diff.Options{Destroy: true, DeleteTopics: true})
		p := plan.New(plan.Header{Backend: "memory", Cluster: plan.Cluster{Name: "memory", URL: "memory:"}, Destroy: true}, live, empty, changes)
		if r := run(t, b, p); !r.OK() {
			t.Fatalf("%+v", r)
		}
		have := slices.Sorted(maps.Keys(b.Resources()))
		if d := cmp.Diff([]state.Addr{"function/public/default/foreign", "namespace/public/default"}, have); d != "" {
			t.Fatal(d)
		}
	})
}

func ids(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, s.ID)
	}
	return out
}
