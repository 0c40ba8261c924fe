package diff_test

import (
	"slices"
	"testing"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

var id = mesh.ID{Tenant: "public", Namespace: "default", Name: "m"}

func with(kind state.Kind, fields map[string]any) *state.State {
	s := state.New(id)
	s.Put(&state.Component{
		Kind: kind, Tenant: "public", Namespace: "default", Name: "c", Fields: fields, Owner: id.String(), Generation: 1,
		Code: state.Code{Mode: state.ByURL, URL: "u", SHA256: "00"},
	})
	return s
}

// Each row is a change of a component and what plans make of it, by the rules of
// function workers.
func TestRulesOfWorkers(t *testing.T) {
	type m = map[string]any
	for _, c := range []struct {
		name          string
		kind          state.Kind
		before, after m
		action        diff.Action
		why           diff.Reason
		// forces are the fields that a replacement is due to.
		forces []string
	}{
		{"a change beside a value that updates reset", state.KindFunction,
			m{"skipToLatest": true, "forwardSourceMessageProperty": true, "parallelism": 1.0}, m{"skipToLatest": true, "forwardSourceMessageProperty": true, "parallelism": 2.0},
			diff.Replace, diff.WouldLose, []string{"skipToLatest"}},
		{"such a value goes: an update is what resets it", state.KindFunction,
			m{"skipToLatest": true}, m{"skipToLatest": false}, diff.Update, diff.Differs, nil},
		{"such a value comes", state.KindFunction,
			m{"forwardSourceMessageProperty": true}, m{"forwardSourceMessageProperty": false}, diff.Replace, diff.CannotUpdate, []string{"forwardSourceMessageProperty"}},
		{"such a value alone is no reason for a change", state.KindFunction,
			m{"skipToLatest": true}, m{"skipToLatest": true}, diff.NoOp, diff.Same, nil},
		{"passed over by updates", state.KindSink,
			m{"maxMessageRetries": 3.0}, m{"maxMessageRetries": 4.0}, diff.Replace, diff.CannotUpdate, []string{"maxMessageRetries"}},
		{"passed over, and a replacement would not help", state.KindFunction,
			m{"subscriptionPosition": "Latest"}, m{"subscriptionPosition": "Earliest"}, diff.NoOp, diff.Same, nil},
		{"a window comes", state.KindFunction,
			m{}, m{"windowConfig": m{"windowLengthCount": 1.0}}, diff.Replace, diff.CannotUpdate, []string{"windowConfig.windowLengthCount"}},
		{"a window changes", state.KindFunction,
			m{"windowConfig": m{"windowLengthCount": 1.0}}, m{"windowConfig": m{"windowLengthCount": 2.0}}, diff.Update, diff.Differs, nil},
		{"the class of a triggerer changes", state.KindSource,
			m{"batchSourceConfig": m{"discoveryTriggererClassName": "A"}}, m{"batchSourceConfig": m{"discoveryTriggererClassName": "B"}},
			diff.Replace, diff.CannotUpdate, []string{"batchSourceConfig.discoveryTriggererClassName"}},
		{"the settings of a triggerer change", state.KindSource,
			m{"batchSourceConfig": m{"discoveryTriggererClassName": "A", "discoveryTriggererConfig": m{"a": 1.0}}}, m{"batchSourceConfig": m{"discoveryTriggererClassName": "A", "discoveryTriggererConfig": m{"a": 2.0}}},
			diff.Update, diff.Differs, nil},
		{"a pattern changes", state.KindSink,
			m{"topicsPattern": []any{"a"}}, m{"topicsPattern": []any{"b"}}, diff.Replace, diff.CannotUpdate, []string{"topicsPattern"}},
		{"a class that the code says", state.KindSink,
			m{"className": "A", "transformFunctionClassName": "B"}, m{}, diff.NoOp, diff.Same, nil},
		{"a text goes that cannot be cleared", state.KindSource,
			m{"logTopic": "l"}, m{}, diff.Replace, diff.CannotUpdate, []string{"logTopic"}},
		{"a number goes that 0 clears", state.KindSink,
			m{"timeoutMs": 5.0}, m{}, diff.Update, diff.Differs, nil},
	} {
		changes, findings := diff.Diff(with(c.kind, c.before), with(c.kind, c.after), native.Rules{}, diff.Options{})
		if findings.HasErrors() || len(changes) != 1 {
			t.Errorf("%s: %+v, %+v", c.name, changes, findings)
			continue
		}
		var forces []string
		for _, f := range changes[0].Fields {
			if f.Forces {
				forces = append(forces, f.Field)
			}
		}
		if changes[0].Action != c.action || changes[0].Why != c.why || !slices.Equal(forces, c.forces) {
			t.Errorf("%s: %s (%s), due to %v", c.name, changes[0].Action, changes[0].Why, forces)
		}
	}
}

// Code that workers have is told by its name, code at a URL by that, all other by its hash.
func TestCode(t *testing.T) {
	builtin := func(name string) state.Code { return state.Code{Mode: state.Builtin, URL: "builtin://" + name} }
	at := func(url string) state.Code { return state.Code{Mode: state.ByURL, URL: url} }
	ours := func(sha string) state.Code {
		return state.Code{Mode: state.ByURL, URL: "function://a/b/c@" + sha, SHA256: sha}
	}
	sent := func(sha string) state.Code { return state.Code{Mode: state.ByData, SHA256: sha} }
	for _, c := range []struct {
		live, want state.Code
		action     diff.Action
	}{
		{builtin("a"), builtin("a"), diff.NoOp},
		{builtin("a"), builtin("b"), diff.Replace},
		{builtin("a"), ours("00"), diff.Replace},
		{ours("00"), builtin("a"), diff.Replace},
		{at("http://a"), at("http://a"), diff.NoOp},
		{at("http://a"), at("http://b"), diff.Update},
		{at("http://a"), ours("00"), diff.Update},
		{ours("00"), ours("01"), diff.Update},
		{sent("00"), ours("00"), diff.Update},
		{ours("00"), sent("00"), diff.Replace},
		{sent("00"), sent("01"), diff.Update},
	} {
		live, want := with(state.KindFunction, nil), with(state.KindFunction, nil)
		live.Components()[0].Code, want.Components()[0].Code = c.live, c.want
		changes, findings := diff.Diff(live, want, native.Rules{}, diff.Options{})
		if len(findings) > 0 || len(changes) != 1 || changes[0].Action != c.action {
			t.Errorf("%+v to %+v: %+v %+v, want %s", c.live, c.want, changes, findings, c.action)
		}
	}
}
