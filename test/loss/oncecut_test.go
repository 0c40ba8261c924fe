package loss

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/test/harness"
)

// TestEffectivelyOnceAfterACutRun ends runs while what feeds a function is paused: by
// a kill, after which it stays so, and by a signal, after which it goes on. The next
// run does the rest, and nothing is lost or stays behind.
func TestEffectivelyOnceAfterACutRun(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	b := newOnce(ctx, t, true)
	name := b.Tenant + "/" + b.Namespace + "/once"
	draining := `"type":"started",` + b.step("drain subscription/"+b.FullTopic("a")+"#"+name)
	updated := `"type":"done",` + b.step("update function/"+name)
	for i, cut := range []struct {
		at     string
		signal os.Signal
		// plan is what the next plan says of what feeds the function.
		plan string
	}{
		{draining, os.Kill, "/feed: paused while"},
		{updated, os.Kill, "/feed: stands still, apply starts it"},
		{draining, os.Interrupt, ""},
	} {
		file := b.File("once", b.mesh(i+1))
		c := b.Start("apply", file, "--yes", "-o", "json")
		if !c.Await(cut.at) {
			t.Fatalf("it did not come to %s:\n%s", cut.at, c.Told())
		}
		c.Signal(cut.signal)
		c.Wait().Want(-1, 130, 0)
		t.Logf("%v after %v: exit code %d", cut.signal, c.Took.Round(time.Millisecond), c.Code)
		if c.Code == -1 {
			b.Run("plan", file, "--detailed-exitcode").Want(2).Says(cut.plan)
		}
		b.Run("apply", file, "--yes").Want(0)
		b.Empty(b.Mesh("once", b.mesh(i+1)))
		b.flows()
	}
	sent, a := b.end()
	harness.Figure(t, "%d numbers, three cut runs: %v", sent, a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
}

// step is how a JSON line names a step of the mesh.
func (b *onceBench) step(id string) string {
	return `"mesh":"` + b.Tenant + "/" + b.Namespace + `/once","step":"` + id + `"`
}

// TestEffectivelyOnceBehindOthers: what others send cannot be paused, so the plan says
// that messages can be lost and whose they are, and is refused.
func TestEffectivelyOnceBehindOthers(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	b := newOnce(ctx, t, true)
	client := harness.Dial(t, b.Server.BrokerURL)
	other, err := client.CreateProducer(pulsar.ProducerOptions{Topic: b.FullTopic("a"), Schema: pulsar.NewStringSchema(nil)})
	if err != nil {
		t.Fatal(err)
	}
	file := b.File("once", b.mesh(1))
	b.Run("apply", file, "--yes").Want(4).Says("message-loss", "is written by 1 producer of others", "--allow message-loss")
	other.Close()
	b.Run("apply", file, "--yes").Want(0).Says("paused")
	b.finish()
}
