package operator

import (
	"context"
	"fmt"
)

const cleanupFinalizer = "cleanup.subscription.finalizer"

// child is one pass of the operator over a Function, Source or Sink.
func (o *Operator) child(ctx context.Context, all cluster, k kind, c object) error {
	if !c.managed() {
		return nil
	}
	wants := c.text("spec", "cleanupSubscription") == "true" && !c.deleted()
	if finalizers, changed := c.finalizers(cleanupFinalizer, wants); changed {
		c.sub("metadata")["finalizers"] = finalizers
		_, err := o.rest.update(ctx, k.resource, c)
		return err
	}
	if c.deleted() {
		return nil
	}
	if problem := crashes(k, c.sub("spec")); problem != "" {
		o.fail(fmt.Errorf("%s %s: %s: the operator would have crashed, and at each restart again", k.name, c.name(), problem))
		return nil
	}
	set, service := all.get(statefulSets, setName(k, c)), all.get(services, serviceName(k, c))
	// The operator looks at a child when the child or what it made changes, but not when
	// only their statuses do: that is why its word on readiness is stale.
	now := c.generation() + "/" + set.generation() + "/" + service.uid()
	if set != nil && service != nil && o.seen[c.uid()] == now && c.has("status") {
		return nil
	}
	want, err := statefulSet(k, c)
	if err != nil {
		return err
	}
	switch {
	case set == nil:
		set, err = o.rest.create(ctx, statefulSets, want)
	case set.text("metadata", "annotations", madeOf) != want.text("metadata", "annotations", madeOf) || !covers(set.at("spec"), want.at("spec")):
		set["spec"] = replaced(set.sub("spec"), want.sub("spec"))
		set.sub("metadata")["annotations"] = want.at("metadata", "annotations")
		set, err = o.rest.update(ctx, statefulSets, set)
	}
	if err != nil {
		return err
	}
	if service == nil {
		if service, err = o.rest.create(ctx, services, headless(k, c)); err != nil {
			return err
		}
	}
	action := "Wait"
	if set.text("status", "readyReplicas") == set.text("spec", "replicas") {
		action = "NoAction"
	}
	status := object{
		"conditions": object{
			"StatefulSet": condition("StatefulSetReady", "True", action),
			"Service":     condition("ServiceReady", "True", "NoAction"),
		},
		"replicas": set.at("spec", "replicas"), "selector": selectorText(k, c), "observedGeneration": c.at("metadata", "generation"),
	}
	if err := o.rest.status(ctx, k.resource, c.name(), status); err != nil {
		return err
	}
	o.seen[c.uid()] = c.generation() + "/" + set.generation() + "/" + service.uid()
	return nil
}

// crashes names what in a spec stops the operator with a nil dereference, although its
// webhooks let it pass or see no updates.
func crashes(k kind, spec object) string {
	switch {
	case len(spec) == 0:
		return "an empty spec"
	case !spec.has("pulsar"):
		return "no pulsar"
	case k.name != "Function" && !spec.has("java"):
		return "no java"
	case k.name == "Function" && spec.has("golang") && len(spec.texts("input", "topics")) == 0:
		return "a Go function without input.topics"
	case k.name == "Source" && spec.has("batchSourceConfig") && !spec.has("sourceConfig"):
		return "batchSourceConfig without sourceConfig"
	}
	return ""
}

// covers tells whether have holds all that want says, whatever defaults it has beside.
func covers(have, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		for key, value := range w {
			if !ok || !covers(h[key], value) {
				return false
			}
		}
		return true
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(w) {
			return false
		}
		for i := range w {
			if !covers(h[i], w[i]) {
				return false
			}
		}
		return true
	}
	return same(have, want)
}

// replaced returns the spec of a StatefulSet with what may change in one.
func replaced(have, want object) map[string]any {
	have["replicas"], have["template"] = want["replicas"], want["template"]
	return have
}
