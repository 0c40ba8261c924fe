package cli

import (
	"os"
	"strings"
	"testing"
)

// What overlays and flags say is what is planned, applied and taken down.
func TestOverlaysAndSetReachTheCluster(t *testing.T) {
	b := newBench(t)
	b.write("prod.yaml", "name: word-count\nfunctions:\n- {name: split, parallelism: 3}\n- {name: count, $patch: delete}\n")
	b.want(0, "apply", "--yes")
	b.want(2, "plan", "--overlay", "prod.yaml", "--detailed-exitcode")
	b.outHas("- function public/default/count", "parallelism: 1 -> 3")
	b.want(0, "create", "-f", "mesh.yaml", "--overlay", "prod.yaml", "--set", "functions.split.parallelism=4", "--yes", "--allow", "message-loss")
	b.want(0, "plan", "--overlay", "prod.yaml", "--set", "functions.split.parallelism=4", "--detailed-exitcode")
	b.want(0, "status", "mesh.yaml", "--overlay", "prod.yaml")
	b.want(0, "plan", "--out", "x.plan.json")
	b.want(64, "apply", "x.plan.json", "--set", "name=x", "--yes")
	b.errHas("a plan file is finished")
	b.want(64, "status", "public/default/word-count", "--set", "name=x")
	b.want(0, "destroy", "mesh.yaml", "--overlay", "prod.yaml", "--yes", "--allow", "message-loss")
}

// No plan, plan file, record of a run or finding holds what came from outside.
func TestSecretsStayOut(t *testing.T) {
	b := newBench(t)
	b.env["TOKEN"] = "hunter2"
	b.write("key.txt", "hunter2\n")
	b.write("mesh.yaml", wordCount+"    userConfig: {token: \"Bearer ${env:TOKEN}\", key: \"${file:key.txt}\"}\n")
	for _, args := range [][]string{
		{"plan", "--out", "p.json"}, {"plan", "-o", "json"}, {"apply", "--yes"}, {"apply", "--yes", "-o", "json"}, {"validate", "-o", "json"}, {"graph", "-o", "json"}, {"graph"},
	} {
		code := b.run(args...)
		if out := b.out.String() + b.err.String(); strings.Contains(out, "hunter2") || code != 0 {
			t.Errorf("%v: exit %d, or the value is shown\n%.2000s", args, code, out)
		}
	}
	saved, err := os.ReadFile("p.json")
	if err != nil || strings.Contains(string(saved), "hunter2") || !strings.Contains(string(saved), "${env:TOKEN}") {
		t.Errorf("the plan file: %v, or the value is in it, or not its reference", err)
	}
	// To take the mesh down no secret is needed.
	delete(b.env, "TOKEN")
	b.write("mesh.yaml", wordCount+"    userConfig: {token: \"${env:TOKEN}\"}\n")
	b.want(3, "plan")
	b.outHas("`TOKEN` is not set, or empty")
	b.want(0, "destroy", "mesh.yaml", "--yes")
}
