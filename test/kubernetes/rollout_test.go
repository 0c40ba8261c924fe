package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

// TestRollouts has pods that do not come up, each in its own way: the failure names the
// pod and why, the rest of the mesh is done, and the next apply ends what was begun.
func TestRollouts(t *testing.T) {
	unscheduled := operator.Outcome{Unscheduled: true, Message: "0/3 nodes are available: 3 Insufficient memory."}
	image := operator.Outcome{Waiting: "ImagePullBackOff", Message: `Back-off pulling image "example.org/runner:1"`}
	crash := operator.CrashLoop("OOMKilled", 137, 4)
	forms(t, func(b *bench) {
		b.mesh(chain("", ""))
		b.converge()
		for i, c := range []struct {
			outcome operator.Outcome
			says    []string
			status  string
		}{
			{operator.NeverReady(), []string{"0 of 1 pods are ready"}, "0/1"},
			{crash, []string{"words-a-function-0: pulsar-function waits: CrashLoopBackOff", "4 restarts", "exit code 137", "OOMKilled"}, "CrashLoopBackOff"},
			{unscheduled, []string{"words-a-function-0: Unschedulable, 0/3 nodes are available: 3 Insufficient memory."}, "Unschedulable"},
			{image, []string{"words-a-function-0: pulsar-function waits: ImagePullBackOff", "Back-off pulling image"}, "ImagePullBackOff"},
		} {
			b.operator.Set("words-a", c.outcome)
			b.mesh(chain(fmt.Sprintf(", timeoutMs: %d", 1000+i), fmt.Sprintf(", timeoutMs: %d", 1000+i)))
			b.apply("--timeout", "6s").Want(1).Says(append(c.says, "failed: wait for function public/default/a", "public/default/words: 4 of 6 steps done")...)
			if n := b.spec("words-b")["timeout"]; n != float64(1000+i) {
				t.Errorf("the other function has the timeout %v", n)
			}
			b.meshc("status", "words.yaml").Want(0, 1).Says(c.status)
			b.operator.Set("words-a", operator.Ready())
			b.converge()
		}
		b.want("pods", "words-a-function-0 words-b-function-0")
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
