package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

func TestApplyThenNothing(t *testing.T) {
	b := newBench(t)
	b.want(2, "plan", "--detailed-exitcode")
	b.want(0, "apply", "--yes")
	b.outHas("Mesh public/default/word-count on cluster memory", "+ function public/default/split", "Applied public/default/word-count: 9 created in")
	b.errHas("created function public/default/split  ", "running function public/default/count  ")
	b.want(0, "plan", "--detailed-exitcode")
	b.outHas("No changes. 2 functions, 3 topics, 2 subscriptions and 1 package match the mesh file.")
	writes := b.cluster.Writes()
	b.want(0, "apply", "-y", "-f", "mesh.yaml")
	b.outHas("Nothing to do for public/default/word-count.")
	if b.cluster.Writes() != writes {
		t.Error("a second apply wrote")
	}
}

func TestFindingsKeepEveryMeshFromTheCluster(t *testing.T) {
	b := newBench(t)
	b.write("bad.yaml", "name: bad\nfunction: []\n")
	b.want(3, "apply", "--yes", "mesh.yaml", "bad.yaml")
	b.outHas("bad.yaml:2:1")
	if b.cluster.Writes() != 0 {
		t.Error("something was written")
	}
	// Findings of the plan count like those of the file.
	b.write("mesh.yaml", strings.ReplaceAll(wordCount, "sentences", "nowhere"))
	b.want(3, "plan", "--detailed-exitcode")
	b.outHas("error[MC5006]", "mesh.yaml:6:")
	b.want(3, "apply", "--yes", "-o", "json")
	b.outHas(`"type":"findings"`, `"outcome":"findings","exit":3`)
}

func TestRisksAreRefusedBeforeAnythingIsAsked(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.terminal, b.in = true, strings.NewReader("yes\n")
	b.want(4, "destroy", "mesh.yaml", "--delete-topics")
	b.outHas("! topic-data: ", "only with --allow topic-data")
	b.errHas("2 risks of the plan are not allowed", "  topic-data: topic public/default/counts: ",
		"to accept: meshc destroy mesh.yaml --delete-topics --allow topic-data\n")
	if strings.Contains(b.err.String(), "Carry out") {
		t.Error("it asked")
	}
	b.want(0, "destroy", "mesh.yaml", "--delete-topics", "--allow", "topic-data,restart", "--yes")
	b.outHas("Took down public/default/word-count: 7 deleted in")
}

func TestAnswers(t *testing.T) {
	b := newBench(t)
	b.terminal = true
	for _, answer := range []string{"", "no\n", "y\n", "YES\n", "yes please\n"} {
		b.in = strings.NewReader(answer)
		b.want(1, "apply")
		b.errHas("Carry out this plan? Only 'yes' is accepted: ", "meshc: the answer was not 'yes'; nothing was written")
	}
	if b.cluster.Writes() != 0 {
		t.Error("something was written")
	}
	b.in = strings.NewReader("yes\n")
	b.want(0, "apply")
	// Without changes there is nothing to ask.
	b.in = strings.NewReader("")
	b.want(0, "apply")
}

func TestPlanFile(t *testing.T) {
	b := newBench(t)
	b.want(0, "plan", "--out", "the.plan.json")
	b.errHas("To carry it out: meshc apply the.plan.json")
	info, err := os.Stat("the.plan.json")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(".the.plan.json*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	b.want(64, "apply", "--yes", "the.plan.json", "mesh.yaml")
	b.want(64, "apply", "--yes", "--backend", "other", "the.plan.json")
	b.want(0, "apply", "--yes", "the.plan.json")
	b.outHas("Applied public/default/word-count: 9 created")
	b.want(5, "apply", "--yes", "the.plan.json")
	b.errHas("meshc: public/default/word-count: the cluster has changed since the plan was made", "  changed since: function public/default/split", "make the plan again")
	b.want(5, "apply", "--yes", "the.plan.json", "-o", "json")
	b.outHas(`"outcome":"stale","exit":5`)

	data, _ := os.ReadFile("the.plan.json")
	b.write("other.json", strings.ReplaceAll(string(data), `"name": "memory"`, `"name": "other"`))
	b.want(5, "apply", "--yes", "other.json")
	b.errHas("cluster other", "use the --admin-url of the plan's cluster")
	b.write("near.json", strings.ReplaceAll(string(data), `"url": "memory:"`, `"url": "http://127.0.0.1:8080"`))
	b.want(5, "apply", "--yes", "near.json")
	b.errHas("only the address differs; if it is the same cluster, use --admin-url http://127.0.0.1:8080, or")

	b.in = strings.NewReader(string(data))
	b.want(5, "apply", "--yes", "-")

	b.write("future.json", strings.ReplaceAll(string(data), `"meshc.plan/1"`, `"meshc.plan/99"`))
	b.want(1, "apply", "--yes", "future.json")
	b.errHas("written by a newer version of meshc", "make it again, with this version of meshc: meshc plan FILE --out future.json")

	b.want(0, "plan", "-o", "json")
	b.write("shown.json", b.out.String())
	b.want(0, "apply", "--yes", "shown.json")
	b.outHas("Nothing to do")
}

func TestPlanFileThatCannotBeWritten(t *testing.T) {
	b := newBench(t)
	b.want(1, "plan", "--out", "no/such/folder/p.json")
	b.errHas("writing the plan to no/such/folder/p.json: ")
}

func TestMeshFromStandardInput(t *testing.T) {
	b := newBench(t)
	b.in = strings.NewReader(wordCount)
	b.want(0, "apply", "-", "--yes")
	b.outHas("9 created")
}

func TestFailedStep(t *testing.T) {
	b := newBench(t)
	b.cluster.Fault(func(s plan.Step) error {
		if s.ID == "create function/public/default/count" {
			return errors.New("400 from the function worker:\n\tclass not found\x1b[2J")
		}
		return nil
	})
	b.want(1, "apply", "--yes", "mesh.yaml")
	b.errHas("  failed: create function public/default/count\n      400 from the function worker:\n       class not found␛[2J\n",
		"because of: create function public/default/count",
		"meshc: public/default/word-count is not done: 1 step failed, ",
		"to go on: meshc apply --yes mesh.yaml\n")
	b.cluster.Fault(nil)
	b.want(0, "apply", "--yes", "mesh.yaml")
}

func TestStepThatFindsTheClusterChanged(t *testing.T) {
	b := newBench(t)
	b.want(0, "plan", "--out", "p.json")
	b.cluster.Fault(func(s plan.Step) error {
		if s.ID == "create function/public/default/count" {
			return fmt.Errorf("function count: %w", backend.ErrMoved)
		}
		return nil
	})
	b.want(1, "apply", "--yes", "mesh.yaml")
	b.errHas("the cluster was changed by others meanwhile, so plan again; to go on: meshc apply --yes mesh.yaml\n")
}

func TestHalfAReplacement(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.write("mesh.yaml", strings.Replace(wordCount, "output: counts", "output: counts\n    retainOrdering: true", 1))
	b.cluster.Fault(func(s plan.Step) error {
		if s.ID == "create function/public/default/count" {
			return errors.New("no")
		}
		return nil
	})
	b.want(1, "apply", "--yes", "-o", "json")
	b.outHas(`"missing":["function/public/default/count"]`)
	b.want(1, "apply", "--yes")
	b.cluster.Fault(nil)
	b.want(0, "apply", "--yes")
	b.cluster.Fault(func(s plan.Step) error {
		if s.ID == "create function/public/default/count" {
			return errors.New("no")
		}
		return nil
	})
	b.write("mesh.yaml", wordCount)
	b.want(1, "apply", "--yes")
	b.errHas("1 deleted of a replacement that is not finished\n  missing: function public/default/count, until the next apply\n")
	if strings.Contains(b.err.String(), "nothing written") {
		t.Error("a deletion is nothing")
	}
}

func TestTheFirstMeshThatFailsEndsTheRun(t *testing.T) {
	b := newBench(t)
	b.write("second.yaml", strings.NewReplacer("name: word-count", "name: second", "name: split", "name: split-2", "name: count", "name: count-2", "words", "words-2", "counts", "counts-2").Replace(wordCount))
	b.cluster.Fault(func(s plan.Step) error {
		if strings.HasSuffix(s.ID, "create function/public/default/count") {
			return errors.New("no")
		}
		return nil
	})
	b.want(1, "apply", "--yes", "mesh.yaml", "second.yaml")
	b.outHas("All meshes: 18 to create")
	b.errHas("public/default/second: not started")
	if _, there := b.cluster.Resources()[state.ComponentAddr(state.KindFunction, "public", "default", "split-2")]; there {
		t.Error("the second mesh was started")
	}
	b.cluster.Fault(nil)
	b.want(0, "apply", "--yes", "mesh.yaml", "second.yaml")
	b.outHas("Applied public/default/word-count: ", "Applied public/default/second: 9 created")
}

func TestEvents(t *testing.T) {
	b := newBench(t)
	b.want(64, "apply", "-o", "json")
	b.want(0, "apply", "-o", "json", "--yes")
	types := map[string]int{}
	var last map[string]any
	for line := range strings.Lines(b.out.String()) {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if last["format"] != "meshc.apply/1" {
			t.Errorf("format %v", last["format"])
		}
		types[last["type"].(string)]++
	}
	if types["plan"] != 1 || types["done"] != types["started"] || types["done"] < 7 || types["report"] != 1 {
		t.Errorf("types %v", types)
	}
	if last["type"] != "report" || last["outcome"] != "applied" || last["exit"] != 0.0 {
		t.Errorf("last line %v", last)
	}
	b.want(0, "apply", "-o", "json", "--yes")
	b.outHas(`"outcome":"unchanged"`)
	b.want(4, "destroy", "-o", "json", "--yes", "--delete-topics")
	b.outHas(`"outcome":"refused","exit":4`)
}
