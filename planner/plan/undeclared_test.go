package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// sends lets the code of functions be seen to send to topics that they do not name.
func sends(s *state.State, topic string, names ...string) *state.State {
	s.Undeclared = map[string][]state.Addr{}
	for _, name := range names {
		s.Undeclared[prefix+topic] = append(s.Undeclared[prefix+topic], addr(name))
	}
	return s
}

// sideways is a mesh in which x may send to the topic side, which store reads.
func sideways(store bool) *state.State {
	s := state.New(id)
	function(s, "x", "in", "out", nil)
	if store {
		function(s, "store", "side", "end", nil)
	}
	s.Put(&state.Topic{Name: prefix + "side", Owner: id.String()})
	return s
}

// The end of what reads what code sends by itself says that more can come.
func TestWhatCodeSendsByItselfIsLostWithItsReader(t *testing.T) {
	want := []string{"delete subscription/side#store: message-loss"}
	var have []string
	p := planOf(t, sends(sideways(true), "side", "x"), sideways(false), false)
	for step, list := range p.Refused(nil) {
		for _, r := range list {
			have = append(have, strings.NewReplacer(prefix, "", "t/n/", "").Replace(step)+": "+string(r.Kind))
			if !strings.Contains(r.Detail, "function x is still there on t/n/side") {
				t.Error(r.Detail)
			}
		}
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
	if refused := planOf(t, sideways(true), sideways(false), false).Refused(nil); len(refused) > 0 {
		t.Errorf("without a sender: %v", refused)
	}
}

// A mesh that goes as a whole loses nothing: who sends goes first.
func TestWhatCodeSendsByItselfGoesFirst(t *testing.T) {
	for name, live := range map[string]*state.State{
		"to another": sends(sideways(true), "side", "x"),
		// Nothing can come before it then.
		"to its own input": sends(sideways(true), "in", "x"),
		"in a circle":      sends(sideways(true), "in", "store", "x"),
	} {
		t.Run(name, func(t *testing.T) {
			p := planOf(t, live, sideways(true), true)
			if list := p.Refused([]plan.RiskKind{plan.TopicData}); len(list) > 0 {
				t.Error(list)
			}
			i := slices.Index(stepIDs(p), "drain side#store")
			if i < 0 || name == "to another" && !slices.Contains(short(p.Steps[i].Needs), "delete x") {
				t.Errorf("%v", p.Steps)
			}
		})
	}
}

// Who sends by itself to what is to be drained is paused as all that feed it.
func TestWhatCodeSendsByItselfIsPaused(t *testing.T) {
	mesh := func(more map[string]map[string]any) *state.State {
		s := once(more, "c")
		function(s, "x", "in2", "out2", nil)
		return s
	}
	p := planOf(t, sends(mesh(nil), "m2", "x"), mesh(map[string]map[string]any{"c": scaled}), false)
	want := []string{"await-running c", "drain m2#c", "pause b", "pause x", "resume b", "resume x", "update c", "verify c"}
	if d := cmp.Diff(want, slices.Sorted(slices.Values(stepIDs(p)))); d != "" {
		t.Error(d)
	}
	if i := slices.Index(stepIDs(p), "drain m2#c"); !slices.Contains(short(p.Steps[i].Needs), "pause x") {
		t.Errorf("the drain does not wait for x: %v", p.Steps[i].Needs)
	}
	if len(p.Refused(nil)) > 0 {
		t.Errorf("risks are left: %v", p.Refused(nil))
	}
}
