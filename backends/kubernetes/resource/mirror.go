package resource

import (
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/planner/state"
)

// mirror gives what planning asks of a component by Pulsar's names: what it reads
// and writes, by which subscription, how often, and with which guarantee. The spec
// is canonical.
func mirror(kind state.Kind, spec map[string]any) map[string]any {
	out := map[string]any{}
	set := func(name string, v any) {
		if v != nil && v != "" {
			out[name] = v
		}
	}
	set("className", spec["className"])
	set("parallelism", or(spec["replicas"], spec["minReplicas"]))
	set("logTopic", spec["logTopic"])
	set("processingGuarantees", guarantee(spec))
	if kind != state.KindSource {
		in, _ := spec["input"].(map[string]any)
		topics, patterns := inputs(in)
		set("inputs", list(topics))
		set("topicsPattern", list(patterns))
		set("deadLetterTopic", spec["deadLetterTopic"])
		for _, name := range []string{"autoAck", "retainOrdering", "retainKeyOrdering", "cleanupSubscription"} {
			set(name, spec[name])
		}
	}
	position, _ := spec["subscriptionPosition"].(string)
	if position != "" {
		// The resource's words are Pulsar's in lower case.
		position = strings.ToUpper(position[:1]) + position[1:]
	}
	output, _ := spec["output"].(map[string]any)
	switch kind {
	case state.KindFunction:
		set("output", output["topic"])
		set("subName", spec["subscriptionName"])
		set("subscriptionPosition", position)
		set("runtime", runtime(spec))
		set("producerConfig", output["producerConf"])
		if w, ok := spec["windowConfig"].(map[string]any); ok {
			set("windowConfig", w)
		}
	case state.KindSource:
		set("topicName", output["topic"])
		set("producerConfig", output["producerConf"])
	case state.KindSink:
		set("sourceSubscriptionName", spec["subscriptionName"])
		set("sourceSubscriptionPosition", position)
	}
	return out
}

// guarantee is Pulsar's word; of a window it stands in its block.
func guarantee(spec map[string]any) string {
	g, _ := spec["processingGuarantee"].(string)
	if w, ok := spec["windowConfig"].(map[string]any); ok && g == "manual" {
		if own, _ := w["processingGuarantees"].(string); own != "" {
			g = own
		}
	}
	return strings.ToUpper(g)
}

// inputs are the topics and patterns of an input block, from all of its fields
// that name some.
func inputs(in map[string]any) (topics, patterns []string) {
	named, _ := in["topics"].([]any)
	for _, t := range named {
		if s, ok := t.(string); ok {
			topics = append(topics, s)
		}
	}
	if p, _ := in["topicPattern"].(string); p != "" {
		patterns = append(patterns, p)
	}
	for _, field := range []string{"customSerdeSources", "customSchemaSources"} {
		m, _ := in[field].(map[string]any)
		topics = slices.AppendSeq(topics, maps.Keys(m))
	}
	specs, _ := in["sourceSpecs"].(map[string]any)
	for name, v := range specs {
		spec, _ := v.(map[string]any)
		if regex, _ := spec["isRegexPattern"].(bool); regex {
			patterns = append(patterns, name)
		} else {
			topics = append(topics, name)
		}
	}
	for i, t := range topics {
		topics[i] = full(t)
	}
	return topics, patterns
}

// full gives the full name of a topic; a bare one is in public/default.
func full(topic string) string {
	switch parts := strings.Count(topic, "/"); {
	case strings.Contains(topic, "://"):
		return topic
	case parts == 2:
		return "persistent://" + topic
	default:
		return "persistent://public/default/" + topic
	}
}

func list(names []string) any {
	if len(names) == 0 {
		return nil
	}
	return state.SortedTexts(names)
}

func runtime(spec map[string]any) string {
	for block, name := range map[string]string{"java": "JAVA", "python": "PYTHON", "golang": "GO"} {
		if spec[block] != nil {
			return name
		}
	}
	return ""
}
