package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner/state"
)

// Keeping less, and dropping sooner, has to be allowed; keeping more has not.
func TestRisksOfPolicies(t *testing.T) {
	topic, namespace := state.TopicAddr(prefix+"mid"), state.NamespaceAddr("t/n")
	policies := func(on state.Addr, values map[string]any) *state.Policies {
		p := &state.Policies{On: on, Values: values}
		if on == topic {
			p.Owner = id.String()
		}
		return p
	}
	keep := func(minutes, mb int64) map[string]any {
		return map[string]any{"retention": state.Retention{Minutes: minutes, MB: mb}.Value()}
	}
	ttl := func(seconds float64) map[string]any { return map[string]any{"messageTTLInSeconds": seconds} }
	for name, c := range map[string]struct {
		on           state.Addr
		before, then map[string]any
		facts        state.Facts
		want         []string
	}{
		"set where nothing was kept":       {topic, nil, keep(60, -1), state.Facts{}, nil},
		"longer":                           {topic, keep(60, -1), keep(90, -1), state.Facts{}, nil},
		"shorter":                          {topic, keep(60, -1), keep(30, -1), state.Facts{}, []string{"update policies/topic/mid: topic-data"}},
		"for ever no more":                 {topic, keep(-1, -1), keep(30, -1), state.Facts{}, []string{"update policies/topic/mid: topic-data"}},
		"less than the namespace keeps":    {topic, nil, keep(30, -1), state.Facts{KeptMinutes: 60, KeptMB: -1}, []string{"create policies/topic/mid: topic-data"}},
		"taken away":                       {topic, keep(60, -1), nil, state.Facts{}, []string{"delete policies/topic/mid: topic-data"}},
		"a time to live where none was":    {namespace, nil, ttl(60), state.Facts{}, []string{"create policies/namespace/t/n: message-loss"}},
		"a shorter time to live":           {namespace, ttl(60), ttl(30), state.Facts{}, []string{"update policies/namespace/t/n: message-loss"}},
		"a longer time to live":            {namespace, ttl(60), ttl(90), state.Facts{}, nil},
		"messages live for ever":           {namespace, ttl(60), ttl(0), state.Facts{}, nil},
		"of a namespace nothing goes away": {namespace, ttl(60), nil, state.Facts{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			live, want := chain(nil), chain(nil)
			for _, s := range []*state.State{live, want} {
				s.Put(&state.Namespace{Name: "t/n"})
			}
			if c.before != nil {
				live.Put(policies(c.on, c.before))
			}
			if c.then != nil {
				want.Put(policies(c.on, c.then))
			}
			live.Facts[state.PoliciesAddr(c.on)] = c.facts
			if got := risks(planOf(t, live, want, false)); !slices.Equal(got, c.want) {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}
