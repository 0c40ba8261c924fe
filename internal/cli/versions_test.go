package cli

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// document reads what a command has printed as JSON.
func document[T any](b *bench) T {
	b.t.Helper()
	var doc T
	if err := json.Unmarshal([]byte(b.out.String()), &doc); err != nil {
		b.t.Fatalf("%v\n%s", err, b.out)
	}
	return doc
}

const wordCountName = "public/default/word-count"

func TestHistory(t *testing.T) {
	b := newBench(t)
	b.want(0, "history")
	b.outHas("Nothing is on record of public/default/word-count.\n")
	b.want(0, "apply", "--yes", "--reason", "the first")
	b.instances(2)
	b.cluster.Fault(func(s plan.Step) error {
		if s.Op == plan.Update {
			return errors.New("no")
		}
		return nil
	})
	b.want(1, "apply", "--yes")
	b.cluster.Fault(nil)
	b.want(0, "apply", "--yes")
	b.want(0, "lock", wordCountName, "--reason", "a freeze")
	b.want(0, "history", wordCountName)
	b.outHas("VERSION  WHEN (UTC)", "apply   applied  +2       the first\n", "apply   failed ", "lock    ", "a freeze\n", "\nLocked by ")
	b.want(0, "unlock", "mesh.yaml")
	b.outHas(wordCountName + " is open to all.\n")
	b.want(0, "history", "mesh.yaml", "--limit", "2", "-o", "json")
	first := document[view.History](b)
	b.want(0, "history", "--limit", "9", "--before", "1000", "-o", "json")
	all := document[view.History](b)
	var got []string
	for _, r := range all.Records {
		got = append(got, string(r.Action)+" "+string(r.Outcome))
	}
	if d := cmp.Diff([]string{"unlock applied", "lock applied", "apply applied", "apply failed", "apply applied"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if len(first.Records) != 2 || first.Next != first.Records[1].Revision || all.Next != 0 || all.Gone || all.Records[3].Error == "" {
		t.Errorf("%+v\n%+v", first, all)
	}
	b.want(0, "history", "--limit", "1")
	b.outHas("\nOlder ones: meshc history public/default/word-count --before ")
	for _, args := range [][]string{{"--limit", "0"}, {"--before", "-1"}, {"a/b"}, {"public/default/x", "public/default/y"}} {
		if code := b.run(append([]string{"history"}, args...)...); code != 64 && code != 3 {
			t.Errorf("history %v: exit %d\n%s", args, code, b.err)
		}
	}
}

// TestARunThatWasKilled is shown as not ended, unless the lock says that it is in the air.
func TestARunThatWasKilled(t *testing.T) {
	b := newBench(t)
	s := b.refusing(func(h record.Head) error {
		if h.Outcome == record.Running {
			return nil
		}
		return errors.New("killed")
	})
	b.backend = &lockable{Backend: b.cluster, store: s}
	b.want(0, "apply", "--yes")
	b.backend = b.cluster
	b.want(0, "history")
	b.outHas("apply   not-ended")
	b.cluster.Seize(wordCountID, alice)
	b.want(0, "history")
	b.outHas("apply   running")
	if err := b.cluster.Evict(t.Context(), wordCountID, alice); err != nil {
		t.Fatal(err)
	}
	b.want(0, "get", wordCountName, "--version", "1")
	b.outHas("outcome: not-ended\n")
	b.want(0, "apply", "--yes")
	b.want(0, "history", "-o", "json")
	if doc := document[view.History](b); len(doc.Records) != 2 || doc.Records[0].Outcome != record.Applied || doc.Records[1].Outcome != view.NotEnded {
		t.Errorf("%+v", doc.Records)
	}
}

// TestALockInTheMiddleOfARun leaves the run one line.
func TestALockInTheMiddleOfARun(t *testing.T) {
	b := newBench(t)
	locked := false
	b.cluster.Fault(func(plan.Step) error {
		if !locked {
			locked = true
			b.hold("bob@desk", "")
		}
		return nil
	})
	b.want(0, "apply", "--yes")
	b.want(0, "history", "-o", "json")
	doc := document[view.History](b)
	if len(doc.Records) != 2 || doc.Records[0].Action != record.Apply || doc.Records[1].Action != record.Hold || doc.Hold == nil {
		t.Errorf("%+v", doc)
	}
}

func TestOneVersion(t *testing.T) {
	b := newBench(t)
	b.write("more.yaml", "functions: [{name: split, parallelism: 2}]\n")
	b.want(0, "apply", "--yes", "--overlay", "more.yaml", "--set", "functions.count.userConfig.apiToken=s3cr3tt0ken")
	b.instances(5)
	b.want(0, "apply", "--yes")
	b.want(0, "get", wordCountName, "--version", "1")
	b.outHas("Version 1 of mesh public/default/word-count on cluster memory", "outcome: applied", "changes: +2", "function public/default/split", "parallelism: 2", "Made of mesh.yaml, more.yaml, --set;")
	b.want(0, "get", "mesh.yaml", "--version", "1", "-o", "yaml")
	if b.out.String() != wordCount {
		t.Errorf("the file is %s", b.out)
	}
	b.errHas("overlays and values came on top of this file: more.yaml, --set")
	b.want(0, "get", wordCountName, "--version", "1", "-o", "json")
	if doc := document[view.OneVersion](b); len(doc.Sources) != 3 || len(doc.Desired) == 0 || doc.Plan == nil || doc.Record.Version != 1 {
		t.Errorf("%+v", doc)
	}
	if strings.Contains(b.out.String(), "s3cr3tt0ken") {
		t.Error("a secret is on record")
	}
	b.want(1, "get", wordCountName, "--version", "3")
	b.errHas("public/default/word-count has no version 3; the newest is 2", "meshc history public/default/word-count")
	b.want(1, "get", "public/default/other", "--version", "3")
	b.errHas("nothing is on record of public/default/other", "meshc list --all")
	b.want(64, "get", "mesh.yaml", "-o", "yaml")
	b.want(64, "get", "mesh.yaml", "--version", "0")
}

func TestDiffOfVersions(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.write("mesh.yaml", strings.Replace(wordCount, "output: counts\n", "output: sums\n    parallelism: 3\n", 1))
	b.want(0, "apply", "--yes")
	b.want(0, "diff", wordCountName, "1", "2")
	b.outHas("Mesh public/default/word-count from version 1 to 2\n", "function public/default/count", "parallelism: 1 -> 3", "topic public/default/sums", "- topic public/default/counts",
		"\n--- mesh.yaml of version 1\n", "\n-    output: counts\n+    output: sums\n")
	b.want(2, "diff", "1", "2", "--detailed-exitcode", "-o", "json")
	if doc := document[view.VersionDiff](b); doc.Same || len(doc.Sources) != 1 || doc.From.Version != 1 || doc.To.Version != 2 {
		t.Errorf("%+v", doc)
	}
	b.want(0, "diff", "2", "2", "--detailed-exitcode")
	b.outHas("Versions 2 and 2 of public/default/word-count are the same.\n")
	b.want(1, "diff", "2", "7")
	b.want(64, "diff", "2")
	b.want(64, "diff", "2", "x")
	b.want(64, "diff", wordCountName, "0", "1")
}

// TestRollbackRestores: each version comes back exactly, by its number or as the one before.
func TestRollbackRestores(t *testing.T) {
	b := newBench(t)
	want := map[int]map[state.Addr]state.Resource{}
	for i := 1; i <= 4; i++ {
		b.code(i)
		b.instances(i)
		b.want(0, "apply", "--yes")
		want[i] = b.cluster.Resources()
	}
	writes := b.cluster.Writes()
	b.want(64, "rollback", wordCountName)
	b.want(1, "rollback", wordCountName, "--yes", "--to", "9")
	b.want(64, "rollback", wordCountName, "--yes", "--to", "0")
	if b.cluster.Writes() != writes {
		t.Error("something was written")
	}
	if err := os.Remove("functions.jar"); err != nil {
		t.Fatal(err)
	}
	for i, to := range []int{1, 3, 2, 4} {
		b.want(0, "rollback", wordCountName, "--yes", "--to", []string{"", "1", "2", "3", "4"}[to], "--reason", "back")
		same := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Generation" }, cmp.Ignore())
		got := b.cluster.Resources()
		for addr, r := range want[to] {
			if addr.Kind() == state.KindFunction {
				if d := cmp.Diff(r, got[addr], same); d != "" {
					t.Errorf("rollback to %d (-want +got):\n%s", to, d)
				}
			}
		}
		if h := b.head(); h.Version != int64(5+i) || h.Action != record.Rollback || h.Of != int64(to) || h.Reason.Text != "back" {
			t.Errorf("recorded: %+v", h)
		}
	}
	b.want(0, "history", "--limit", "1", wordCountName)
	b.outHas("rollback to 4")
	b.want(0, "rollback", "mesh.yaml", "--yes", "-o", "json")
	// Not 7, which is what the rollback to 4 has left behind.
	if h := b.head(); h.Version != 9 || h.Of != 3 {
		t.Errorf("the one before: %+v", h)
	}
	b.outHas(`"outcome":"applied"`)
	// What is there already needs no version.
	b.want(0, "rollback", wordCountName, "--yes", "--to", "3")
	b.outHas("No changes.")
	if h := b.head(); h.Version != 9 {
		t.Errorf("recorded: %+v", h)
	}
}

// TestRollbackToAPart: a version that was narrowed to a node is the whole mesh all the
// same, with the rest as it was then.
func TestRollbackToAPart(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.write("mesh.yaml", strings.NewReplacer("output: words\n", "output: words\n    parallelism: 2\n", "output: counts\n", "output: counts\n    parallelism: 3\n").Replace(wordCount))
	b.want(0, "apply", "--yes", "--only", "split")
	want := b.cluster.Resources()
	b.want(0, "apply", "--yes")
	b.want(0, "rollback", wordCountName, "--yes")
	b.outHas("parallelism: 3 -> 1", "0 to create, 1 to update, 0 to replace, 0 to delete")
	for addr, r := range want {
		same := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Generation" }, cmp.Ignore())
		if d := cmp.Diff(r, b.cluster.Resources()[addr], same); d != "" && addr.Kind() == state.KindFunction {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
	b.want(0, "rollback", wordCountName, "--yes", "--to", "2")
	b.outHas("No changes.")
	if h := b.head(); h.Version != 4 {
		t.Errorf("recorded: %+v", h)
	}
}

// TestRollbackWithoutItsCode names the code that is gone, and writes nothing.
func TestRollbackWithoutItsCode(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.code(1)
	b.want(0, "apply", "--yes")
	var url string
	b.cluster.Delete(func(r state.Resource) bool {
		p, ok := r.(*state.Package)
		if !ok || b.head().Packages[p.URL] != 1 {
			return false
		}
		url = p.URL
		return true
	})
	writes := b.cluster.Writes()
	b.want(1, "rollback", wordCountName, "--yes")
	b.errHas("version 1 of public/default/word-count cannot be brought back, its code is not kept any more: "+url, "nothing was written", "meshc get public/default/word-count --version 1 -o yaml")
	alone := b.err.String()
	b.manage()
	b.want(1, "rollback", wordCountName, "--yes")
	if d := cmp.Diff(alone, b.err.String()); d != "" {
		t.Errorf("by a manager (-alone +so):\n%s", d)
	}
	if b.cluster.Writes() != writes {
		t.Error("something was written")
	}
}

// TestRollbackAfterDestroy: a mesh that was taken down has no packages left.
func TestRollbackAfterDestroy(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.want(0, "destroy", "--yes", "mesh.yaml")
	b.want(1, "rollback", wordCountName, "--yes")
	b.errHas("its code is not kept any more")
	b.want(0, "list", "--all")
	b.outHas("taken down")
	b.want(0, "apply", "--yes")
	b.want(0, "rollback", wordCountName, "--yes", "--to", "2")
	if h := b.head(); h.Live() || h.Of != 2 {
		t.Errorf("recorded: %+v", h)
	}
}

// TestRollbackLooksSecretsUp: values that are not on record have to be those of then.
func TestRollbackLooksSecretsUp(t *testing.T) {
	b := newBench(t)
	b.write("mesh.yaml", strings.Replace(wordCount, "    output: words\n", "    output: words\n    userConfig: {key: '${env:KEY}'}\n", 1))
	b.env["KEY"] = "one"
	b.want(0, "apply", "--yes")
	b.instances(2)
	b.want(0, "apply", "--yes")
	b.env["KEY"] = "two"
	b.want(5, "rollback", wordCountName, "--yes")
	b.errHas("set it to the value of version 1")
	b.env["KEY"] = "one"
	b.want(0, "rollback", wordCountName, "--yes")
	c, ok := b.cluster.Resources()["function/public/default/split"].(*state.Component)
	if !ok || c.Fields["userConfig"] == nil {
		t.Errorf("%+v", c)
	}
}

// TestLiteralSecretsAreNotOnRecord: what looks like a secret is a digest there, in all
// of its parts. A rollback takes it from what runs, and is refused where that is another.
func TestLiteralSecretsAreNotOnRecord(t *testing.T) {
	b := newBench(t)
	with := func(secret, more string) {
		b.write("mesh.yaml", strings.Replace(wordCount, "    output: words\n", "    output: words\n    userConfig: {apiToken: "+secret+", depth: {password: "+secret+"}}\n"+more, 1))
		b.want(0, "apply", "--yes")
	}
	with("s3cr3t-one", "")
	with("s3cr3t-one", "    parallelism: 2\n")
	with("s3cr3t-two", "    parallelism: 2\n")
	for _, v := range []string{"1", "2", "3"} {
		for _, form := range []string{"json", "yaml", "human"} {
			b.want(0, "get", wordCountName, "--version", v, "-o", form)
			if strings.Contains(b.out.String(), "s3cr3t") {
				t.Errorf("version %s has a secret as %s:\n%s", v, form, b.out)
			}
		}
	}
	b.want(0, "diff", wordCountName, "2", "3")
	b.outHas("userConfig.apiToken: (sensitive, changed)")
	b.want(1, "rollback", wordCountName, "--yes", "--to", "2")
	b.errHas("secrets of it stood in the mesh file, and are not on record: userConfig.apiToken of function public/default/split, userConfig.depth.password of function")
	with("s3cr3t-one", "    parallelism: 3\n")
	b.want(0, "rollback", wordCountName, "--yes", "--to", "2")
	with("s3cr3t-one", "    parallelism: 2\n")
	b.outHas("No changes.")
	if h := b.head(); h.Version != 5 {
		t.Errorf("%+v", h)
	}
}

// TestRollbackIsRefused as an apply is: by who holds the mesh, by risks.
func TestRollbackIsRefused(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.instances(2)
	b.want(0, "apply", "--yes")
	b.hold("bob@desk", "")
	b.want(1, "rollback", wordCountName, "--yes")
	b.errHas("is locked by bob@desk", "nothing was written")
	b.want(1, "unlock", wordCountName)
	b.errHas("is locked by bob@desk", "--force")
	b.want(1, "lock", wordCountName)
	b.want(0, "unlock", wordCountName, "--force")
	b.want(0, "unlock", wordCountName)
	b.errHas("nobody had locked public/default/word-count")
	b.terminal, b.in = true, strings.NewReader("no\n")
	b.want(1, "rollback", wordCountName)
	b.in = strings.NewReader("yes\n")
	b.want(0, "rollback", wordCountName)
}

// TestUnlockByForceEndsRuns: a run that is under way loses its lock.
func TestUnlockByForceEndsRuns(t *testing.T) {
	b := newBench(t)
	b.cluster.Seize(wordCountID, alice)
	b.want(0, "lock", wordCountName)
	b.errHas("a run of alice@ci-7 (process 4711, apply) is under way")
	b.want(0, "unlock", wordCountName)
	if _, held := b.cluster.Holder(wordCountID); !held {
		t.Error("without --force the run has lost its lock")
	}
	b.want(0, "unlock", wordCountName, "--force", "-o", "json")
	if doc := document[view.Lock](b); doc.Evicted != alice.String() || doc.Hold != nil {
		t.Errorf("%+v", doc)
	}
	if _, held := b.cluster.Holder(wordCountID); held {
		t.Error("the run still has its lock")
	}
}

func TestListAndStatusTellOfRecords(t *testing.T) {
	b := newBench(t)
	b.want(0, "list", "--all")
	b.outHas("No meshes are on record.\n")
	b.want(0, "apply", "--yes")
	b.want(0, "list")
	b.outHas("VERSION  LAST", "word-count  count, split  1       1        applied")
	b.want(0, "lock", wordCountName, "--reason", "a freeze")
	b.want(0, "list")
	b.outHas("locked by ")
	b.want(0, "status", "--exit-code")
	b.outHas("\nLocked by ", ": a freeze\n")
	b.want(0, "destroy", "--yes", "mesh.yaml")
	b.want(0, "list", "--all", "-o", "json")
	if doc := document[view.List](b); len(doc.Meshes) != 1 || doc.Meshes[0].Record.Live || doc.Namespace != "" {
		t.Errorf("%+v", doc)
	}
	b.want(64, "list", "--all", "--tenant", "x")
	b.backend = struct {
		backend.Backend
		backend.Lister
	}{b.cluster, b.cluster}
	b.want(0, "list")
	for _, args := range [][]string{{"list", "--all"}, {"history"}, {"diff", "1", "2"}, {"rollback", "--yes"}, {"lock"}, {"unlock"}} {
		b.want(1, args...)
		b.errHas("records of meshes: backend native: no place for records")
	}
}
