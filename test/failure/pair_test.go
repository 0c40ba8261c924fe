package failure

import (
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// apart keeps two runs from writing the same function at the same moment: with 10 ms
// between two updates a worker of 4.0.8 was seen to leave one of two instances dead
// for good, without a word why, which no run can mend. A lock will keep runs apart.
const apart = 100 * time.Millisecond

// TestTwoAtOnce starts two applies of one mesh shortly after each other, of the
// same version and of different ones. Each ends well or says what is wrong, and
// one more apply brings the mesh to what it says.
func TestTwoAtOnce(t *testing.T) {
	r := seeded(t)
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	live := firstVersion()
	took := converge(t, b, live.write(b)).Took
	codes := map[int]int{}
	for i := range times("MESHC_PAIRS", 4) {
		one := live.next(r)
		two := one
		if i%2 == 1 {
			two = one.next(r)
			two.side = one.side
		}
		first := one.writeAs(b, "one")
		second := two.writeAs(b, "two")
		offset := apart + time.Duration(r.Int64N(int64(took)))
		c1 := b.Start("apply", first, "--yes")
		time.Sleep(offset)
		c2 := b.Start("apply", second, "--yes")
		for _, c := range []*harness.Command{c1.Wait(), c2.Wait()} {
			codes[c.Code]++
			c.Want(0, 1, 3, 4, 5)
			if c.Code != 0 {
				c.Says("meshc: ")
				t.Logf("%s, exit code %d after %v:\n%s", c, c.Code, c.Took.Round(time.Millisecond), complaint(c))
			}
		}
		t.Logf("versions %d and %d, %v apart: exit codes %d and %d", one.number, two.number, offset.Round(time.Millisecond), c1.Code, c2.Code)
		converge(t, b, second)
		live = two
	}
	t.Logf("exit codes: %v", codes)
}

// writeAs writes the version under a file name of its own; the mesh is the same.
func (v version) writeAs(b *harness.Bench, file string) string {
	b.Helper()
	v.write(b)
	return renamed(b, "victim.yaml", file+".yaml")
}

// complaint is what a command says from the first line on that begins with
// "meshc:" or tells of a failed step.
func complaint(c *harness.Command) string {
	text := c.Output()
	for _, begin := range []string{"\nfailed ", "\nmeshc: "} {
		if i := strings.Index(text, begin); i >= 0 {
			return text[i+1:]
		}
	}
	return text
}
