package failure

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestKill kills apply at moments that are spread over its whole duration, and
// at two that a random moment seldom hits. After each kill one more apply does
// the rest, and no number that was sent during all of it is missing.
// MESHC_KILLS is how many random moments.
func TestKill(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	r := seeded(t)
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	k := &killer{T: t, b: b, live: firstVersion()}
	converge(t, b, k.live.write(b))
	client := harness.Dial(t, b.Server.BrokerURL)
	finish := harness.Stream(ctx, t, client, b.FullTopic("in"), 200)

	k.next(k.live.next(r), nil) // gives the duration
	n := times("MESHC_KILLS", 4)
	for _, i := range r.Perm(n) {
		share := (float64(i) + r.Float64()) / float64(n)
		k.next(k.live.next(r), func(c *harness.Command) {
			select {
			case <-c.Ended():
			case <-time.After(time.Duration(share * float64(k.took))):
			}
		})
	}
	v := k.live.next(r)
	v.ordering = !k.live.ordering
	k.next(v, func(c *harness.Command) { // between delete and create of a replacement
		c.Await(`"type":"done"` + stepOf(b, "delete", "last"))
	})
	k.next(k.live.next(r), func(c *harness.Command) { // in the middle of the upload
		c.Await(`"step":"create package/`)
		time.Sleep(time.Duration(r.Int64N(int64(30 * time.Millisecond))))
	})

	sent := finish()
	a := harness.Collect(ctx, t, client, b.FullTopic("out"), sent, 20*time.Second)
	t.Logf("%d numbers sent meanwhile: %v", sent, a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
	for _, v := range k.sides {
		a := harness.Collect(ctx, t, client, b.FullTopic(v.sideOut()), sideNumbers, 10*time.Second)
		if len(a.Missing) > 0 {
			t.Errorf("lost messages of a function that was taken away: %s: %v", v, a)
		}
	}
}

// sideNumbers is how many numbers each side function gets before it goes.
const sideNumbers = 500

// killer takes the mesh from version to version.
type killer struct {
	*testing.T
	b     *harness.Bench
	live  version
	took  time.Duration
	sides []version
}

// next applies a version, kills that when wait returns (nil: not at all), and
// applies once more.
func (k *killer) next(v version, wait func(*harness.Command)) {
	k.Helper()
	if k.live.side {
		client := harness.Dial(k, k.b.Server.BrokerURL)
		harness.Numbers(context.Background(), k, client, k.b.FullTopic(k.live.sideIn()), sideNumbers, 0, nil)
		client.Close()
		k.sides = append(k.sides, k.live)
	}
	file := v.write(k.b)
	c := k.b.Start("apply", file, "--yes", "-o", "json")
	if wait != nil {
		wait(c)
		c.Signal(os.Kill)
	}
	c.Wait()
	if wait == nil {
		c.Want(0)
		k.took = c.Took
	}
	k.Logf("%s: killed after %v: %s", v, c.Took.Round(time.Millisecond), progress(c))
	if wait != nil && c.Code != -1 {
		// Too late; the next ones come earlier.
		k.took = min(k.took, c.Took)
	}
	// What the killed one had sent the server may finish after the new plan was
	// made; then a newer one is made by itself.
	again := k.b.Run("apply", file, "--yes")
	again.Want(0)
	converge(k.T, k.b, file)
	k.Logf("  again: %v", again.Took.Round(time.Millisecond))
	k.live = v
}

// progress tells from its JSON lines how far an apply has come.
func progress(c *harness.Command) string {
	air, done := inAir(c)
	text := fmt.Sprintf("%d steps done, in the air:", done)
	for _, s := range air {
		text += " " + s[:strings.IndexByte(s, '/')] + s[strings.LastIndexByte(s, '/'):]
	}
	return text
}

// stepOf is how a JSON line names the step of a function.
func stepOf(b *harness.Bench, op, function string) string {
	return fmt.Sprintf(`,"mesh":"%s/%s/victim","step":"%s function/%s/%s/%s"`, b.Tenant, b.Namespace, op, b.Tenant, b.Namespace, function)
}
