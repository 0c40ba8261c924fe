package operator

import (
	"fmt"
	"maps"

	quantity "k8s.io/apimachinery/pkg/api/resource"
)

// defaults returns the spec of a child with what the operator's webhook fills in. It
// reads the object into a struct and writes that, so blocks that are no pointers
// appear empty, and quantities in their canonical form.
func defaults(k kind, c object) (object, error) {
	spec := object(maps.Clone(c.sub("spec")))
	set := func(in object, field string, value any) {
		if !in.has(field) {
			in[field] = value
		}
	}
	block := func(name string) object {
		b := object(maps.Clone(spec.sub(name)))
		spec[name] = b
		return b
	}
	set(spec, "name", c.name())
	set(spec, "tenant", "public")
	set(spec, "namespace", "default")
	set(spec, "clusterName", "kubernetes")
	set(spec, "replicas", replicas(spec))
	set(spec, "minReplicas", spec["replicas"])
	set(spec, "processingGuarantee", "atleast_once")
	if spec.text("logTopic") != "" {
		agent := "sidecar"
		if k.component == "function" {
			agent = "runtime"
		}
		set(spec, "logTopicAgent", agent)
	}
	if k.component != "source" {
		set(spec, "autoAck", true)
		set(block("input"), "typeClassName", "[B")
	}
	if k.component != "sink" {
		set(spec, "forwardSourceMessageProperty", true)
		out := block("output")
		set(out, "typeClassName", "[B")
		if k.component == "source" {
			set(out, "producerConf", object{"maxPendingMessages": 1000, "maxPendingMessagesAcrossPartitions": 1000, "useThreadLocalProducers": true})
		}
	}
	if k.component == "function" {
		set(spec, "maxPendingAsyncRequests", 1000)
	}
	if spec.has("windowConfig") {
		window := block("windowConfig")
		set(window, "actualWindowFunctionClassName", "")
		if window.has("windowLengthDurationMs") {
			set(window, "slidingIntervalDurationMs", window["windowLengthDurationMs"])
		}
		if window.has("windowLengthCount") && !window.has("slidingIntervalCount") {
			return nil, fmt.Errorf("windowConfig: the operator's webhook stops on windowLengthCount without slidingIntervalCount")
		}
	}
	block("pod")
	resources := block("resources")
	for _, side := range []string{"requests", "limits"} {
		if !resources.has(side) {
			continue
		}
		amounts := object(maps.Clone(resources.sub(side)))
		for name := range amounts {
			q, err := quantity.ParseQuantity(amounts.text(name))
			if err != nil {
				return nil, fmt.Errorf("resources.%s.%s: %w", side, name, err)
			}
			amounts[name] = q.String()
		}
		resources[side] = amounts
	}
	return spec, nil
}
