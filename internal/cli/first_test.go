package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// overtaken is a store that something is written to just after it was first looked at.
type overtaken struct {
	record.Store
	by func(record.Head) record.Head
}

func (o *overtaken) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	h, err := o.Store.Head(ctx, id)
	if by := o.by; by != nil {
		o.by = nil
		next := by(h)
		next.Mesh, next.Revision = id.String(), h.Revision+1
		if _, err := o.Write(ctx, next, nil); err != nil {
			return h, err
		}
	}
	return h, err
}

// lockable is a cluster whose records are another store.
type lockable struct {
	*memory.Backend
	store record.Store
	err   error
}

func (l *lockable) Records(context.Context) (record.Store, error) { return l.store, l.err }

// late is a cluster that something happens on just before a lock is had.
type late struct {
	*memory.Backend
	first func()
}

func (l *late) Lock(ctx context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	if first := l.first; first != nil {
		l.first = nil
		first()
	}
	return l.Backend.Lock(ctx, id, who)
}

// TestRollbackChoosesUnderTheLock: where no version is named, the one is taken that is
// meant when nobody else can come in between any more.
func TestRollbackChoosesUnderTheLock(t *testing.T) {
	b := newBench(t)
	for n := 1; n <= 3; n++ {
		b.instances(n)
		b.want(0, "apply", "--yes")
	}
	b.backend = &late{b.cluster, func() {
		b.backend = b.cluster
		b.instances(4)
		b.want(0, "apply", "--yes")
	}}
	b.want(0, "rollback", wordCountName, "--yes")
	if h := b.head(); h.Version != 5 || h.Of != 3 {
		t.Errorf("it went to %d: %+v", h.Of, h)
	}
	// Once more it does not go forward again.
	b.want(0, "rollback", wordCountName, "--yes")
	if h := b.head(); h.Version != 6 || h.Of != 2 {
		t.Errorf("it went to %d: %+v", h.Of, h)
	}
}

// TestWhoComesSecond: a run of others between the plan and the first write is told, with
// and without a lock, also where it is over and has left the cluster as it was; a lock that
// was taken for oneself is no run.
func TestWhoComesSecond(t *testing.T) {
	for _, args := range [][]string{{"apply", "--yes"}, {"apply", "--yes", "--lock=false"}, {"destroy", "--mesh", wordCountName, "--yes"}, {"rollback", wordCountName, "--yes"}, {"apply", "mesh.plan.json", "--yes", "--lock=false"}} {
		b := newBench(t)
		b.want(0, "apply", "--yes")
		b.instances(2)
		b.want(0, "apply", "--yes")
		b.instances(3)
		b.want(0, "plan", "--out", "mesh.plan.json")
		s, err := b.cluster.Records(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before := b.cluster.Writes()
		b.backend = &lockable{Backend: b.cluster, store: &overtaken{s, func(h record.Head) record.Head {
			h.Version, h.Author, h.Action = h.Version+1, "bob@desk", record.Repair
			return h
		}}}
		b.want(1, args...)
		b.errHas(wordCountName+" was changed by another run meanwhile: repair by bob@desk made it version 3; nothing was written", "to go on: ")
		if b.cluster.Writes() != before || b.head().Version != 3 {
			t.Errorf("%q: something was written", args)
		}
	}
	b := newBench(t)
	s, err := b.cluster.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.backend = &lockable{Backend: b.cluster, store: &overtaken{s, func(h record.Head) record.Head {
		h.Action, h.Outcome = record.Unhold, record.Applied
		return h
	}}}
	b.want(1, "apply", "--yes") // nothing was on record, and now something is
	b.backend = &lockable{Backend: b.cluster, store: &overtaken{s, func(h record.Head) record.Head {
		h.Action = record.Unhold
		return h
	}}}
	b.want(0, "apply", "--yes")
	if h := b.head(); h.Version != 1 || h.Unlocked {
		t.Errorf("%+v", h)
	}
}

// TestRunsWithoutALock: a run of others that has begun and that no lock tells the end of
// is waited for by hand, for an hour; there is a way to go on before.
func TestRunsWithoutALock(t *testing.T) {
	running := func(ago time.Duration, unlocked bool) *bench {
		b := newBench(t)
		s, err := b.cluster.Records(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h := record.Head{Mesh: wordCountName, Revision: 1, Version: 1, Action: record.Apply, Outcome: record.Running, Author: "bob@desk", Began: time.Now().Add(-ago), Unlocked: unlocked}
		if _, err := s.Write(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name     string
		ago      time.Duration
		unlocked bool
		exit     int
		args     []string
	}{
		{"the lock is held, so its run is over", 0, false, 0, []string{"apply", "--yes"}},
		{"neither holds one", 0, true, 1, []string{"apply", "--yes", "--lock=false"}},
		{"the other holds none", 0, true, 1, []string{"apply", "--yes"}},
		{"this one holds none", 0, false, 1, []string{"apply", "--yes", "--lock=false"}},
		{"it began two hours ago", 2 * time.Hour, true, 0, []string{"apply", "--yes", "--lock=false"}},
		{"a saved plan, the lock is held", 0, false, 0, []string{"apply", "mesh.plan.json", "--yes"}},
		{"a saved plan", 0, false, 1, []string{"apply", "mesh.plan.json", "--yes", "--lock=false"}},
	} {
		b := running(c.ago, c.unlocked)
		b.want(0, "plan", "--out", "mesh.plan.json")
		b.want(c.exit, c.args...)
		if c.exit == 0 {
			continue
		}
		b.errHas("a run of "+wordCountName+" by bob@desk has begun at ", " and has not ended, version 1; no lock tells whether it goes on; nothing was written", "meshc unlock "+wordCountName+" --force")
		if b.cluster.Writes() != 0 || b.head().Revision != 1 {
			t.Errorf("%s: something was written", c.name)
		}
		if c.unlocked {
			b.want(0, "history")
			b.outHas("running")
		}
		b.want(0, "unlock", wordCountName, "--force")
		b.want(0, c.args...)
		if h := b.head(); h.Version != 2 || h.Outcome != record.Applied {
			t.Errorf("%s: %+v", c.name, h)
		}
	}
	b := running(0, true)
	b.cluster.Fault(func(plan.Step) error { b.cluster.Fault(nil); return nil })
	b.want(0, "unlock", wordCountName, "--force")
	b.want(0, "history")
	b.outHas("not-ended", "unlock")
	b.want(0, "unlock", wordCountName, "--force")
	b.errHas("nobody had locked")
}

// TestNothingToDoAfterAKilledRun: that a run was killed is told by the lock that it does
// not hold any more, also where nothing is left to do.
func TestNothingToDoAfterAKilledRun(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	h := b.head()
	h.Revision, h.Version, h.Outcome, h.Author, h.Ended = h.Revision+1, h.Version+1, record.Running, "bob@desk", time.Time{}
	s, err := b.cluster.Records(t.Context())
	if err == nil {
		_, err = s.Write(t.Context(), h, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.want(1, "apply", "--yes", "--lock=false")
	b.want(0, "plan", "--out", "mesh.plan.json")
	b.want(0, "apply", "--yes", "mesh.plan.json")
	if h := b.head(); h.Version != 3 || h.Outcome != record.Applied || h.Unlocked {
		t.Errorf("%+v", h)
	}
	b.want(0, "apply", "--yes")
}

// TestUnlockWithoutRecords: a run that hangs is let go of also where no record can be had.
func TestUnlockWithoutRecords(t *testing.T) {
	b := newBench(t)
	b.cluster.Seize(wordCountID, alice)
	b.backend = &lockable{Backend: b.cluster, err: errors.New("connection reset")}
	b.want(1, "unlock", wordCountName)
	if _, held := b.cluster.Holder(wordCountID); !held {
		t.Error("without --force the run has lost its lock")
	}
	b.want(1, "unlock", wordCountName, "--force")
	b.errHas("note: the lock of the run of alice@ci-7 (process 4711, apply) was taken away", "records of meshes: connection reset")
	if _, held := b.cluster.Holder(wordCountID); held {
		t.Error("the run still has its lock")
	}
	b.want(1, "unlock", wordCountName, "--force") // whether someone has locked it is not known
	b.backend = &unmade{Backend: b.cluster}
	b.want(0, "unlock", wordCountName, "--force")
	b.errHas("nobody had locked " + wordCountName)
	b.want(0, "unlock", wordCountName)
}

// unmade is a cluster without a place for records yet.
type unmade struct{ *memory.Backend }

func (*unmade) RecordsThere(context.Context) (bool, error) { return false, nil }

func (*unmade) Records(context.Context) (record.Store, error) {
	return nil, errors.New("a place for records was made")
}

// TestARunAcrossPages: a run whose end is on the page before is not told as one without,
// though it was locked meanwhile.
func TestARunAcrossPages(t *testing.T) {
	b := newBench(t)
	s, err := b.cluster.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := record.Head{Mesh: wordCountName, Version: 1}
	for _, w := range []struct {
		action  record.Action
		outcome record.Outcome
	}{{record.Apply, record.Running}, {record.Hold, record.Running}, {record.Unhold, record.Running}, {record.Apply, record.Applied}} {
		h.Revision++
		h.Action, h.Outcome = w.action, w.outcome
		if _, err := s.Write(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
	}
	for before := 1; before <= 5; before++ {
		b.want(0, "history", "--before", fmt.Sprint(before), "--limit", "1", "-o", "json")
		for _, r := range document[view.History](b).Records {
			if r.Outcome == view.NotEnded && !r.IsLock() {
				t.Errorf("before %d: %+v", before, r)
			}
		}
	}
	h.Revision, h.Version, h.Outcome = h.Revision+1, 2, record.Running
	if _, err := s.Write(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	b.want(0, "history")
	b.outHas("not-ended")
}

// TestSecretsOfAVersion: the mesh file of a version is one again, says where the secrets are
// missing, and is not applied without them, however they were written.
func TestSecretsOfAVersion(t *testing.T) {
	b := newBench(t)
	b.write("mesh.yaml", strings.Replace(wordCount, "    output: words\n", `    output: words
    userConfig:
      apiToken: "hunter-1"
      plain: {password: hunter-2, depth: 1}
      list: [{secret: 'hunter-3'}]
      privateKey: |
        hunter-4
        and more of it
      after: kept
`, 1))
	b.want(0, "apply", "--yes")
	b.want(0, "get", wordCountName, "--version", "1", "-o", "yaml")
	text := b.out.String()
	if strings.Contains(text, "hunter") || strings.Contains(text, "more") || strings.Contains(text, "*") || !strings.Contains(text, "after: kept\n") {
		t.Errorf("printed:\n%s", text)
	}
	b.errHas("note: secrets of it are not on record; put them in at mesh.yaml:13, mesh.yaml:14, mesh.yaml:15, mesh.yaml:16\n")
	b.write("mesh.yaml", text)
	b.want(0, "validate")
	b.want(3, "apply", "--yes")
	b.outHas("MASKED_SECRET")
	b.write("mesh.yaml", strings.ReplaceAll(text, "${env:MASKED_SECRET}", "other"))
	b.want(0, "apply", "--yes")
	b.want(1, "rollback", wordCountName, "--yes", "--to", "1")
	b.errHas("put the secrets in that are missing there", "meshc get "+wordCountName+" --version 1 -o yaml > mesh.yaml")
}

// unsure is a store that cannot keep what is written.
type unsure struct{ record.Store }

func (unsure) Unkept(context.Context) *record.UnkeptError {
	return &record.UnkeptError{Err: errors.New("brokers may delete it"), Remedy: "ask an administrator"}
}

// TestRecordsThatMayBeLost: who writes a record is told that it may be lost; it is done all the same.
func TestRecordsThatMayBeLost(t *testing.T) {
	b := newBench(t)
	s, err := b.cluster.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.backend = &lockable{Backend: b.cluster, store: unsure{s}}
	for _, args := range [][]string{{"apply", "--yes"}, {"lock", wordCountName}} {
		b.want(0, args...)
		b.errHas("meshc: warning: what is on record may be lost: brokers may delete it\nask an administrator\n")
	}
}
