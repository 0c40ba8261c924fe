package kubernetes

import (
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

// TestFlapping has a function whose container ends soon after each start, and is ready
// in between, as one without a readiness probe is: it is not told as running.
func TestFlapping(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain("", ""))
		c := b.start("apply", "words.yaml", "--yes", "--timeout", "15s")
		b.awaitPod("words-a-function-0")
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for n := 1; ; n++ {
			out := operator.Outcome{Ready: true, Terminated: "Error", ExitCode: 3, Restarts: n}
			b.operator.Set("words-a", out)
			select {
			case <-tick.C:
				continue
			case <-c.Ended():
			}
			break
		}
		told := c.Wait().Want(1).Says("failed: wait for function public/default/a", "words-a-function-0 was started again", "exit code 3, Error").Output()
		if strings.Contains(told, "failed: wait for function public/default/b") {
			t.Errorf("the other function is told as failed:\n%s", told)
		}
		b.operator.Set("words-a", operator.Ready())
		b.converge()
	})
}

// TestDeletedByOthers has someone delete what meshc has written, with a finalizer that
// holds it: that is not told as there.
func TestDeletedByOthers(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain("", ""))
		b.converge()
		hold := func(what string) {
			b.kubectl("patch", what, "--type=merge", "-p", `{"metadata":{"finalizers":["example.org/hold"]}}`)
			b.kubectl("delete", what, "--wait=false")
		}
		free := func(what string) {
			b.kubectl("patch", what, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
		}
		b.mesh(chain("", ", timeoutMs: 1000") + fn("c", "out", "end", ""))
		b.meshc("plan", "words.yaml", "--out", "words.plan").Want(0)
		hold(b.resourceOf("b"))
		name, first := "Function words-b", "b"
		if !b.own {
			name, first = "FunctionMesh words", "a"
		}
		b.meshc("plan", "words.yaml").Want(3).Says("MC5062", name+" is being deleted and held by its finalizers (example.org/hold), and the function public/default/"+first+" is in it", "1 error")
		b.meshc("apply", "words.plan", "--yes").Want(1, 5).Says(name + " is being deleted")
		b.mesh(head + fn("c", "out", "end", ""))
		b.meshc("plan", "words.yaml").Want(map[bool]int{true: 0, false: 3}[b.own])
		b.mesh(chain("", ""))
		b.meshc("plan", "words.yaml").Want(3).Says("MC5062")
		b.meshc("plan", "words.yaml", "--destroy").Want(0)
		free(b.resourceOf("b"))
		b.want(functions, map[bool]string{true: "words-a words-c", false: ""}[b.own])
		b.converge("--allow", "message-loss")
		if b.own {
			return
		}

		// The child of an element goes, and the operator makes another one when it is gone.
		hold(functions + "/words-b")
		b.meshc("plan", "words.yaml").Want(0).Says("function public/default/b does not run with all its instances")
		b.apply("--timeout", "3s").Want(1).Says("Function words-b is being deleted and held by its finalizers (example.org/hold)")
		free(functions + "/words-b")
		b.converge()
	})
}
