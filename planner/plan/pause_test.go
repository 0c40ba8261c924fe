package plan_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// once makes a mesh a -> b -> c -> d from the topics in, m1, m2, m3 to out, in which
// the named functions are EFFECTIVELY_ONCE.
func once(more map[string]map[string]any, names ...string) *state.State {
	s := state.New(id)
	topics := []string{"in", "m1", "m2", "m3", "out"}
	for i, name := range []string{"a", "b", "c", "d"} {
		fields := map[string]any{}
		if slices.Contains(names, name) {
			fields["processingGuarantees"] = "EFFECTIVELY_ONCE"
		}
		maps.Copy(fields, more[name])
		function(s, name, topics[i], topics[i+1], fields)
	}
	return s
}

var scaled = map[string]any{"parallelism": 3.0}

// short names steps without what they have in common.
func short(steps []string) []string {
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = strings.NewReplacer(prefix, "", "function/t/n/", "", "subscription/", "", "t/n/", "").Replace(s)
	}
	return out
}

func stepIDs(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, s.ID)
	}
	return short(out)
}

func addr(name string) state.Addr { return state.ComponentAddr(state.KindFunction, "t", "n", name) }

func withFacts(s *state.State, facts map[state.Addr]state.Facts) *state.State {
	maps.Copy(s.Facts, facts)
	return s
}

func TestWhatIsPausedAroundAChange(t *testing.T) {
	out := state.TopicAddr(prefix + "m3")
	single := map[string]any{"producerConfig": map[string]any{"batchingConfig": map[string]any{"enabled": false}}}
	for _, c := range []struct {
		name       string
		live, want *state.State
		steps      []string
	}{
		{name: "only what feeds it", live: once(nil, "c"), want: once(map[string]map[string]any{"c": scaled}, "c"),
			steps: []string{"pause b", "drain m2#c", "update c", "await-running c", "resume b", "verify c"}},
		{name: "what feeds a paused one that loses, too", live: once(nil, "b", "c"), want: once(map[string]map[string]any{"c": scaled}, "b", "c"),
			steps: []string{"pause a", "drain m1#b", "pause b", "drain m2#c", "update c", "await-running c", "resume b", "resume a", "verify c"}},
		{name: "pauses are shared", live: once(nil, "b", "c"), want: once(map[string]map[string]any{"b": scaled, "c": scaled}, "b", "c"),
			steps: []string{"pause a", "drain m1#b", "pause b", "drain m2#c", "update c", "await-running c", "update b", "resume b", "await-running b", "resume a", "verify b", "verify c"}},
		{name: "what is paused is changed while it stands", live: once(nil, "c"), want: once(map[string]map[string]any{"b": scaled, "c": scaled}, "c"),
			steps: []string{"pause b", "drain m2#c", "update c", "await-running c", "update b", "resume b", "await-running b", "verify b", "verify c"}},
		{name: "nothing without deduplication", want: once(map[string]map[string]any{"c": scaled}, "c"),
			live:  withFacts(once(nil, "c"), map[state.Addr]state.Facts{out: {Deduplication: state.Off}}),
			steps: []string{"update c", "await-running c", "verify c"}},
		{name: "nothing where each message is a batch", live: once(map[string]map[string]any{"c": single}, "c"),
			want:  once(map[string]map[string]any{"c": {"producerConfig": single["producerConfig"], "parallelism": 3.0}}, "c"),
			steps: []string{"update c", "await-running c", "verify c"}},
		{name: "turning batches off is a restart as well", live: once(nil, "c"), want: once(map[string]map[string]any{"c": single}, "c"),
			steps: []string{"pause b", "drain m2#c", "update c", "await-running c", "resume b", "verify c"}},
		{name: "a replacement", live: once(nil, "c"), want: once(map[string]map[string]any{"c": {"retainOrdering": true}}, "c"),
			steps: []string{"pause b", "drain m2#c", "delete c", "create c", "await-running c", "resume b", "verify c"}},
		{name: "stopped ones are started", live: withFacts(once(nil), map[state.Addr]state.Facts{addr("b"): {Missing: 2, Stopped: 2}}), want: once(nil),
			steps: []string{"resume b"}},
		{name: "a stopped one is updated before it starts", live: withFacts(once(nil), map[state.Addr]state.Facts{addr("b"): {Missing: 2, Stopped: 2}}),
			want:  once(map[string]map[string]any{"b": scaled}),
			steps: []string{"update b", "resume b", "await-running b", "verify b"}},
		{name: "what a cut run left paused stays so until it may go on", live: withFacts(once(nil, "c"), map[state.Addr]state.Facts{addr("b"): {Missing: 2, Stopped: 2}}),
			want:  once(map[string]map[string]any{"c": scaled}, "c"),
			steps: []string{"pause b", "drain m2#c", "update c", "await-running c", "resume b", "verify c"}},
		{name: "a part that stands still is started in silence", live: withFacts(once(nil, "c"), map[state.Addr]state.Facts{addr("c"): {Missing: 1, Stopped: 1}}),
			want: once(nil, "c"), steps: []string{"pause b", "drain m2#c", "resume c", "resume b"}},
		{name: "each of a chain that stands in part", live: withFacts(once(nil, "b", "c"), map[state.Addr]state.Facts{addr("b"): {Missing: 1, Stopped: 1}, addr("c"): {Missing: 1, Stopped: 1}}),
			want: once(nil, "b", "c"), steps: []string{"pause a", "drain m1#b", "pause b", "drain m2#c", "resume c", "resume b", "resume a"}},
		{name: "what could not be started stops nobody", live: withFacts(once(nil, "c"), map[state.Addr]state.Facts{addr("c"): {Missing: 1, Stopped: 1, Unstarted: 1}}),
			want: once(nil, "c"), steps: []string{"resume c"}},
		{name: "what stands as a whole stops nobody", live: withFacts(once(nil, "c"), map[state.Addr]state.Facts{addr("c"): {Missing: 2, Stopped: 2}}),
			want: once(nil, "c"), steps: []string{"resume c"}},
		{name: "what was paused starts when what it feeds runs", live: withFacts(once(nil, "c"), map[state.Addr]state.Facts{addr("b"): {Missing: 2, Stopped: 2}}),
			want: once(nil, "c"), steps: []string{"await-running c", "resume b"}},
		{name: "the last one starts first", live: withFacts(once(nil, "c"), map[state.Addr]state.Facts{addr("b"): {Missing: 2, Stopped: 2}, addr("c"): {Missing: 2, Stopped: 2}}),
			want: once(nil, "c"), steps: []string{"resume c", "resume b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, c.live, c.want, false)
			have := stepIDs(p)
			if d := cmp.Diff(slices.Sorted(slices.Values(c.steps)), slices.Sorted(slices.Values(have))); d != "" {
				t.Fatal(d)
			}
			// Steps that do not wait for each other may be listed in any order, so the
			// wanted one is held against what they need.
			at := map[string]int{}
			for i, s := range c.steps {
				at[s] = i
			}
			for i, s := range p.Steps {
				for _, n := range short(append(slices.Clone(s.Needs), s.After...)) {
					if at[n] > at[have[i]] {
						t.Errorf("%s waits for %s", have[i], n)
					}
				}
			}
			checkQuiet(t, p)
			if len(p.Refused(nil)) > 0 {
				t.Errorf("risks are left: %v", p.Refused(nil))
			}
		})
	}
}

// checkQuiet holds the promises of pauses against all steps: a stop that could lose
// comes after a quiet drain, that after the pauses, and what is paused is resumed.
func checkQuiet(t *testing.T, p *plan.Plan) {
	t.Helper()
	byID := map[string]plan.Step{}
	before := map[string]map[string]bool{}
	for _, s := range p.Steps {
		byID[s.ID] = s
		before[s.ID] = map[string]bool{}
		for _, n := range append(slices.Clone(s.Needs), s.After...) {
			before[s.ID][n] = true
			maps.Copy(before[s.ID], before[n])
		}
	}
	for _, s := range p.Steps {
		switch {
		case s.Op == plan.Pause:
			resume, ok := byID["resume "+string(s.Addr)]
			if !ok || !before[resume.ID][s.ID] {
				t.Errorf("%s is not resumed", s.Addr)
			}
		case s.Quiet:
			for _, w := range p.Steps {
				f, ok := w.Change.Before.(*state.Component)
				if ok && w.Op == plan.Pause && slices.Contains(f.Writes(), s.Change.Before.(*state.Subscription).Topic) && !before[s.ID][w.ID] {
					t.Errorf("%s does not come after %s", s.ID, w.ID)
				}
			}
		}
	}
}

// What cannot be kept from being sent is a risk that names who sends it.
func TestWhatCannotBePaused(t *testing.T) {
	circle := once(nil, "b", "c")
	function(circle, "x", "m3", "m1", map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"})
	circleWant := once(map[string]map[string]any{"c": scaled}, "b", "c")
	function(circleWant, "x", "m3", "m1", map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"})
	external := once(map[string]map[string]any{"c": scaled}, "c")
	external.Put(&state.Topic{Name: prefix + "m2", External: true})
	past := once(map[string]map[string]any{"c": scaled}, "c")
	delete(past.Resources, addr("b"))
	delete(past.Resources, state.SubscriptionAddr(prefix+"m1", "t/n/b"))
	past.Resources[addr("a")].(*state.Component).Fields["output"] = prefix + "m2"
	for _, c := range []struct {
		name       string
		live, want *state.State
		says       string
	}{
		{"the plan leads another past its feeder", once(nil, "c"), past, "other changes of the plan would have to come before and after it"},
		{"by a pattern", once(map[string]map[string]any{"c": {"topicsPattern": []any{prefix + "x.*"}}}, "c"),
			once(map[string]map[string]any{"c": {"topicsPattern": []any{prefix + "x.*"}, "parallelism": 3.0}}, "c"), "which topics it reads by its pattern is not known"},
		{"from outside", once(nil, "a"), once(map[string]map[string]any{"a": scaled}, "a"), "t/n/in is written from outside of the mesh"},
		{"others on the topic", withFacts(once(nil, "c"), map[state.Addr]state.Facts{state.TopicAddr(prefix + "m2"): {Publishers: 2}}),
			once(map[string]map[string]any{"c": scaled}, "c"), "its input t/n/m2 is written by 2 producers of others"},
		{"a topic of others", once(nil, "c"), external, "its input t/n/m2 belongs to others"},
		{"behind one that loses and cannot be paused", once(nil, "a", "b"), once(map[string]map[string]any{"b": scaled}, "a", "b"),
			"function a, which feeds it, cannot be paused: its input t/n/in is written from outside"},
		{"behind ATMOST_ONCE", once(map[string]map[string]any{"b": {"processingGuarantees": "ATMOST_ONCE"}}, "c"),
			once(map[string]map[string]any{"b": {"processingGuarantees": "ATMOST_ONCE"}, "c": scaled}, "c"), "function b, which feeds it, is ATMOST_ONCE"},
		{"in a circle", circle, circleWant, "messages go round in a circle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, c.live, c.want, false)
			var said []string
			for _, list := range p.Refused(nil) {
				for _, r := range list {
					said = append(said, string(r.Kind)+": "+r.Detail)
				}
			}
			if len(said) != 1 || !strings.HasPrefix(said[0], "message-loss: ") || !strings.Contains(said[0], c.says) {
				t.Errorf("%q", said)
			}
			for _, s := range p.Steps {
				if s.Op == plan.Pause {
					t.Errorf("%s for nothing", s.ID)
				}
			}
		})
	}
}

// What takes the place of another reads from where nothing is sent, so that it gets
// no message twice, and comes when the other's producers are gone: both have one name.
func TestASuccessorComesInSilence(t *testing.T) {
	want := once(nil)
	delete(want.Resources, addr("c"))
	delete(want.Resources, state.SubscriptionAddr(prefix+"m2", "t/n/c"))
	live := once(nil, "c")
	function(want, "c2", "m2", "m3", map[string]any{"processingGuarantees": "EFFECTIVELY_ONCE"})
	p := planOf(t, live, want, false)
	for step, needs := range map[string]string{
		"create m2#c2": "pause b", "drain m2#c": "pause b", "delete c": "drain m2#c", "create c2": "delete c",
	} {
		i := slices.Index(stepIDs(p), step)
		if i < 0 || !slices.Contains(short(p.Steps[i].Needs), needs) {
			t.Errorf("%s does not need %s in %v", step, needs, stepIDs(p))
		}
	}
	checkQuiet(t, p)
}

// Who begins to write the input of a component comes when that is changed.
func TestNewWritersComeAfterTheChange(t *testing.T) {
	want := once(map[string]map[string]any{"c": scaled}, "c")
	function(want, "n", "in2", "m2", nil)
	p := planOf(t, once(nil, "c"), want, false)
	i := slices.Index(stepIDs(p), "create n")
	if i < 0 || !slices.Contains(short(p.Steps[i].Needs), "await-running c") {
		t.Errorf("create n may come too early in %v", stepIDs(p))
	}
}

// A start that stops what runs beside what stands still says what it can lose.
func TestRisksOfAStart(t *testing.T) {
	most := map[string]map[string]any{"c": {"processingGuarantees": "ATMOST_ONCE"}}
	partly := map[state.Addr]state.Facts{addr("c"): {Missing: 1, Stopped: 1}}
	for name, c := range map[string]struct {
		live, want *state.State
		risks      []string
	}{
		"ATMOST_ONCE":  {withFacts(once(most), partly), once(most), []string{"resume function/c: message-loss", "resume function/c: restart"}},
		"ATLEAST_ONCE": {withFacts(once(nil), partly), once(nil), []string{"resume function/c: reprocessing", "resume function/c: restart"}},
		"drained":      {withFacts(once(nil, "c"), partly), once(nil, "c"), []string{"pause function/b: reprocessing", "pause function/b: restart", "resume function/c: restart"}},
		"nothing can be paused": {withFacts(once(nil, "a"), map[state.Addr]state.Facts{addr("a"): {Missing: 1, Stopped: 1}}), once(nil, "a"),
			[]string{"resume function/a: message-loss", "resume function/a: restart"}},
		"all of it stands":        {withFacts(once(most), map[state.Addr]state.Facts{addr("c"): {Missing: 2, Stopped: 2}}), once(most), nil},
		"it could not be started": {withFacts(once(most), map[state.Addr]state.Facts{addr("c"): {Missing: 1, Stopped: 1, Unstarted: 1}}), once(most), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.risks, risks(planOf(t, c.live, c.want, false))); d != "" {
				t.Error(d)
			}
		})
	}
}
