package planner_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// saved is a plan as it comes out of a file.
func saved(t *testing.T, p *plan.Plan) *plan.Plan {
	t.Helper()
	var text bytes.Buffer
	if err := plan.Write(&text, []*plan.Plan{p}); err != nil {
		t.Fatal(err)
	}
	plans, err := plan.ReadFile(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return plans[0]
}

const firstCode, secondCode = "def process(x):\n    return x\n", "def process(x):\n    return x + x\n"

// TestSavedPlansAreConfirmed: what a planner has made is what is planned again, also
// when things that move by themselves have moved.
func TestSavedPlansAreConfirmed(t *testing.T) {
	run := planner.Run{Action: record.Apply, Author: "a"}
	for name, steps := range map[string]func(r *recorded) *plan.Plan{
		"create": func(r *recorded) *plan.Plan { return r.plan("1", firstCode) },
		"nothing": func(r *recorded) *plan.Plan {
			r.apply(r.plan("1", firstCode), run)
			return r.plan("1", firstCode)
		},
		"update": func(r *recorded) *plan.Plan {
			r.apply(r.plan("1", firstCode), run)
			return r.plan("2", secondCode)
		},
		"secret": func(r *recorded) *plan.Plan {
			r.apply(r.plan("1, userConfig: {password: one}", firstCode), run)
			return r.plan("2, userConfig: {password: two}", firstCode)
		},
		"moved facts": func(r *recorded) *plan.Plan {
			r.apply(r.plan("1", firstCode), run)
			function := state.ComponentAddr(state.KindFunction, "public", "default", "a")
			r.b.Strand(function)
			p := r.plan("2", firstCode)
			r.b.Stop(function, false)
			r.b.SetFacts(state.SubscriptionAddr("persistent://public/default/in", "public/default/a"), state.Facts{Backlog: 17})
			return p
		},
		"rollback": func(r *recorded) *plan.Plan {
			first := r.apply(r.plan("1, userConfig: {password: one}", firstCode), run)
			r.apply(r.plan("2, userConfig: {password: one}", firstCode), run)
			body, err := r.store.Body(r.Context(), first)
			if err != nil {
				r.Fatal(err)
			}
			p, findings, err := planner.MakeVersion(r.Context(), r.b, "memory", first, body, planner.Options{})
			if err != nil || p == nil {
				r.Fatal(err, findings)
			}
			return p
		},
		"destroy": func(r *recorded) *plan.Plan {
			r.apply(r.plan("1", firstCode), run)
			p, findings, err := planner.MakeDestroy(r.Context(), r.b, "memory", recordedMesh, planner.Options{DeleteTopics: true})
			if err != nil || p == nil {
				r.Fatal(err, findings)
			}
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecorded(t)
			p := saved(t, steps(r))
			if findings, err := planner.Confirm(t.Context(), r.b, p, nil); err != nil || findings.HasErrors() {
				t.Errorf("%v %v", err, findings)
			}
		})
	}
}

// TestForgedPlansAreRefused: a plan file whose steps are not the way to what it says is
// wanted would put on record what nobody has deployed.
func TestForgedPlansAreRefused(t *testing.T) {
	victim := &state.Component{Kind: state.KindFunction, Tenant: "victim", Namespace: "ns", Name: "f", Owner: recordedMesh.String(), Fields: map[string]any{"parallelism": 1.0}}
	nothing := func(p *plan.Plan) { p.Steps = nil }
	for name, c := range map[string]struct {
		forge func(p *plan.Plan)
		want  any
	}{
		"no steps": {nothing, new(*planner.OtherPlanError)},
		"a function elsewhere": {func(p *plan.Plan) {
			nothing(p)
			p.Desired, p.Reconcile = []state.Boxed{{Resource: victim}}, "repair"
		}, new(*planner.ForeignError)},
		"a package elsewhere": {func(p *plan.Plan) {
			p.Desired = append(p.Desired, state.Boxed{Resource: &state.Package{URL: "function://victim/ns/p@1"}})
		}, new(*planner.ForeignError)},
		"a namespace elsewhere": {func(p *plan.Plan) {
			p.Desired = append(p.Desired, state.Boxed{Resource: &state.Namespace{Name: "victim/new", Owner: recordedMesh.String()}})
		}, new(*planner.ForeignError)},
		"another mesh's": {func(p *plan.Plan) {
			p.Desired = append(p.Desired, state.Boxed{Resource: &state.Topic{Name: "persistent://public/default/other", Owner: "public/default/other"}})
		}, new(*planner.ForeignError)},
		"no name in full": {func(p *plan.Plan) {
			p.Desired = append(p.Desired, state.Boxed{Resource: &state.Topic{Name: "in"}})
		}, new(*planner.ForeignError)},
		"a topic of others": {func(p *plan.Plan) {
			p.Desired = append(p.Desired, state.Boxed{Resource: &state.Topic{Name: "persistent://victim/ns/t", Owner: recordedMesh.String()}})
		}, new(*apply.StaleError)},
		"other code": {func(p *plan.Plan) {
			for _, d := range p.Desired {
				if f, ok := d.Resource.(*state.Component); ok {
					f.Code.SHA256 = "sha256:0000"
				}
			}
		}, new(*planner.OtherPlanError)},
		"a step less": {func(p *plan.Plan) { p.Steps = p.Steps[:len(p.Steps)-1] }, new(*planner.OtherPlanError)},
		"taken down by nothing": {func(p *plan.Plan) {
			nothing(p)
			p.Destroy = true
		}, new(*planner.OtherPlanError)},
		"another base":    {func(p *plan.Plan) { p.Base = "sha256:0000" }, new(*apply.StaleError)},
		"another cluster": {func(p *plan.Plan) { p.Cluster.Name = "elsewhere" }, new(*apply.ClusterError)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecorded(t)
			r.b.Put(&state.Namespace{Name: "victim/ns"})
			r.b.Put(&state.Topic{Name: "persistent://victim/ns/t"})
			r.apply(r.plan("1", firstCode), planner.Run{Action: record.Apply, Author: "a"})
			p := saved(t, r.plan("2", firstCode))
			c.forge(p)
			if _, err := planner.Confirm(t.Context(), r.b, p, nil); !errors.As(err, c.want) {
				t.Errorf("%T %v, want %T", err, err, c.want)
			}
		})
	}
}

// TestVersionsOfOthersStayAway: a version whose desired state cannot be the mesh's, as
// only something else than meshc can have written it, is deployed by nobody.
func TestVersionsOfOthersStayAway(t *testing.T) {
	r := newRecorded(t)
	body := &record.Body{Desired: []state.Boxed{{Resource: &state.Component{Kind: state.KindFunction, Tenant: "victim", Namespace: "ns", Name: "f", Owner: recordedMesh.String(), Fields: map[string]any{}}}}}
	_, _, err := planner.MakeVersion(t.Context(), r.b, "memory", record.Head{Mesh: recordedMesh.String(), Version: 1, Action: record.Apply}, body, planner.Options{})
	if !errors.As(err, new(*planner.ForeignError)) {
		t.Errorf("%v", err)
	}
}

// TestUnknownReconcile: what a plan file says about drift is one of two words.
func TestUnknownReconcile(t *testing.T) {
	p := newRecorded(t).plan("1", firstCode)
	p.Reconcile = "always"
	var text bytes.Buffer
	if err := plan.Write(&text, []*plan.Plan{p}); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.ReadFile(text.Bytes()); err == nil {
		t.Error("it was taken")
	}
}
