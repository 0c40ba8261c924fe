package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

// TestRollouts has functions whose pods do not come up, each in its own way: the failure
// names the pod and why, the rest of the mesh is done, and the next apply ends what was
// begun.
func TestRollouts(t *testing.T) {
	cases := []struct {
		name    string
		outcome operator.Outcome
		says    []string
		status  string
	}{
		{"a", operator.NeverReady(), []string{"0 of 1 pods are ready"}, "0/1"},
		{"b", operator.CrashLoop("OOMKilled", 137, 4), []string{"words-b-function-0: pulsar-function waits: CrashLoopBackOff", "4 restarts", "exit code 137", "OOMKilled"}, "CrashLoopBackOff"},
		{"c", operator.Outcome{Unscheduled: true, Message: "0/3 nodes are available: 3 Insufficient memory."},
			[]string{"words-c-function-0: Unschedulable, 0/3 nodes are available: 3 Insufficient memory."}, "Unschedulable"},
		{"d", operator.Outcome{Waiting: "ImagePullBackOff", Message: `Back-off pulling image "example.org/runner:1"`},
			[]string{"words-d-function-0: pulsar-function waits: ImagePullBackOff", "Back-off pulling image"}, "ImagePullBackOff"},
	}
	forms(t, func(b *bench) {
		mesh := func(more string) {
			text := head + fn("good", "in", "out", more)
			for _, c := range cases {
				text += fn(c.name, "in", "out", more)
			}
			b.mesh(text)
		}
		mesh("")
		b.converge()
		for _, c := range cases {
			b.operator.Set("words-"+c.name, c.outcome)
		}
		mesh(", timeoutMs: 1000")
		failed := b.apply("--timeout", "10s").Want(1).Says("public/default/words: 7 of 15 steps done")
		status := b.meshc("status", "words.yaml").Want(0, 1)
		for _, c := range cases {
			failed.Says(append(c.says, "failed: wait for function public/default/"+c.name)...)
			status.Says(c.status)
			b.operator.Set("words-"+c.name, operator.Ready())
		}
		if n := b.spec("words-good")["timeout"]; n != 1000.0 {
			t.Errorf("the good function has the timeout %v", n)
		}
		b.converge()
		b.want("pods", "words-a-function-0 words-b-function-0 words-c-function-0 words-d-function-0 words-good-function-0")
	})
}

// TestMissingConfig has no ConfigMap for the pods, as when the mesh names another one:
// the kubelet's words are told, with the event; with the ConfigMap the next apply ends.
func TestMissingConfig(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(strings.ReplaceAll(chain("", ""), "pulsarConfig: pulsar", "pulsarConfig: elsewhere"))
		c := b.start("apply", "words.yaml", "--yes", "--timeout", "8s")
		b.awaitPod("words-a-function-0")
		b.create(fmt.Sprintf(`{"apiVersion":"v1","kind":"Event","metadata":{"name":"e1"},"type":"Warning","reason":"Failed","message":"Error: configmap \"elsewhere\" not found",
			"involvedObject":{"kind":"Pod","name":"words-a-function-0","namespace":%q,"uid":%q}}`, b.ns, b.kubectl("get", "pod", "words-a-function-0", "-o", "jsonpath={.metadata.uid}")))
		c.Wait().Want(1).Says("words-a-function-0: pulsar-function waits: CreateContainerConfigError", "elsewhere",
			`event of words-a-function-0: Failed, Error: configmap "elsewhere" not found`, "failed: wait for function public/default/a", "failed: wait for function public/default/b")
		b.kubectl("create", "configmap", "elsewhere", "--from-literal=webServiceURL=x", "--from-literal=brokerServiceURL=y")
		b.converge()
	})
}

// awaitPod waits until there is one.
func (b *bench) awaitPod(name string) {
	b.Helper()
	b.kubectl("wait", "--for=create", "pod/"+name, "--timeout=30s")
}
