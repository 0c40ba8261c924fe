package operator

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	quantity "k8s.io/apimachinery/pkg/api/resource"
)

// verdict returns what the operator's webhook says against the creation of a child
// whose defaults are filled in: the rules on names, runtimes, code, replicas,
// resources, delivery, topics, windows and Pulsar. Rules on encryption, autoscalers of
// other kinds and state stores are left out.
func verdict(k kind, c object) []string {
	v := &judge{k: k, spec: c.sub("spec")}
	v.when(len(c.name()) > 43, "name", "%s name must be no more than 43 characters", k.component)
	v.runtime()
	v.code()
	v.replicas()
	v.resources()
	if k.component != "source" {
		v.delivery()
		v.inputs()
	}
	if k.component == "function" {
		v.window()
	}
	v.when(k.component == "source" && !v.spec.has("sourceConfig"), "spec.sourceConfig", "source config is not provided")
	v.when(k.component == "sink" && !v.spec.has("sinkConfig"), "spec.sinkConfig", "sink config is not provided")
	v.when(v.spec.text("pulsar", "pulsarConfig") == "", "spec.pulsar", "Pulsar configuration needs to be set")
	v.when(v.spec.has("pulsarPackageService") && v.spec.text("pulsarPackageService", "pulsarConfig") == "", "spec.pulsarPackageService", "pulsarPackageService.pulsarConfig needs to be set")
	return v.said
}

// judge collects what is against a spec.
type judge struct {
	k    kind
	spec object
	said []string
}

func (v *judge) when(bad bool, path, format string, args ...any) {
	if bad {
		v.said = append(v.said, path+": Invalid value: "+fmt.Sprintf(format, args...))
	}
}

// number returns a number of the spec; ok is false where there is none.
func (v *judge) number(path ...string) (n int, ok bool) {
	n, err := strconv.Atoi(v.spec.text(path...))
	return n, err == nil
}

// codes are the blocks of the languages, with where code is and where it comes from.
var codes = []struct{ block, path, location string }{
	{"java", "jar", "jarLocation"}, {"python", "py", "pyLocation"}, {"golang", "go", "goLocation"}, {"genericRuntime", "functionFile", "functionFileLocation"},
}

func (v *judge) runtime() {
	given := 0
	for _, c := range codes[:3] {
		if v.spec.has(c.block) {
			given++
		}
	}
	if v.k.component != "function" {
		v.when(!v.spec.has("java"), "spec.runtime.java", "%s must have java runtime specified", v.k.component)
	} else {
		v.when(given == 0 && !v.spec.has("genericRuntime"), "spec.runtime", "runtime cannot be empty")
		v.when(given > 1, "spec.runtime", "you can only specify one runtime")
	}
	v.when((v.spec.has("java") || v.spec.has("python")) && v.spec.text("className") == "", "spec.classname", "class name cannot be empty")
}

func (v *judge) code() {
	for _, c := range codes {
		if !v.spec.has(c.block) {
			continue
		}
		v.when(v.spec.text(c.block, c.path) == "", "spec."+c.block+"."+c.path, "%s cannot be empty in %s runtime", c.path, c.block)
		if location := v.spec.text(c.block, c.location); location != "" {
			u, err := url.Parse(location)
			switch {
			case err == nil && slices.Contains([]string{"http", "https"}, u.Scheme):
			case err == nil && slices.Contains([]string{"function", "source", "sink"}, u.Scheme):
				parts := strings.Split(strings.TrimPrefix(location, u.Scheme+"://"), "/")
				v.when(len(parts) != 3 || slices.Contains(parts, "") || strings.Count(location, "@") > 1, "spec."+c.block+"."+c.location, "invalid package name %s", location)
			default:
				v.when(true, "spec."+c.block+"."+c.location, "invalid function package url %s, supported url (http/https)", location)
			}
		}
	}
}

func (v *judge) replicas() {
	n, _ := v.number("replicas")
	least, _ := v.number("minReplicas")
	most, scales := v.number("maxReplicas")
	v.when(n < 0, "spec.replicas", "replicas cannot be negative")
	v.when(scales && n > most, "spec.maxReplicas", "maxReplicas must be greater than or equal to replicas")
	v.when(scales && n == 0, "spec.replicas", "replicas cannot be zero or negative when HPA is enabled")
	v.when(least <= 0, "spec.minReplicas", "minReplicas cannot be zero or negative")
	v.when(least > n, "spec.minReplicas", "minReplicas must be less than or equal to replicas")
	v.when(scales && least > most, "spec.minReplicas", "minReplicas must be less than or equal to maxReplicas")
	v.when(scales && v.spec.has("pod", "vpa"), "spec.pod.vpa", "you can not enable HPA and VPA at the same time")
}

func (v *judge) resources() {
	amount := func(side, name string) quantity.Quantity {
		q, err := quantity.ParseQuantity(v.spec.text("resources", side, name))
		if err != nil {
			return quantity.Quantity{} // absent
		}
		return q
	}
	request, limit := amount("requests", "memory"), amount("limits", "memory")
	cpu, most := amount("requests", "cpu"), amount("limits", "cpu")
	bad := request.Sign() <= 0 || limit.Sign() <= 0 || request.Cmp(limit) > 0 ||
		cpu.Sign() < 0 || most.Sign() < 0 || most.Sign() > 0 && cpu.Cmp(most) > 0
	v.when(bad, "spec.resources", "resource requirement is invalid")
}

func (v *judge) delivery() {
	once := v.spec.text("processingGuarantee") == "effectively_once"
	timeout, _ := v.number("timeout")
	retries, _ := v.number("maxMessageRetry")
	ordered, keyed := v.spec.text("retainOrdering") == "true", v.spec.text("retainKeyOrdering") == "true"
	v.when(timeout != 0 && once, "spec.timeout", "message timeout can only be set for AtleastOnce processing guarantee")
	v.when(retries > 0 && once, "spec.maxMessageRetry", "MaxMessageRetries and Effectively once are not compatible")
	v.when(retries <= 0 && v.spec.text("deadLetterTopic") != "", "spec.maxMessageRetry", "dead letter topic is set but max message retry is set to infinity")
	v.when(keyed && once, "spec.retainKeyOrdering", "when effectively once processing guarantee is specified, retain Key ordering cannot be set")
	v.when(ordered && keyed && v.k.component == "function", "spec.retainOrdering", "only one of retain ordering or retain key ordering can be set")
}

func (v *judge) inputs() {
	if v.k.component == "function" && v.spec.has("sourceConfig") {
		return
	}
	in := v.spec.sub("input")
	topics := in.texts("topics")
	for _, block := range []string{"customSerdeSources", "customSchemaSources", "sourceSpecs"} {
		for topic := range in.sub(block) {
			topics = append(topics, topic)
		}
	}
	if pattern := in.text("topicPattern"); pattern != "" {
		topics = append(topics, pattern)
	}
	v.when(len(topics) == 0, "spec.input", "No input topic(s) specified for the function")
	out := v.spec.text("output", "topic")
	v.when(v.k.component == "function" && out != "" && slices.Contains(topics, out), "spec.output.topic",
		"Output topic %s is also being used as an input topic (topics must be one or the other)", out)
}

func (v *judge) window() {
	if !v.spec.has("windowConfig") {
		return
	}
	const path = "spec.windowConfig"
	count, counts := v.number("windowConfig", "windowLengthCount")
	length, lasts := v.number("windowConfig", "windowLengthDurationMs")
	v.when(!counts && !lasts, path, "Window length is not specified")
	v.when(counts && lasts, path, "Window length for time and count are set! Please set one or the other")
	v.when(counts && count <= 0 || lasts && length <= 0, path, "Window length must be positive")
	for _, field := range []string{"slidingIntervalCount", "slidingIntervalDurationMs"} {
		n, given := v.number("windowConfig", field)
		v.when(given && n <= 0, path, "Sliding interval must be positive")
	}
}
