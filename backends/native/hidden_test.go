package native

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner/state"
)

func hiding() *state.Component {
	return &state.Component{
		Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "f", Owner: "public/default/m", Generation: 3,
		Fields: map[string]any{
			"className": "C", "inputs": []any{"persistent://public/default/a"}, "topicsPattern": []any{"persistent://public/default/p-.*"},
			"inputSpecs": map[string]any{
				"persistent://public/default/a":    map[string]any{"consumerProperties": map[string]any{"priorityLevel": "1"}, "receiverQueueSize": 5.0},
				"persistent://public/default/p-.*": map[string]any{"consumerProperties": map[string]any{"priorityLevel": "2"}},
			},
			"skipToLatest": true, "forwardSourceMessageProperty": false,
			"customSchemaOutputs":  map[string]any{"persistent://public/default/b": `{"schemaProperties":{"a":"b"}}`},
			"customRuntimeOptions": map[string]any{"jobNamespace": "n", "tolerations": []any{1.0}},
		},
		Code: state.Code{Mode: state.ByData, SHA256: "00"},
	}
}

// reply is what a worker of 4.0 gives back of a config.
func reply(t *testing.T, config map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"skipToLatest", "forwardSourceMessageProperty", "customSchemaOutputs"} {
		delete(out, hidden)
	}
	for _, spec := range out["inputSpecs"].(map[string]any) {
		spec.(map[string]any)["consumerProperties"] = map[string]any{}
	}
	return out
}

func TestHiddenValuesComeBack(t *testing.T) {
	want := hiding()
	config, err := toConfig(want, nil)
	if err != nil {
		t.Fatal(err)
	}
	live := fromConfig(want.Kind, want.Tenant, want.Namespace, want.Name, reply(t, config))
	for name, v := range want.Fields {
		if d := cmp.Diff(v, live.Fields[name]); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
	// With the defaults of all other fields it is what a plan would have made.
	if config, err = toConfig(live, nil); err != nil {
		t.Fatal(err)
	}
	again := fromConfig(want.Kind, want.Tenant, want.Namespace, want.Name, reply(t, config))
	if d := cmp.Diff(live.Fields, again.Fields); d != "" || again.Owner != want.Owner || again.Drifted {
		t.Errorf("owner %q, drifted %v:\n%s", again.Owner, again.Drifted, d)
	}
}

// A reply that has consumerProperties has them all, and a reply wins over the marker.
func TestRepliesWin(t *testing.T) {
	config, err := toConfig(hiding(), nil)
	if err != nil {
		t.Fatal(err)
	}
	raw := reply(t, config)
	raw["forwardSourceMessageProperty"] = true
	raw["inputSpecs"].(map[string]any)["persistent://public/default/a"] = map[string]any{"consumerProperties": map[string]any{"priorityLevel": "7"}}
	live := fromConfig(state.KindFunction, "public", "default", "f", raw)
	want := map[string]any{"persistent://public/default/a": map[string]any{"consumerProperties": map[string]any{"priorityLevel": "7"}}}
	if d := cmp.Diff(any(want), live.Fields["inputSpecs"]); d != "" || live.Fields["forwardSourceMessageProperty"] != true || !live.Drifted {
		t.Errorf("forwardSourceMessageProperty %v, drifted %v, inputSpecs:\n%s", live.Fields["forwardSourceMessageProperty"], live.Drifted, d)
	}
}

// A marker of an earlier version has no hidden values, and is read all the same.
func TestMarkerWithoutHiddenValues(t *testing.T) {
	live := fromConfig(state.KindFunction, "public", "default", "f", map[string]any{
		"customRuntimeOptions": `{"meshc":{"v":1,"mesh":"public/default/m","pkg":"sha256:00","mode":"url","gen":2},"a":{"b":1}}`,
	})
	if live.Owner != "public/default/m" || live.Fields["skipToLatest"] != false || live.Fields["forwardSourceMessageProperty"] != true {
		t.Errorf("%+v", live)
	}
	if d := cmp.Diff(any(map[string]any{"a": map[string]any{"b": 1.0}}), live.Fields["customRuntimeOptions"]); d != "" {
		t.Error(d)
	}
}

// Without a marker nobody has said what an absent truth value means but the worker.
func TestOfOthersAbsentIsFalse(t *testing.T) {
	live := fromConfig(state.KindFunction, "public", "default", "f", map[string]any{"className": "C"})
	if live.Fields["forwardSourceMessageProperty"] != false || live.Fields["skipToLatest"] != false {
		t.Errorf("%+v", live.Fields)
	}
}

// A secret in a value that only the marker has stands there as its digest.
func TestHiddenSecrets(t *testing.T) {
	want := hiding()
	specs := maps.Clone(want.Fields["inputSpecs"].(map[string]any))
	secret := state.NewSensitive("${env:NAME}", "hunter2", want.FullName())
	specs["persistent://public/default/a"] = map[string]any{"consumerProperties": map[string]any{"consumerName": secret}}
	want.Fields["inputSpecs"] = specs
	text := writeMarker(want)
	if strings.Contains(text, "hunter2") {
		t.Errorf("the marker is %s", text)
	}
	config, err := toConfig(want, nil)
	if err != nil {
		t.Fatal(err)
	}
	live := fromConfig(want.Kind, want.Tenant, want.Namespace, want.Name, reply(t, config))
	if !state.Equal(live.Fields["inputSpecs"], want.Fields["inputSpecs"]) {
		t.Errorf("%v is not %v", live.Fields["inputSpecs"], want.Fields["inputSpecs"])
	}
}
