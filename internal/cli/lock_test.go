package cli

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

var wordCountID = mesh.ID{Tenant: "public", Namespace: "default", Name: "word-count"}

var alice = backend.Holder{User: "alice", Host: "ci-7", Process: 4711, Command: "apply", Since: time.Unix(900, 0)}

const heldByAlice = "public/default/word-count is being changed by another run, of alice@ci-7 (process 4711, apply), since 1970-01-01 00:15:00 UTC"

func TestAHeldLockIsToldAtOnce(t *testing.T) {
	b := newBench(t)
	b.want(0, "plan", "--out", "mesh.plan.json")
	b.cluster.Seize(wordCountID, alice)
	for _, args := range [][]string{
		{"apply", "--yes"}, {"create", "-f", "mesh.yaml", "--yes"}, {"destroy", "mesh.yaml", "--yes"}, {"apply", "mesh.plan.json", "--yes"},
		{"destroy", "--mesh", "public/default/word-count", "--yes"}, {"delete", "--name", "word-count", "--yes"},
	} {
		b.want(1, args...)
		b.errHas(heldByAlice, "nothing was written", "--lock-timeout 10m")
	}
	b.want(1, "apply", "--yes", "-o", "json")
	b.outHas(heldByAlice, `"outcome":"failed","exit":1`)
	if b.cluster.Writes() != 0 {
		t.Error("something was written")
	}
	// To look takes no lock.
	b.want(0, "plan")
	b.want(0, "status")
	b.want(0, "apply", "--yes", "--lock=false")
	if who, _ := b.cluster.Holder(wordCountID); who != alice {
		t.Errorf("the lock is %v's", who)
	}
}

func TestLocksAreGivenBack(t *testing.T) {
	b := newBench(t)
	var during backend.Holder
	b.cluster.Fault(func(plan.Step) error {
		during, _ = b.cluster.Holder(wordCountID)
		return nil
	})
	b.want(0, "apply", "--yes")
	if during.Command != "apply" || during.Process == 0 || !during.Since.Equal(time.Unix(1000, 0)) {
		t.Errorf("held by %+v", during)
	}
	b.terminal, b.in = true, strings.NewReader("no\n")
	b.want(1, "destroy", "mesh.yaml")
	b.cluster.Fault(func(plan.Step) error { return errors.New("no") })
	b.terminal = false
	b.want(1, "destroy", "mesh.yaml", "--yes")
	if who, held := b.cluster.Holder(wordCountID); held {
		t.Errorf("the lock is still %v's", who)
	}
}

func TestALostLockIsTold(t *testing.T) {
	b := newBench(t)
	b.cluster.Fault(func(s plan.Step) error {
		if s.Op.Writes() {
			b.cluster.Fault(nil)
			b.cluster.Seize(wordCountID, alice)
		}
		return nil
	})
	b.want(1, "apply", "--yes", "--parallelism", "1")
	b.errHas("meshc: public/default/word-count is not done, ", " steps not started: "+heldByAlice, "to go on: meshc apply --yes --parallelism 1")
	b.cluster.Seize(wordCountID, backend.Holder{})
	b.want(1, "apply", "--yes")
	b.errHas("by another run, of someone who does not say who; nothing was written")
}

// released gives the lock back after some tries of others.
type released struct {
	backend.Backend
	tries int
	lease backend.Lease
}

func (r *released) Lock(ctx context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	lease, err := r.Backend.(backend.Locker).Lock(ctx, id, who)
	if r.tries--; r.tries == 0 {
		r.lease.Release()
	}
	return lease, err
}

func TestWaitingForALock(t *testing.T) {
	b := newBench(t)
	lease, err := b.cluster.Lock(t.Context(), wordCountID, alice)
	if err != nil {
		t.Fatal(err)
	}
	b.backend = &released{b.cluster, 2, lease}
	b.want(0, "apply", "--yes", "--lock-timeout", "10m")
	b.errHas(heldByAlice + "; waiting for it at most 10m0s more")
	if strings.Count(b.err.String(), "waiting for it") != 1 {
		t.Errorf("told more than once: %s", b.err)
	}
}

func TestLockFlagsThatDoNotFit(t *testing.T) {
	b := newBench(t)
	b.want(64, "apply", "--yes", "--lock=false", "--lock-timeout", "1m")
	b.want(64, "apply", "--yes", "--lock-timeout", "-1m")
}
