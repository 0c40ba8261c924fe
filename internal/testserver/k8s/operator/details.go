package operator

import (
	"encoding/json"
	"strings"
)

const identity = "org.apache.pulsar.functions.api.utils.IdentityFunction"

// details returns the FunctionDetails (Function.proto of Pulsar, in protobuf's JSON)
// that the operator makes of a child's spec.
func details(k kind, c object) ([]byte, error) {
	spec := c.sub("spec")
	d := object{
		"tenant": orElse(spec.text("tenant"), "public"), "namespace": orElse(spec.text("namespace"), "default"),
		"name":                 orElse(spec.text("name"), c.name()),
		"processingGuarantees": strings.ToUpper(orElse(spec.text("processingGuarantee"), "atleast_once")),
		"runtime":              runtimeOf(spec),
		"componentType":        strings.ToUpper(k.component),
		"parallelism":          1,
		"autoAck":              spec.text("autoAck") != "false",
	}
	if spec.text("showPreciseParallelism") == "true" {
		d["parallelism"] = replicas(spec)
	}
	if k.component == "function" {
		copyText(d, spec, "logTopic", "logTopic") // of the others it goes to a sidecar
	}
	copyText(d, spec, "runtimeFlags", "runtimeFlags")
	if err := encode(d, "secretsMap", spec.sub("secretsMap")); err != nil {
		return nil, err
	}
	d["className"] = orElse(spec.text("className"), identity)
	in, out := source(spec), sink(spec)
	switch k.component {
	case "source":
		d["className"] = identity
		in = object{"className": spec.text("className"), "typeClassName": out["typeClassName"]}
		if err := encode(in, "configs", spec.sub("sourceConfig")); err != nil {
			return nil, err
		}
		if err := encode(d, "userConfig", spec.sub("sourceConfig")); err != nil {
			return nil, err
		}
	case "sink":
		d["className"] = identity
		out = object{"className": spec.text("className"), "typeClassName": in["typeClassName"]}
		if err := encode(out, "configs", spec.sub("sinkConfig")); err != nil {
			return nil, err
		}
	default:
		if err := encode(d, "userConfig", userConfig(spec)); err != nil {
			return nil, err
		}
		if spec.has("windowConfig") {
			d["className"] = "org.apache.pulsar.functions.windowing.WindowFunctionExecutor"
		}
	}
	d["source"], d["sink"] = in, out
	if retries := spec.text("maxMessageRetry"); retries != "" && retries != "0" {
		retry := object{"maxMessageRetries": spec["maxMessageRetry"]}
		copyText(retry, spec, "deadLetterTopic", "deadLetterTopic")
		d["retryDetails"] = retry
	}
	return json.Marshal(d)
}

// userConfig is the function's, with the window's settings where there is a window.
func userConfig(spec object) object {
	out := object{}
	for key, value := range spec.sub("funcConfig") {
		out[key] = value
	}
	if window := spec.sub("windowConfig"); len(window) > 0 {
		w := object{}
		for key, value := range window {
			w[key] = value
		}
		w["actualWindowFunctionClassName"] = spec.text("className")
		out["__WINDOWCONFIGS__"] = w
	}
	return out
}

// source is the Pulsar source of a function or sink.
func source(spec object) object {
	in := spec.sub("input")
	s := object{"typeClassName": orElse(in.text("typeClassName"), "[B"), "subscriptionType": "SHARED"}
	switch {
	case spec.text("retainKeyOrdering") == "true":
		s["subscriptionType"] = "KEY_SHARED"
	case spec.text("retainOrdering") == "true", spec.text("processingGuarantee") == "effectively_once":
		s["subscriptionType"] = "FAILOVER"
	}
	s["subscriptionPosition"] = strings.ToUpper(orElse(spec.text("subscriptionPosition"), "earliest"))
	copyText(s, spec, "subscriptionName", "subscriptionName")
	copyInto(s, spec, "cleanupSubscription", "skipToLatest")
	if spec.has("timeout") {
		s["timeoutMs"], s["negativeAckRedeliveryDelayMs"] = spec["timeout"], spec["timeout"]
	}
	copyInto(s, spec, "negativeAckRedeliveryDelayMs")

	inputs := object{}
	for _, topic := range in.texts("topics") {
		inputs[topic] = object{}
	}
	if pattern := in.text("topicPattern"); pattern != "" {
		inputs[pattern] = object{"isRegexPattern": true}
	}
	for topic := range in.sub("customSerdeSources") {
		inputs[topic] = object{"serdeClassName": in.text("customSerdeSources", topic)}
	}
	for topic := range in.sub("sourceSpecs") {
		from, spec := in.sub("sourceSpecs", topic), object{}
		copyInto(spec, from, "schemaType", "isRegexPattern", "schemaProperties", "consumerProperties")
		copyText(spec, from, "serdeClassname", "serdeClassName")
		if from.has("receiverQueueSize") {
			spec["receiverQueueSize"] = object{"value": from["receiverQueueSize"]}
		}
		inputs[topic] = spec
	}
	if len(inputs) > 0 {
		s["inputSpecs"] = inputs
	}
	return s
}

// sink is the Pulsar sink of a function or source.
func sink(spec object) object {
	out := spec.sub("output")
	s := object{"typeClassName": orElse(out.text("typeClassName"), "[B"), "forwardSourceMessageProperty": spec.text("forwardSourceMessageProperty") != "false"}
	copyText(s, out, "topic", "topic")
	copyText(s, out, "sinkSerdeClassName", "serDeClassName")
	copyText(s, out, "sinkSchemaType", "schemaType")
	producer := object{"compressionType": "LZ4"}
	copyInto(producer, out.sub("producerConf"), "maxPendingMessages", "maxPendingMessagesAcrossPartitions", "useThreadLocalProducers", "batchBuilder", "compressionType")
	s["producerSpec"] = producer
	return s
}

func runtimeOf(spec object) string {
	switch {
	case spec.has("python"):
		return "PYTHON"
	case spec.has("golang"):
		return "GO"
	}
	return "JAVA"
}

// encode puts the JSON of an object into a text field; an empty one is left out.
func encode(to object, field string, value object) error {
	if len(value) == 0 {
		return nil
	}
	data, err := json.Marshal(value)
	to[field] = string(data)
	return err
}

func copyText(to, from object, field, as string) {
	if s := from.text(field); s != "" {
		to[as] = s
	}
}
