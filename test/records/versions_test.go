package records

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/test/harness"
)

// TestVersionsComeBack deploys three versions, a saved plan among them, and brings each
// back: the workers have the same configs and the same code then.
func TestVersionsComeBack(t *testing.T) {
	p := newPlace(t)
	want := map[int]deployed{}
	for v := 1; v <= 3; v++ {
		file := p.write(v)
		if v == 2 {
			p.Run("plan", file, "--out", "p.json").Want(0)
			file = "p.json"
		}
		p.Run("apply", file, "--yes", "--reason", "number "+strconv.Itoa(v)).Want(0).Says("; version " + strconv.Itoa(v) + ".")
		want[v] = p.deployed()
	}
	id := p.id().String()
	p.Run("get", id, "--version", "2").Want(0).Says("Version 2 of mesh "+id, "reason: number 2", "userConfig: {apiToken: (sensitive), version: 2}")
	p.Run("get", id, "--version", "1", "-o", "yaml").Want(0).Says("userConfig: {version: 1, apiToken: \"${env:MASKED_SECRET}\"}", "put them in at chain.yaml:8")
	p.Run("diff", id, "1", "3", "--detailed-exitcode").Want(2).Says("-  - {name: last, ", "function "+p.Tenant+"/"+p.Namespace+"/last", "userConfig")
	if err := os.Remove(filepath.Join(p.Dir, "code.jar")); err != nil {
		t.Fatal(err)
	}
	for i, v := range []int{1, 3, 2} {
		p.Run("rollback", id, "--to", strconv.Itoa(v), "--yes").Want(0).Says("; version " + strconv.Itoa(4+i) + ".")
		p.restored(v, want[v])
	}
	p.Run("plan", p.write(2), "--detailed-exitcode").Want(0)
	h := p.history()
	if len(h.Records) != 6 || h.Records[0].Action != record.Rollback || h.Records[0].Of != 2 || h.Records[4].Reason.Text != "number 2" {
		t.Errorf("%+v", h)
	}
	for i, r := range h.Records {
		if r.Version != int64(6-i) || r.Outcome != record.Applied {
			t.Errorf("record %d: %+v", i, r)
		}
	}
	p.Run("list", "--tenant", p.Tenant, "--namespace", p.Namespace).Want(0).Says("rollback applied")
	p.Run("destroy", "--mesh", id, "--yes", "--allow", "message-loss").Want(0)
	p.Run("list", "--all").Want(0).Says(id)
	p.Run("rollback", id, "--to", "1", "--yes").Want(1).Says("its code is not kept any more", "nothing was written")
}

// TestCodeThatIsGone: a version whose package was deleted by hand is refused by name.
func TestCodeThatIsGone(t *testing.T) {
	p := newPlace(t)
	p.Run("apply", p.write(1), "--yes").Want(0)
	first, err := p.store().Head(context.Background(), p.id())
	if err != nil {
		t.Fatal(err)
	}
	p.Run("apply", p.write(2), "--yes").Want(0)
	for url := range first.Packages {
		pkg, err := admin.ParsePackageName(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Client.DeletePackage(context.Background(), pkg); err != nil {
			t.Fatal(err)
		}
		p.Run("rollback", p.id().String(), "--yes").Want(1).Says("version 1 of "+p.id().String()+" cannot be brought back", url, "; nothing was written")
	}
	if n := len(p.history().Records); n != 2 {
		t.Errorf("%d records", n)
	}
}

// TestAHoldKeepsRunsAway: who holds the mesh, since when and why is told, until someone
// takes it by force.
func TestAHoldKeepsRunsAway(t *testing.T) {
	p := newPlace(t)
	file, id := p.write(1), p.id().String()
	if _, err := planner.Hold(context.Background(), p.store(), p.id(), "bob@desk", "the audit is on"); err != nil {
		t.Fatal(err)
	}
	p.Run("apply", file, "--yes").Want(1).Says(id+" is locked by bob@desk since ", ": the audit is on; nothing was written", "meshc unlock "+id+" --force")
	p.Run("plan", file).Want(0).Says("note: " + id + " is locked by bob@desk")
	p.Run("unlock", id).Want(1).Says("--force")
	p.Run("unlock", id, "--force").Want(0).Says("is open to all")
	p.Run("lock", file, "--reason", "mine").Want(0)
	p.Run("apply", file, "--yes").Want(0).Says("; version 1.")
	p.Run("status", id).Want(0).Says("Locked by ", ": mine")
	p.Run("unlock", id).Want(0)
}

// TestARunThatHangs loses its lock to unlock --force: it starts nothing more, and the
// next run goes on.
func TestARunThatHangs(t *testing.T) {
	p := newPlace(t)
	file, id := p.write(1), p.id().String()
	hung := p.Start("apply", file, "--yes", "-o", "json", "--parallelism", "1")
	if !hung.Await(`"type":"started"`) {
		t.Fatalf("it did not begin:\n%s", hung.Told())
	}
	hung.Signal(syscall.SIGSTOP)
	p.Run("history", id).Want(0).Says("running")
	p.Run("apply", file, "--yes").Want(1).Says("is being changed by another run")
	p.Run("unlock", id, "--force").Want(0).Says("Took the lock from the run of ")
	p.Run("history", id).Want(0).Says("not-ended")
	p.Run("apply", file, "--yes").Want(0)
	hung.Signal(syscall.SIGCONT)
	hung.Wait().Want(1)
	p.Run("plan", file, "--detailed-exitcode").Want(0)
	if h := p.history(); h.Records[0].Version != 2 || h.Records[0].Outcome != record.Applied {
		t.Errorf("%+v", h)
	}
}

// TestARunThatIsKilled is shown as not ended, and the next one is a version of its own.
func TestARunThatIsKilled(t *testing.T) {
	p := newPlace(t)
	file := p.write(1)
	c := p.Start("apply", file, "--yes", "-o", "json")
	if !c.Await(`"type":"started"`) {
		t.Fatalf("it did not begin:\n%s", c.Told())
	}
	c.Signal(syscall.SIGKILL)
	c.Wait()
	for end := time.Now().Add(30 * time.Second); ; {
		h := p.history()
		if len(h.Records) == 1 && h.Records[0].Outcome == "not-ended" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", h)
		}
	}
	p.Run("apply", file, "--yes", "--lock-timeout", "1m").Want(0).Says("; version 2.")
	h := p.history()
	if len(h.Records) != 2 || h.Records[0].Outcome != record.Applied || h.Records[1].Outcome != "not-ended" {
		t.Errorf("%+v", h)
	}
}

// TestTwoWithoutALock: where nobody holds locks the record decides who came first; the
// other is told by whom, and has written nothing. No version is missing or there twice.
func TestTwoWithoutALock(t *testing.T) {
	p := newPlace(t)
	p.Run("apply", p.write(1), "--yes").Want(0)
	file := p.write(2)
	for range 3 {
		runs := []*harness.Command{p.Start("apply", file, "--yes", "--lock=false", "--set", "functions.last.userConfig.who=one"), p.Start("apply", file, "--yes", "--lock=false", "--set", "functions.last.userConfig.who=two")}
		won := 0
		for _, c := range runs {
			switch c.Wait(); {
			case c.Code == 0:
				won++
			case strings.Contains(c.Output(), "by another run meanwhile"):
				c.Says("nothing was written")
			}
		}
		if won == 0 {
			t.Errorf("neither won:\n%s\n%s", runs[0].Told(), runs[1].Told())
		}
		t.Logf("%d of 2 went through: exit codes %d and %d", won, runs[0].Code, runs[1].Code)
	}
	seen := map[int64]bool{}
	for _, r := range p.history().Records {
		if seen[r.Version] {
			t.Errorf("version %d is there twice", r.Version)
		}
		seen[r.Version] = true
	}
	for v := range int64(len(seen)) {
		if !seen[v+1] {
			t.Errorf("version %d is missing", v+1)
		}
	}
}
