package failure

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestSubscriptionNameUnderLoad gives the last function a new subscription name
// while numbers come without a pause, first one that is free, then one that somebody
// has made by hand: the drain of the old one must end.
func TestSubscriptionNameUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	v := version{partitions: 1, parallel: 1}
	converge(t, b, v.write(b))
	client := harness.Dial(t, b.Server.BrokerURL)
	finish := harness.Stream(ctx, t, client, b.FullTopic("in"), 200)
	for _, byHand := range []bool{false, true} {
		v.number++
		v.subName++
		if byHand {
			if err := b.Client.CreateSubscription(ctx, b.FullTopic("mid"), fmt.Sprintf("last-%d", v.subName), admin.Latest, nil); err != nil {
				t.Fatal(err)
			}
		}
		b.Run("apply", v.write(b), "--yes", "--timeout", "20s").Want(0)
	}
	sent := finish()
	a := harness.Collect(ctx, t, client, b.FullTopic("out"), sent, 20*time.Second)
	t.Logf("%d numbers sent: %v", sent, a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
}

// TestKillBetweenSubscriptions kills apply when the function with the old
// subscription name is gone, and when the one with the new name is there: one
// more apply ends well, without a risk to be allowed.
func TestKillBetweenSubscriptions(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	v := version{partitions: 1, parallel: 1}
	converge(t, b, v.write(b))
	for _, step := range []string{"delete", "create"} {
		t.Run(step, func(t *testing.T) {
			v.number++
			v.subName++
			file := v.write(b)
			c := b.Start("apply", file, "--yes", "--timeout", "30s", "-o", "json")
			if !c.Await(`"type":"done"` + stepOf(b, step, "last")) {
				t.Fatalf("it ended first: %s", c.Told())
			}
			c.Signal(os.Kill)
			c.Wait()
			if c := b.Run("apply", file, "--yes", "--timeout", "30s"); c.Code != 0 {
				t.Errorf("exit code %d: %s", c.Code, complaint(c))
				b.Run("apply", file, "--yes", "--allow", "message-loss").Want(0)
			}
			b.Run("plan", file, "--detailed-exitcode").Want(0)
		})
	}
}
