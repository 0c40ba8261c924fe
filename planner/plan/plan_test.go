package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var id = mesh.ID{Tenant: "t", Namespace: "n", Name: "m"}

const prefix = "persistent://t/n/"

// function makes a function that reads one topic and writes another, with its
// subscription and topics, all owned by the mesh.
func function(s *state.State, name, in, out string, more map[string]any) {
	f := &state.Component{Kind: state.KindFunction, Tenant: "t", Namespace: "n", Name: name, Owner: id.String(),
		Code: state.Code{Mode: state.ByURL, SHA256: "aa", URL: "function://t/n/m@aa"},
		Fields: map[string]any{
			"inputs": []any{prefix + in}, "output": prefix + out, "parallelism": 2.0,
			"processingGuarantees": "ATLEAST_ONCE", "subName": "t/n/" + name,
		}}
	for k, v := range more {
		f.Fields[k] = v
	}
	s.Put(f)
	s.Put(&state.Topic{Name: prefix + in, Owner: id.String()})
	s.Put(&state.Topic{Name: prefix + out, Owner: id.String()})
	s.Put(&state.Subscription{Topic: prefix + in, Name: f.Subscription(), Owner: id.String()})
}

func chain(more map[string]any) *state.State {
	s := state.New(id)
	function(s, "a", "in", "mid", nil)
	function(s, "b", "mid", "out", more)
	return s
}

func planOf(t *testing.T, live, want *state.State, destroy bool, allow ...plan.RiskKind) *plan.Plan {
	t.Helper()
	changes, findings := diff.Diff(live, want, native.Rules{}, diff.Options{Destroy: destroy, DeleteTopics: destroy})
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return plan.New(plan.Header{Destroy: destroy, Allowed: allow}, live, want, changes)
}

// risks lists the risks as "step: kind messages", without the names' prefix.
func risks(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		for _, r := range s.Risks {
			line := s.ID + ": " + string(r.Kind)
			if r.Messages > 0 {
				line += " of messages"
			}
			out = append(out, strings.NewReplacer(prefix, "", "t/n/", "").Replace(line))
		}
	}
	slices.Sort(out)
	return out
}

func TestRisks(t *testing.T) {
	facts := func(s *state.State, addr state.Addr, f state.Facts) *state.State {
		s.Facts[addr] = f
		return s
	}
	subB := state.SubscriptionAddr(prefix+"mid", "t/n/b")
	onlyA := state.New(id)
	function(onlyA, "a", "in", "mid", nil)
	orphan := state.New(id)
	orphan.Put(&state.Subscription{Topic: prefix + "mid", Name: "t/n/b", Owner: id.String()})
	renamed := state.New(id)
	function(renamed, "a2", "in", "mid", nil)
	function(renamed, "b", "mid", "out", nil)
	three := chain(nil)
	function(three, "c", "out", "end", nil)
	past := state.New(id)
	function(past, "a", "in", "out", nil)
	function(past, "c", "out", "end", nil)
	orphan2 := state.New(id)
	orphan2.Put(&state.Subscription{Topic: prefix + "mid", Name: "t/n/b", Owner: id.String()})
	stateful := chain(nil)
	stateful.StateStore = true

	for _, c := range []struct {
		name       string
		live, want *state.State
		destroy    bool
		allow      []plan.RiskKind
		risks      []string
	}{
		{name: "update", live: chain(nil), want: chain(map[string]any{"parallelism": 3.0}),
			risks: []string{"update function/b: reprocessing", "update function/b: restart"}},
		{name: "update of ATMOST_ONCE", live: chain(map[string]any{"processingGuarantees": "ATMOST_ONCE"}), want: chain(map[string]any{"processingGuarantees": "ATMOST_ONCE", "parallelism": 3.0}),
			risks: []string{"update function/b: message-loss", "update function/b: restart"}},
		{name: "update of EFFECTIVELY_ONCE", live: chain(map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"}), want: chain(map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE", "parallelism": 3.0}),
			risks: []string{"pause function/a: reprocessing", "pause function/a: restart", "update function/b: restart"}},
		{name: "EFFECTIVELY_ONCE is created", live: state.New(id), want: chain(map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"}),
			risks: []string{"create function/b: message-loss"}},
		{name: "away from EFFECTIVELY_ONCE", live: chain(map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"}), want: chain(nil),
			risks: []string{"delete function/b: reprocessing", "delete function/b: restart"}},
		{name: "replacement where functions keep state", live: stateful, want: chain(map[string]any{"retainOrdering": true}),
			risks: []string{"delete function/b: reprocessing", "delete function/b: restart", "delete function/b: state-loss"}},
		{name: "a new name for the subscription", live: chain(nil), want: chain(map[string]any{"subName": "mine"}),
			risks: []string{"delete function/b: reprocessing", "delete function/b: restart", "delete subscription/mid#b: reprocessing"}},
		{name: "towards EFFECTIVELY_ONCE", live: chain(nil), want: chain(map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"}),
			risks: []string{"create function/b: message-loss", "delete function/b: reprocessing", "delete function/b: restart"}},
		{name: "a hand turned cleanupSubscription on", live: chain(map[string]any{"cleanupSubscription": true}), want: chain(map[string]any{"retainOrdering": true, "cleanupSubscription": false}),
			risks: []string{"delete function/b: reprocessing", "delete function/b: restart", "keep-subscriptions function/b: restart"}},
		{name: "a function is renamed", live: facts(chain(nil), state.TopicAddr(prefix+"in"), state.Facts{Publishers: 1}), want: renamed,
			risks: []string{"delete subscription/in#a: reprocessing"}},
		{name: "the middle goes, its writer is led past it", live: three, want: past,
			risks: []string{"update function/a: reorder", "update function/a: reprocessing", "update function/a: restart"}},
		{name: "a new name for the subscription, the loss allowed", live: facts(chain(nil), subB, state.Facts{Backlog: 7}), want: chain(map[string]any{"subName": "mine"}), allow: []plan.RiskKind{plan.MessageLoss},
			risks: []string{"delete function/b: reprocessing", "delete function/b: restart", "delete subscription/mid#b: reprocessing"}},
		{name: "a reader goes, its writer stays", live: chain(nil), want: onlyA,
			risks: []string{"delete subscription/mid#b: message-loss"}},
		{name: "subscription without a function", live: facts(orphan, subB, state.Facts{Backlog: 7}), want: state.New(id),
			risks: []string{"delete subscription/mid#b: message-loss of messages"}},
		{name: "what is left is in another subscription", live: facts(orphan2, subB, state.Facts{Backlog: 7, Covered: true}), want: state.New(id)},
		{name: "destroy in peace", live: facts(chain(nil), subB, state.Facts{Backlog: 7}), destroy: true,
			risks: []string{"delete topic/in: topic-data", "delete topic/mid: topic-data", "delete topic/out: topic-data"}},
		{name: "destroy of what stands still", live: facts(facts(chain(nil), subB, state.Facts{Backlog: 7}), state.ComponentAddr(state.KindFunction, "t", "n", "b"), state.Facts{Missing: 2, Stopped: 2}), destroy: true,
			risks: []string{"delete subscription/mid#b: message-loss of messages", "delete topic/in: topic-data", "delete topic/mid: topic-data", "delete topic/out: topic-data"}},
		{name: "destroy with producers of others", live: facts(chain(nil), state.TopicAddr(prefix+"in"), state.Facts{Publishers: 1}), destroy: true,
			risks: []string{"delete subscription/in#a: message-loss", "delete topic/in: topic-data", "delete topic/mid: topic-data", "delete topic/out: topic-data"}},
		{name: "destroy with the loss allowed", live: facts(chain(nil), subB, state.Facts{Backlog: 7}), destroy: true, allow: []plan.RiskKind{plan.MessageLoss},
			risks: []string{"delete subscription/mid#b: message-loss of messages", "delete topic/in: topic-data", "delete topic/mid: topic-data", "delete topic/out: topic-data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == nil {
				c.want = state.New(id)
			}
			want := c.want
			// Rename the subscription along with the function's subName.
			for _, f := range want.Components() {
				want.Put(&state.Subscription{Topic: f.Inputs()[0], Name: f.Subscription(), Owner: id.String()})
			}
			if d := cmp.Diff(c.risks, risks(planOf(t, c.live, drop(want), c.destroy, c.allow...))); d != "" {
				t.Error(d)
			}
		})
	}
}

// drop removes subscriptions that no function of the state reads through.
func drop(s *state.State) *state.State {
	for addr, r := range s.Resources {
		sub, ok := r.(*state.Subscription)
		if ok && !slices.ContainsFunc(s.Components(), func(f *state.Component) bool {
			return f.Subscription() == sub.Name && f.Reads(sub.Topic)
		}) {
			delete(s.Resources, addr)
		}
	}
	return s
}

func TestWhatMustBeAllowed(t *testing.T) {
	p := planOf(t, chain(nil), state.New(id), true)
	if n := len(p.Refused(nil)); n != 3 {
		t.Errorf("%d steps refused", n)
	}
	if n := len(p.Refused([]plan.RiskKind{plan.TopicData})); n != 0 {
		t.Errorf("%d steps refused although allowed", n)
	}
}

func TestTakingDownFollowsTheData(t *testing.T) {
	var order []string
	for _, s := range planOf(t, chain(nil), state.New(id), true).Steps {
		order = append(order, strings.NewReplacer(prefix, "", "t/n/", "").Replace(s.ID))
	}
	at := func(step string) int { return slices.Index(order, step) }
	for _, pair := range [][2]string{
		{"drain subscription/in#a", "delete function/a"},
		{"delete function/a", "drain subscription/mid#b"},
		{"drain subscription/mid#b", "delete function/b"},
		{"delete function/b", "delete subscription/mid#b"},
		{"delete subscription/mid#b", "delete topic/mid"},
		{"delete function/b", "delete topic/out"},
	} {
		if at(pair[0]) < 0 || at(pair[1]) < 0 || at(pair[0]) > at(pair[1]) {
			t.Errorf("%q must come before %q in %q", pair[0], pair[1], order)
		}
	}
}

// A hand can make a cycle in what is live; taking it down must still work.
func TestCycleInTheClusterCanBeTakenDown(t *testing.T) {
	live := state.New(id)
	function(live, "a", "x", "y", nil)
	function(live, "b", "y", "x", nil)
	if p := planOf(t, live, state.New(id), true); len(p.Steps) == 0 {
		t.Error("no steps")
	}
}

func TestPlanFilesThatCannotBe(t *testing.T) {
	for _, text := range []string{
		`{`, `{"format":"meshc.plan/9","plans":[]}`, `{"format":"meshc.plan/1","plans":[null]}`,
		`{"format":"meshc.plan/1","plans":[{"format":"meshc.plan/1","steps":[{"id":"x","op":"create","addr":"topic/a"}]}]}`,
		`{"format":"meshc.plan/1","plans":[],"more":1}`,
		`{"format":"meshc.plan/1","plans":[{"format":"meshc.plan/1","steps":[{"id":"create topic/persistent://a/b/c","op":"create","addr":"topic/persistent://a/b/c","change":{"addr":"topic/persistent://a/b/c","before":null,"after":null}}]}]}`,
	} {
		if _, err := plan.ReadFile([]byte(text)); err == nil {
			t.Errorf("read %s", text)
		}
	}
	if plan.IsPlan([]byte("name: mesh\nformat: x")) {
		t.Error("a mesh is taken for a plan")
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte(`{"format":"meshc.plan/1","plans":[]}`))
	f.Add([]byte(`{"format":"meshc.plan/1","plans":[{"format":"meshc.plan/1","steps":[{"id":"create topic/a","op":"create","addr":"topic/a","change":{"addr":"topic/a","after":{"kind":"topic","resource":{"name":"a"}}}}]}]}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		plans, err := plan.ReadFile(data)
		if err == nil {
			for _, p := range plans {
				_ = p.Changes()
				_ = p.Refused(nil)
			}
		}
	})
}

func TestTheSameInputGivesTheSamePlan(t *testing.T) {
	live := chain(nil)
	for _, sha := range []string{"aa", "bb", "cc"} {
		live.Put(&state.Package{URL: "function://t/n/m@" + sha, SHA256: sha, Owner: id.String()})
	}
	first := planOf(t, live, state.New(id), true)
	for range 200 {
		if d := cmp.Diff(first.Steps, planOf(t, live, state.New(id), true).Steps); d != "" {
			t.Fatal(d)
		}
	}
}

func TestFunctionsThatDoNotRunAreWaitedFor(t *testing.T) {
	live := chain(nil)
	live.Facts[state.ComponentAddr(state.KindFunction, "t", "n", "b")] = state.Facts{Missing: 1}
	p := planOf(t, live, chain(nil), false)
	if len(p.Steps) != 1 || p.Steps[0].Op != plan.AwaitRunning || len(p.Changes()) != 0 || len(p.Waits()) != 1 {
		t.Errorf("%+v", p.Steps)
	}
	if p := planOf(t, live, state.New(id), true); len(p.Waits()) != 0 {
		t.Errorf("a mesh that goes is waited for: %+v", p.Waits())
	}
}

// A subscription that takes another one's place starts where it is made, whatever
// the function's own position, and the old one is drained up to there only: under
// load its backlog is never 0.
func TestASubscriptionTakesThePlaceOfAnother(t *testing.T) {
	want := chain(map[string]any{"subName": "mine"})
	want.Put(&state.Subscription{Topic: prefix + "mid", Name: "mine", Position: "Earliest", Owner: id.String()})
	delete(want.Resources, state.SubscriptionAddr(prefix+"mid", "t/n/b"))
	p := planOf(t, chain(nil), want, false)
	made := state.SubscriptionAddr(prefix+"mid", "mine")
	for _, s := range p.Steps {
		switch s.Op {
		case plan.Create:
			if sub, ok := s.Change.After.(*state.Subscription); ok && (sub.Position != "Latest" || sub.Replaces != "t/n/b") {
				t.Errorf("%+v", sub)
			}
		case plan.Drain:
			if s.Behind != made || !slices.Contains(s.Needs, "create "+string(made)) {
				t.Errorf("%+v", s)
			}
		case plan.Delete:
			if s.Addr.Kind() == state.KindSubscription && !s.GoOn {
				t.Errorf("%+v", s)
			}
		}
	}
}

// What will read a topic from now on is there before the old reader is drained,
// and who is led past it writes elsewhere before.
func TestDrainsComeAfterTheNewReadersAndTheOldWriters(t *testing.T) {
	renamed := state.New(id)
	function(renamed, "a2", "in", "mid", nil)
	function(renamed, "b", "mid", "out", nil)
	three, past := chain(nil), state.New(id)
	function(three, "c", "out", "end", nil)
	function(past, "a", "in", "out", nil)
	function(past, "c", "out", "end", nil)
	for _, c := range []struct {
		live, want   *state.State
		drain, needs string
	}{
		{chain(nil), renamed, "drain subscription/" + prefix + "in#t/n/a", "create subscription/" + prefix + "in#t/n/a2"},
		{three, past, "drain subscription/" + prefix + "mid#t/n/b", "await-running function/t/n/a"},
	} {
		p := planOf(t, c.live, c.want, false)
		i := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.ID == c.drain })
		if i < 0 || !slices.Contains(p.Steps[i].Needs, c.needs) {
			t.Errorf("%s does not need %s: %+v", c.drain, c.needs, p.Steps)
		}
	}
}

func TestASubscriptionOfOthersIsNotShared(t *testing.T) {
	for name, change := range map[string]func(*state.State, *state.Subscription){
		"another mesh":  func(_ *state.State, sub *state.Subscription) { sub.Owner = "t/n/other" },
		"other clients": func(s *state.State, sub *state.Subscription) { s.Facts[sub.Addr()] = state.Facts{Others: 1} },
	} {
		live := state.New(id)
		sub := &state.Subscription{Topic: prefix + "in", Name: "t/n/a"}
		change(live, sub)
		live.Put(sub)
		_, findings := diff.Diff(live, chain(nil), native.Rules{}, diff.Options{})
		if len(findings) != 1 || findings[0].Code != diag.SubscriptionInUse {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}
