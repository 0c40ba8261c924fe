package failure

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/test/harness"
)

// TestTwoAtOnce starts two applies of one mesh at any time after each other, the
// same moment among them, of the same version and of different ones. The lock lets
// one of them go; the other is told who goes and since when, or comes after it. One
// more apply brings the mesh to what it says.
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
		var offset time.Duration
		if i%4 > 1 {
			offset = time.Duration(r.Int64N(int64(took)))
		}
		c1 := b.Start("apply", first, "--yes")
		time.Sleep(offset)
		c2 := b.Start("apply", second, "--yes")
		done := 0
		for _, c := range []*harness.Command{c1.Wait(), c2.Wait()} {
			codes[c.Code]++
			if c.Code == 0 {
				done++
				continue
			}
			c.Want(1)
			c.Says("is being changed by another run, of ", ", apply), since 20", "; nothing was written", "--lock-timeout")
		}
		if done == 0 {
			t.Errorf("neither went on:\n%s\n%s", complaint(c1), complaint(c2))
		}
		t.Logf("versions %d and %d, %v apart: exit codes %d and %d", one.number, two.number, offset.Round(time.Millisecond), c1.Code, c2.Code)
		converge(t, b, second)
		live = two
	}
	t.Logf("exit codes: %v", codes)
}

// TestWaitingForTheOther starts two applies that both may wait: both end well.
func TestWaitingForTheOther(t *testing.T) {
	r := seeded(t)
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	one := firstVersion()
	two := one.next(r)
	two.side, two.partitions = one.side, one.partitions // whichever comes last has to fit
	first, second := one.writeAs(b, "one"), two.writeAs(b, "two")
	c1 := b.Start("apply", first, "--yes", "--lock-timeout", "2m")
	c2 := b.Start("apply", second, "--yes", "--lock-timeout", "2m")
	c1.Wait().Want(0)
	c2.Wait().Want(0)
	if !strings.Contains(c1.Output()+c2.Output(), "; waiting for it at most ") {
		t.Errorf("neither waited:\n%s\n%s", c1.Output(), c2.Output())
	}
}

// TestTheLockOfAKilledRun measures how long a mesh stays locked after its run was
// killed, or was asked to end.
func TestTheLockOfAKilledRun(t *testing.T) {
	r := seeded(t)
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	live := firstVersion()
	converge(t, b, live.write(b))
	for _, signal := range []os.Signal{os.Kill, syscall.SIGINT, syscall.SIGTERM} {
		live = live.next(r)
		file := live.write(b)
		c := b.Start("apply", file, "--yes", "-o", "json")
		if !c.Await(`"step":"create package/`) {
			t.Fatal(c.Output())
		}
		b.Run("apply", file, "--yes").Want(1).Says("is being changed by another run, of ")
		c.Signal(signal)
		if signal != os.Kill {
			c.Wait() // it finishes what is in the air
		}
		begin := time.Now()
		lease := lockOf(b, "victim")
		free := time.Since(begin)
		lease.Release()
		t.Logf("%v: the lock was free %v later", signal, free.Round(time.Millisecond))
		if free > time.Second {
			t.Errorf("%v: locked for %v", signal, free)
		}
		b.Run("apply", file, "--yes").Want(0)
		converge(t, b, file)
	}
}

// lockOf takes the lock of a mesh as soon as it is free.
func lockOf(b *harness.Bench, name string) backend.Lease {
	b.Helper()
	id := mesh.ID{Tenant: b.Tenant, Namespace: b.Namespace, Name: name}
	for {
		lease, err := b.Backend.Lock(b.Context(), id, backend.Holder{User: "test"})
		if err == nil {
			return lease
		}
		if !errors.As(err, new(*backend.HeldError)) {
			b.Fatal(err)
		}
	}
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
