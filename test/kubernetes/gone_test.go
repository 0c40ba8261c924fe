package kubernetes

import (
	"os"
	"testing"

	"github.com/meshc/meshc/test/faultproxy"
)

// TestMadeAgain has someone make a function by the name of one that a run has just
// deleted: the run says so, and leaves it alone.
func TestMadeAgain(t *testing.T) {
	forms(t, func(b *bench) {
		p := b.through()
		b.mesh(chain("", ""))
		b.converge("--lock=false")
		b.mesh(head + fn("a", "in", "mid", ""))
		held, release := make(chan struct{}), make(chan struct{})
		p.InjectWhere(writes, faultproxy.Fault{Name: "answered late", Do: func(c *faultproxy.Call) {
			answer := c.Forward()
			close(held)
			<-release
			c.Answer(answer)
		}}, 0, 1)
		c := b.start("apply", "words.yaml", "--yes", "--lock=false", "--allow", "message-loss", "--timeout", "40s")
		select {
		case <-held:
		case <-c.Ended():
			t.Fatalf("it writes nothing:\n%s", c.Told())
		}
		b.want(functions, "words-a")
		b.create(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"words-b"},"spec":{
			"name":"x","tenant":"public","namespace":"default","className":"x.X","image":"i","java":{"jar":"/pulsar/x.jar"},"input":{"topics":["public/default/x"]},
			"resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},"pulsar":{"pulsarConfig":"pulsar"},"replicas":1,"autoAck":true}}`)
		uid := b.uidOf("words-b")
		close(release)
		c.Wait().Want(1, 5).Says("Function words-b is there, which is not of this mesh")
		if now := b.uidOf("words-b"); now != uid {
			t.Errorf("it is another one now, %s after %s", now, uid)
		}
	})
}

// TestLeftBehind has the operator forget an element, as one does whose status was lost:
// its child is deleted in the operator's place.
func TestLeftBehind(t *testing.T) {
	forms(t, func(b *bench) {
		if b.own {
			return
		}
		b.mesh(chain("", ""))
		b.converge()
		if err := b.operator.Stop(); err != nil {
			t.Fatal(err)
		}
		b.mesh(head + fn("a", "in", "mid", ""))
		c := b.start("apply", "words.yaml", "--yes", "--allow", "message-loss")
		if !c.Await("the operator has not taken it away") {
			c.Signal(os.Kill)
			t.Fatalf("it does not wait:\n%s", c.Told())
		}
		c.Wait().Want(0)
		b.want(functions, "words-a")
	})
}

// TestCleanupByHand has someone turn cleanupSubscription on in a function that goes:
// it is turned off before, so that the operator leaves its subscriptions alone.
func TestCleanupByHand(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain("", ""))
		b.converge()
		edit := `{"spec":{"cleanupSubscription":true}}`
		if !b.own {
			edit = b.listWith("b", func(spec map[string]any) { spec["cleanupSubscription"] = true })
		}
		b.kubectl("patch", b.resourceOf("b"), "--type=merge", "--field-manager=carol", "-p", edit)
		b.kubectl("wait", functions+"/words-b", "--for=jsonpath={.metadata.finalizers[0]}=cleanup.subscription.finalizer", "--timeout=30s")
		b.mesh(head + fn("a", "in", "mid", ""))
		b.meshc("plan", "words.yaml", "-o", "json").Want(0).Says(`"keep-subscriptions function/public/default/b"`)
		b.converge("--allow", "message-loss", "--force-conflicts", "--timeout", "30s")
		b.want(functions, "words-a")
	})
}
