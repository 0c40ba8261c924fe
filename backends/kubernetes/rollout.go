package kubernetes

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// awaitRunning waits until the operator has made what the spec says, all pods of it
// are ready, and each instance reads each input. The operator's own conditions say
// less than that: MeshReady is true before there is a pod.
func (b *Backend) awaitRunning(ctx context.Context, s plan.Step, c *state.Component, w waiter) error {
	ref := b.childOf(s)
	var going steady
	err := until(ctx, w, func() (bool, string, error) {
		if missing, err := b.rolledOut(ctx, ref, c); missing != "" || err != nil {
			going = steady{}
			return false, c.Redacted(missing), err
		}
		if b.opts.Pulsar != nil {
			fresh, missing, err := b.opts.Pulsar.Fresh(ctx, c)
			if !fresh || err != nil || showsLife(c) {
				return fresh, missing, err
			}
		}
		pods, err := b.pods(ctx, ref)
		if err != nil {
			return false, "", err
		}
		missing := going.look(pods, time.Now())
		return missing == "", c.Redacted(missing), nil
	})
	if err == nil {
		return nil
	}
	return b.withPods(ctx, ref, c, err)
}

// childOf is the resource that the operator watches for a component: its own, or the
// one that the operator makes of an element.
func (b *Backend) childOf(s plan.Step) kube.Ref {
	name, own := home(subject(s))
	if !own {
		name += "-" + lastPart(s.Addr.Name())
	}
	return kube.Ref{Resource: kinds[s.Addr.Kind()], Namespace: b.layoutOf(ownerOf(s)).namespace, Name: name}
}

// rolledOut tells what is missing until the pods of a component are those of its spec.
func (b *Backend) rolledOut(ctx context.Context, ref kube.Ref, c *state.Component) (missing string, err error) {
	child, err := b.look.Get(ctx, ref)
	switch {
	case kube.IsNotFound(err):
		return fmt.Sprintf("the operator has not made %s %s yet", ref.Resource.Kind, ref.Name), nil
	case err != nil:
		return "", err
	case child.Deleting():
		return leaving(child), nil
	}
	have := resource.Canonical(c.Kind, ref.Name, child.Map("spec"))
	if want := resource.Spec(c); !contains(have, want) {
		return fmt.Sprintf("the operator has not brought %s %s to the spec that was written", ref.Resource.Kind, ref.Name), nil
	}
	if child.Int("status", "observedGeneration") < child.Generation() {
		return fmt.Sprintf("the operator has not looked at %s %s since it was written", ref.Resource.Kind, ref.Name), nil
	}
	set, err := b.look.Get(ctx, kube.Ref{Resource: kube.StatefulSets, Namespace: ref.Namespace, Name: setName(c.Kind, ref.Name)})
	switch {
	case kube.IsNotFound(err):
		return "the operator has not made the StatefulSet " + setName(c.Kind, ref.Name) + " yet", nil
	case err != nil:
		return "", err
	}
	want := set.Int("spec", "replicas")
	ready, updated := set.Int("status", "readyReplicas"), set.Int("status", "updatedReplicas")
	if set.Int("status", "observedGeneration") >= set.Generation() && ready == want && updated == want && set.Int("status", "replicas") == want &&
		(set.Text("status", "currentRevision") == set.Text("status", "updateRevision") || want == 0) && (want == int64(c.Parallelism()) || resource.Autoscaled(resource.Spec(c))) {
		return "", nil
	}
	pods, err := b.pods(ctx, ref)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d of %d pods are ready, %d of them new%s", ready, want, updated, troubles(pods)), nil
}

// contains tells whether all that is wanted is there: webhooks fill in more. The
// number of instances of an autoscaled component is the cluster's.
func contains(have, want map[string]any) bool {
	for key, v := range want {
		inner, isMap := v.(map[string]any)
		if haveMap, ok := have[key].(map[string]any); ok && isMap {
			if !contains(haveMap, inner) {
				return false
			}
			continue
		}
		if !state.Equal(have[key], v) && !(isMap && len(inner) == 0) {
			return false
		}
	}
	return true
}

// setName is that of the StatefulSet of a component's resource.
func setName(kind state.Kind, name string) string { return name + "-" + string(kind) }

// pods are those of a component's resource, by name.
func (b *Backend) pods(ctx context.Context, ref kube.Ref) ([]kube.Object, error) {
	all, err := b.look.Labelled(ctx, kube.Pods, ref.Namespace, nameLabel, ref.Name)
	kind := strings.ToLower(ref.Resource.Kind)
	var pods []kube.Object
	for _, o := range all {
		if of := o.Label(componentLabel); of == "" || of == kind {
			pods = append(pods, o)
		}
	}
	return pods, err
}

// troubles says of pods what keeps them, in Kubernetes' words.
func troubles(pods []kube.Object) string {
	var out []string
	for _, p := range pods {
		if t := trouble(p); t != "" {
			out = append(out, p.Name()+": "+t)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; " + strings.Join(out, "; ")
}

// trouble is what keeps one pod: a container that waits or has ended, or that no
// node takes it.
func trouble(pod kube.Object) string {
	var out []string
	for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
		for _, item := range pod.Items("status", list) {
			m, _ := item.(map[string]any)
			c := kube.Object(m)
			reason, message := c.Text("state", "waiting", "reason"), c.Text("state", "waiting", "message")
			if reason != "" && reason != "ContainerCreating" && reason != "PodInitializing" {
				text := c.Text("name") + " waits: " + reason
				if message != "" {
					text += ", " + message
				}
				if n := c.Int("restartCount"); n > 0 {
					text += fmt.Sprintf(" (%d restarts%s)", n, ended(c, "lastState"))
				}
				out = append(out, text)
			} else if c.Field("state", "terminated") != nil && c.Int("state", "terminated", "exitCode") != 0 {
				out = append(out, c.Text("name")+strings.TrimPrefix(ended(c, "state"), ","))
			}
		}
	}
	for _, item := range pod.Items("status", "conditions") {
		m, _ := item.(map[string]any)
		c := kube.Object(m)
		if c.Text("type") == "PodScheduled" && c.Text("status") == "False" && c.Text("reason") != "" {
			out = append(out, c.Text("reason")+", "+c.Text("message"))
		}
	}
	return strings.Join(out, ", ")
}

// ended says how a container ended, beginning with a comma.
func ended(c kube.Object, state string) string {
	reason := c.Text(state, "terminated", "reason")
	if c.Field(state, "terminated") == nil {
		return ""
	}
	text := fmt.Sprintf(", ended with exit code %d", c.Int(state, "terminated", "exitCode"))
	if reason != "" {
		text += ", " + reason
	}
	return text
}

// logLines are the last lines of a log that a failure shows.
const logLines = 15

// withPods adds to a failure what the component's pods and their events say, as far as
// that is no secret of its own.
func (b *Backend) withPods(ctx context.Context, ref kube.Ref, c *state.Component, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rarest*3)
	defer cancel()
	pods, listErr := b.pods(ctx, ref)
	if listErr != nil || len(pods) == 0 {
		return err
	}
	var text strings.Builder
	for _, p := range pods {
		if ready(p) && restartsOf(p) == 0 {
			continue
		}
		events, _ := b.kube.Events(ctx, p)
		for _, e := range events {
			if e.Type == "Warning" {
				fmt.Fprintf(&text, "\n  event of %s: %s, %s", p.Name(), e.Reason, e.Message)
			}
		}
		tail, _ := b.kube.LogTail(ctx, p.Namespace(), p.Name(), "pulsar-"+strings.ToLower(ref.Resource.Kind), logLines)
		for line := range strings.Lines(tail) {
			fmt.Fprintf(&text, "\n  log of %s: %s", p.Name(), strings.TrimRight(line, "\n"))
		}
	}
	if text.Len() == 0 {
		return err
	}
	return fmt.Errorf("%w%s", err, c.Redacted(text.String()))
}

func ready(pod kube.Object) bool {
	for _, item := range pod.Items("status", "conditions") {
		m, _ := item.(map[string]any)
		if c := kube.Object(m); c.Text("type") == "Ready" {
			return c.Text("status") == "True"
		}
	}
	return false
}
