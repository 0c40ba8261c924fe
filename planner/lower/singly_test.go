package lower_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/lower"
	"github.com/meshc/meshc/planner/state"
)

const prefix = "persistent://t/n/"

// component is a node in a row: it reads one topic and writes another.
func component(kind state.Kind, name, in, out, guarantee string, more map[string]any) *state.Component {
	c := &state.Component{Kind: kind, Tenant: "t", Namespace: "n", Name: name, Fields: map[string]any{"processingGuarantees": guarantee}}
	if kind == state.KindSource {
		c.Fields["topicName"] = prefix + out
	} else {
		c.Fields["inputs"], c.Fields["output"] = []any{prefix + in}, prefix+out
	}
	if kind == state.KindFunction {
		c.Fields["runtime"] = "JAVA"
	}
	for k, v := range more {
		c.Fields[k] = v
	}
	return c
}

func stateOf(list ...*state.Component) *state.State {
	s := state.New(mesh.ID{Tenant: "t", Namespace: "n", Name: "m"})
	for _, c := range list {
		s.Put(c)
	}
	return s
}

// TestBatchingGoesAroundEffectivelyOnce: who sends each message by itself, by what
// the mesh file and the cluster say.
func TestBatchingGoesAroundEffectivelyOnce(t *testing.T) {
	const alo, eo = "ATLEAST_ONCE", "EFFECTIVELY_ONCE"
	producer := func(config map[string]any) map[string]any { return map[string]any{"producerConfig": config} }
	single := map[string]any{"batchingConfig": map[string]any{"enabled": false, "batchingMaxPublishDelayMs": 10.0}}
	chain := func() []*state.Component {
		return []*state.Component{
			component(state.KindSource, "s", "", "a", alo, nil),
			component(state.KindFunction, "f", "a", "b", alo, nil),
			component(state.KindFunction, "g", "b", "c", eo, nil),
			component(state.KindFunction, "h", "c", "d", alo, nil),
		}
	}
	deduplicates := func(s state.Switch) map[state.Addr]state.Facts {
		return map[state.Addr]state.Facts{state.TopicAddr(prefix + "c"): {Deduplication: s}}
	}
	for _, c := range []struct {
		name    string
		version string
		want    []*state.Component
		live    []*state.Component
		facts   map[state.Addr]state.Facts
		single  []string
	}{
		{name: "the function and what feeds it", version: "4.2.4", want: chain(), facts: deduplicates(state.On), single: []string{"f", "g"}},
		{name: "not known to be off", version: "4.1.0", want: chain(), single: []string{"f", "g"}},
		{name: "a version that comes", version: "5.0.0-SNAPSHOT", want: chain(), single: []string{"f", "g"}},
		{name: "workers that do not know it", version: "4.0.8", want: chain(), facts: deduplicates(state.On)},
		{name: "a version that is not told", want: chain(), facts: deduplicates(state.On)},
		{name: "deduplication off", version: "4.2.4", want: chain(), facts: deduplicates(state.Off)},
		{name: "off by now", version: "4.2.4", want: chain(), facts: deduplicates(state.Off),
			live: []*state.Component{component(state.KindFunction, "g", "b", "c", eo, producer(single))}, single: []string{"g"}},
		{name: "the file says otherwise", version: "4.2.4", facts: deduplicates(state.On), single: []string{"g"}, want: []*state.Component{
			component(state.KindFunction, "f", "a", "b", alo, producer(map[string]any{"batchingConfig": map[string]any{"enabled": true}})),
			component(state.KindFunction, "g", "b", "c", eo, nil),
		}},
		{name: "batches of one already", version: "4.2.4", facts: deduplicates(state.On), single: []string{"g"}, want: []*state.Component{
			component(state.KindFunction, "f", "a", "b", alo, producer(map[string]any{"maxPendingMessages": 1.0})),
			component(state.KindFunction, "g", "b", "c", eo, nil),
		}},
		{name: "Python passes it over", version: "4.2.4", facts: deduplicates(state.On), single: []string{"g"}, want: []*state.Component{
			component(state.KindFunction, "f", "a", "b", alo, map[string]any{"runtime": "PYTHON"}),
			component(state.KindFunction, "g", "b", "c", eo, nil),
		}},
		{name: "dead letters come one by one", version: "4.2.4", facts: deduplicates(state.On), single: []string{"g"}, want: []*state.Component{
			component(state.KindFunction, "f", "a", "x", alo, map[string]any{"deadLetterTopic": prefix + "b"}),
			component(state.KindFunction, "g", "b", "c", eo, nil),
		}},
		{name: "by a pattern", version: "4.2.4", facts: deduplicates(state.On), single: []string{"f", "g"}, want: []*state.Component{
			component(state.KindFunction, "f", "a", "b", alo, nil),
			component(state.KindFunction, "g", "x", "c", eo, map[string]any{"inputs": []any{}, "topicsPattern": []any{prefix + "b.*"}}),
			component(state.KindFunction, "h", "c", "d", alo, nil),
		}},
		{name: "a source feeds it", version: "4.2.4", facts: deduplicates(state.On), single: []string{"s", "g"}, want: []*state.Component{
			component(state.KindSource, "s", "", "b", alo, nil), component(state.KindFunction, "g", "b", "c", eo, nil),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, live := stateOf(c.want...), stateOf(c.live...)
			for addr, f := range c.facts {
				live.Facts[addr] = f
			}
			expected := stateOf(c.want...)
			for _, f := range c.want {
				copied := *f
				copied.Fields = map[string]any{}
				for k, v := range f.Fields {
					copied.Fields[k] = v
				}
				for _, name := range c.single {
					if f.Name == name {
						copied.Fields["producerConfig"] = single
					}
				}
				expected.Put(&copied)
			}
			for range 2 {
				lower.Singly(want, live, c.version)
				if d := cmp.Diff(expected.Resources, want.Resources); d != "" {
					t.Fatal(d)
				}
			}
		})
	}
}
