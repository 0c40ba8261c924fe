package operator

import (
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Pod is a pod of a component, as a kubelet would start it.
type Pod struct {
	// Name is the pod's, such as mesh-a-function-0, UID tells it from another of that name.
	Name, UID string
	// Component is the name of its Function, Source or Sink: mesh-a.
	Component string
	// Kind is function, source or sink.
	Kind string
	// Ordinal is the instance's number.
	Ordinal int
	// Image is the container's, Command what it runs: a shell and its script.
	Image   string
	Command []string
	// Env are the container's variables, those from ConfigMaps and Secrets looked up.
	Env map[string]string
	// Details is the FunctionDetails in the command, in protobuf's JSON; empty for Go.
	Details string
}

var detailsOf = regexp.MustCompile(`--function_details '((?:[^']|'\\'')*)'`)

// podOf reads a pod of a component; ok is false for another one.
func podOf(p object) (pod Pod, ok bool) {
	labels := p.sub("metadata", "labels")
	containers := p.list("spec", "containers")
	at := strings.LastIndexByte(p.name(), '-')
	ordinal, err := strconv.Atoi(p.name()[at+1:])
	if err != nil || len(containers) == 0 || labels.text(computeGroup+"/name") == "" {
		return Pod{}, false
	}
	pod = Pod{
		Name: p.name(), UID: p.uid(), Ordinal: ordinal,
		Component: labels.text(computeGroup + "/name"), Kind: labels.text(computeGroup + "/component"),
		Image: containers[0].text("image"), Command: containers[0].texts("command"),
	}
	if found := detailsOf.FindStringSubmatch(strings.Join(pod.Command, " ")); found != nil {
		pod.Details = strings.ReplaceAll(found[1], `'\''`, "'")
	}
	return pod, true
}

// environmentOf looks the container's variables up. With strict, what is not there is
// an error, as a kubelet words it.
func (o *Operator) environmentOf(ctx context.Context, p object, strict bool) (map[string]string, error) {
	env := map[string]string{}
	for _, e := range p.list("spec", "containers")[0].list("env") {
		name, from := e.text("name"), e.sub("valueFrom")
		switch {
		case from.has("fieldRef"):
			env[name] = p.text(strings.Split(from.text("fieldRef", "fieldPath"), ".")...)
		case from.has("configMapKeyRef"), from.has("secretKeyRef"):
			value, err := o.lookUp(ctx, from)
			if err != nil && strict {
				return nil, err
			}
			env[name] = value
		default:
			env[name] = e.text("value")
		}
	}
	return env, nil
}

func (o *Operator) lookUp(ctx context.Context, from object) (string, error) {
	ref, r, what := from.sub("configMapKeyRef"), configMaps, "configmap"
	if from.has("secretKeyRef") {
		ref, r, what = from.sub("secretKeyRef"), secrets, "secret"
	}
	if ref.text("name") == "" {
		return "", fmt.Errorf("a %s without a name", what)
	}
	found, err := o.rest.get(ctx, r, ref.text("name"))
	switch {
	case err != nil:
		return "", err
	case found == nil:
		return "", fmt.Errorf("%s %q not found", what, ref.text("name"))
	case !found.has("data", ref.text("key")):
		return "", fmt.Errorf("couldn't find key %s in %s %s/%s", ref.text("key"), what, o.opts.Namespace, ref.text("name"))
	}
	value := found.text("data", ref.text("key"))
	if what == "secret" {
		plain, err := base64.StdEncoding.DecodeString(value)
		return string(plain), err
	}
	return value, nil
}
