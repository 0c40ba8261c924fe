package resource

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/meshc/meshc/planner/state"
)

// Canonical gives a spec in the one form in which specs are compared: what schema,
// webhook and operator fill in is filled in, quantities are spelled in one way, and
// empty blocks are gone. It can be written as it is. The defaults are those of the
// operator's webhooks (api/compute/v1alpha1, *_webhook.go, 0.27).
func Canonical(kind state.Kind, name string, spec map[string]any) map[string]any {
	// What is in this form already is shared, one level down.
	tidied, copied := tidy(spec)
	out, _ := tidied.(map[string]any)
	if out == nil || !copied {
		out = maps.Clone(out)
	}
	if out == nil {
		out = map[string]any{}
	}
	fill := func(key string, v any) {
		if _, there := out[key]; !there {
			out[key] = v
		}
	}
	fill("minReplicas", 1.0)
	if Autoscaled(out) {
		delete(out, "replicas") // those are the autoscaler's
	} else {
		fill("replicas", out["minReplicas"])
	}
	fill("processingGuarantee", "atleast_once")
	fill("name", name)
	fill("tenant", "public")
	fill("namespace", "default")
	fill("clusterName", "kubernetes")
	if _, logs := out["logTopic"]; logs {
		agent := "sidecar"
		if kind == state.KindFunction {
			agent = "runtime"
		}
		fill("logTopicAgent", agent)
	}
	if kind != state.KindSource {
		fill("autoAck", true)
		within(out, "input", func(in map[string]any) { in["typeClassName"] = or(in["typeClassName"], bytes) })
	}
	if kind != state.KindSink {
		fill("forwardSourceMessageProperty", true)
		within(out, "output", func(o map[string]any) {
			if o["topic"] != nil || kind == state.KindSource {
				o["typeClassName"] = or(o["typeClassName"], bytes)
			}
			if kind == state.KindSource && o["producerConf"] == nil {
				o["producerConf"] = map[string]any{"maxPendingMessages": 1000.0, "maxPendingMessagesAcrossPartitions": 1000.0, "useThreadLocalProducers": true}
			}
		})
	}
	switch kind {
	case state.KindFunction:
		fill("maxPendingAsyncRequests", 1000.0)
		window(out)
	case state.KindSource:
		fill("sourceConfig", map[string]any{})
	case state.KindSink:
		fill("sinkConfig", map[string]any{})
	}
	return out
}

// bytes is Java's byte[] as the webhook names it.
const bytes = "[B"

func or(v, other any) any {
	if v == nil {
		return other
	}
	return v
}

// within changes a copy of a block; one that stays empty is left out.
func within(spec map[string]any, key string, change func(map[string]any)) {
	block, _ := spec[key].(map[string]any)
	block = maps.Clone(block)
	if block == nil {
		block = map[string]any{}
	}
	change(block)
	if len(block) > 0 {
		spec[key] = block
	}
}

func window(spec map[string]any) {
	w, ok := spec["windowConfig"].(map[string]any)
	if !ok {
		return
	}
	w = maps.Clone(w)
	if length := w["windowLengthDurationMs"]; length != nil && w["slidingIntervalDurationMs"] == nil {
		w["slidingIntervalDurationMs"] = length
	}
	// The operator overwrites it at run time by the class.
	w["actualWindowFunctionClassName"] = or(spec["className"], "")
	spec["windowConfig"] = w
}

// tidy gives a value without nulls, empty blocks and empty lists, with numbers as
// float64 and quantities in their one spelling. What is so already is not copied:
// most of what is read is.
func tidy(v any) (out any, changed bool) {
	switch v := v.(type) {
	case map[string]any:
		return tidyMap(v)
	case []any:
		if len(v) == 0 {
			return nil, true
		}
		var out []any
		for i, e := range v {
			if tidied, changed := tidy(e); changed && tidied != nil {
				if out == nil {
					out = slices.Clone(v)
				}
				out[i] = tidied
			}
		}
		if out != nil {
			return out, true
		}
		return v, false
	case string, float64, bool:
		return v, false
	default:
		return state.Canonical(v), true
	}
}

func tidyMap(m map[string]any) (any, bool) {
	var out map[string]any
	for key, e := range m {
		tidied, changed := e, false
		if key == "requests" || key == "limits" {
			tidied, changed = amounts(e)
		}
		if again, more := tidy(tidied); more {
			tidied, changed = again, true
		}
		if !changed {
			continue
		}
		if out == nil {
			out = maps.Clone(m)
		}
		if tidied == nil {
			delete(out, key)
		} else {
			out[key] = tidied
		}
	}
	switch {
	case out == nil && len(m) > 0:
		return m, false
	case len(out) == 0:
		return nil, true
	}
	return out, true
}

// amounts spells quantities as the API server does, "0.1" as 100m.
func amounts(v any) (any, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return v, false
	}
	var out map[string]any
	for key, e := range m {
		var text string
		switch e := e.(type) {
		case string:
			text = e
		case float64, int64, int:
			f, _ := state.Canonical(e).(float64)
			text = resource.NewMilliQuantity(int64(f*1000), resource.DecimalSI).String()
		default:
			continue
		}
		q, err := resource.ParseQuantity(text)
		if err != nil {
			continue
		}
		if spelled := q.String(); spelled != e {
			if out == nil {
				out = maps.Clone(m)
			}
			out[key] = spelled
		}
	}
	if out == nil {
		return v, false
	}
	return out, true
}
