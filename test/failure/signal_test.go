package failure

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestSignals sends SIGINT and SIGTERM in the middle of an apply: what is in the
// air finishes, the exit code and the report tell what is not done, and the same
// command goes on.
func TestSignals(t *testing.T) {
	r := seeded(t)
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	live := firstVersion()
	converge(t, b, live.write(b))
	for _, signal := range []struct {
		os.Signal
		code int
	}{{os.Interrupt, 130}, {syscall.SIGTERM, 143}} {
		live = live.next(r)
		file := live.write(b)
		// A package is always sent, and all functions wait for it.
		c := b.Start("apply", file, "--yes", "-o", "json")
		if !c.Await(`"step":"create package/`) {
			t.Fatal(c.Output())
		}
		c.Signal(signal.Signal)
		at := time.Now()
		c.Wait().Want(signal.code)
		t.Logf("%v: ended %v after it; %s", signal.Signal, time.Since(at).Round(time.Millisecond), progress(c))
		c.Says(`"type":"report"`, `"outcome":"interrupted"`, `"exit":`+strconv.Itoa(signal.code))
		if air, _ := inAir(c); len(air) > 0 {
			t.Errorf("these steps did not finish: %v", air)
		}
		c = b.Start("apply", file, "--yes")
		if c.Await("updated function") {
			c.Signal(signal.Signal)
		}
		c.Wait().Want(signal.code, 0)
		t.Logf("%v, for people: exit code %d\n%s", signal.Signal, c.Code, complaint(c))
		if c.Code != 0 {
			c.Says("to go on: ")
		}
		converge(t, b, file)
	}
}
