package lower

import (
	"fmt"
	"maps"

	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// singleMessages is a BatchingConfig (PIP-401) by which each message is sent by
// itself, as workers read it back.
var singleMessages = map[string]any{"enabled": false, "batchingMaxPublishDelayMs": 10.0}

// Singly turns batching off around EFFECTIVELY_ONCE components whose outputs the
// broker deduplicates, where the mesh file does not say otherwise: in the nodes that
// feed them, since all messages of a batch have one sequence id by which all but the
// first of its outputs are dropped, and in themselves, since after a restart a batch
// of old and new outputs is dropped whole. It changes want. Workers before 4.1 do
// not know the setting; version is the cluster's, and without it nothing is changed.
// Deduplication that is not known to be off counts as on. Where it is off by now,
// what meshc has set stays, so that a setting of the broker restarts nothing.
func Singly(want, live *state.State, version string) {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil || major < 4 || major == 4 && minor < 1 {
		return
	}
	x := want.Index()
	for _, f := range x.Components {
		if f.Guarantees() != "EFFECTIVELY_ONCE" || f.Output() == "" {
			continue
		}
		off := live.Facts[state.TopicAddr(f.Output())].Deduplication == state.Off
		sendSingly(f, live, off)
		for _, t := range f.Inputs() {
			for _, w := range x.Writing(t) {
				if w.Output() == t {
					sendSingly(w, live, off)
				}
			}
		}
		for _, p := range f.Patterns() {
			for _, w := range x.Components {
				if state.Matches(p, w.Output()) {
					sendSingly(w, live, off)
				}
			}
		}
	}
}

// sendSingly turns batching off in a component, or with keep where it is off already.
func sendSingly(f *state.Component, live *state.State, keep bool) {
	if runtime, _ := f.Fields["runtime"].(string); f.Kind == state.KindFunction && runtime != string(fields.Java) {
		return // other runtimes pass the setting over
	}
	config, _ := f.Fields["producerConfig"].(map[string]any)
	if config["batchingConfig"] != nil || config["maxPendingMessages"] == 1.0 {
		return
	}
	if keep {
		have, _ := live.Resources[f.Addr()].(*state.Component)
		if have == nil {
			return
		}
		now, _ := have.Fields["producerConfig"].(map[string]any)
		if !state.Equal(now["batchingConfig"], singleMessages) {
			return
		}
	}
	config = maps.Clone(config)
	if config == nil {
		config = map[string]any{}
	}
	config["batchingConfig"] = maps.Clone(singleMessages)
	f.Fields["producerConfig"] = config
}
