// Package plans_test makes, saves, narrows and carries plans out with the real
// command on a real Pulsar.
package plans_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

const chain = `
jarFile: code.jar
topics: [{name: start, external: true}, {name: middle, schema: {type: STRING}, retention: {retentionTimeInMinutes: 60}}]
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [start], output: middle}
  - {name: second, className: org.example.loss.Forward, inputs: [middle], output: end}
`

func bench(t *testing.T) *harness.Bench {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("start", 0)
	return b
}

// What goes through a pipe is what apply would have made itself.
func TestPlanThroughAPipe(t *testing.T) {
	var done [][]string
	for _, piped := range []bool{false, true} {
		b := bench(t)
		file := b.File("chain", chain)
		run := func(args ...string) *harness.Command {
			return b.Run(append([]string{"apply", "--yes", "-o", "json"}, args...)...)
		}
		var c *harness.Command
		if piped {
			shown := b.Run("plan", file, "-o", "json").Want(0)
			c = b.Pipe(shown.Stdout(), nil, "apply", "--yes", "-o", "json", "-").Want(0)
		} else {
			c = run(file).Want(0)
		}
		done = append(done, steps(t, c.Stdout(), b.Tenant+"/"+b.Namespace))
		b.Run("plan", file, "--detailed-exitcode").Want(0)
	}
	if d := cmp.Diff(done[0], done[1]); d != "" || len(done[0]) < 8 {
		t.Errorf("the steps differ, or are few (%d):\n%s", len(done[0]), d)
	}
	b := bench(t)
	c := b.Pipe(b.Run("plan", b.File("wrong", "functions: [{nme: x}]"), "-o", "json").Want(3).Stdout(), nil, "apply", "--yes", "-").Want(1)
	c.Says("report of findings")
	harness.Figure(t, "%d steps, the same through a pipe", len(done[0]))
}

// steps are the IDs of the steps that a report calls done, in order of name, without the namespace.
func steps(t *testing.T, output, namespace string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(output) {
		var e struct {
			Type string
			Step string `json:"step"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Type == "done" {
			out = append(out, strings.ReplaceAll(e.Step, namespace, "NS"))
		}
	}
	slices.Sort(out)
	return out
}

func TestNewerPlanFile(t *testing.T) {
	b := bench(t)
	saved := filepath.Join(b.Dir, "plan.json")
	b.Run("plan", b.File("chain", chain), "--out", saved).Want(0)
	data, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	newer := strings.ReplaceAll(string(data), "meshc.plan/1", "meshc.plan/2")
	newer = strings.Replace(newer, "{", `{"what this version does not know": 1,`, 1)
	if err := os.WriteFile(saved, []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Run("apply", saved, "--yes").Want(1).Says(`"meshc.plan/2"`, "newer version of meshc")
}

// A bundle brings its code along, and is refused when it was tampered with.
func TestBundle(t *testing.T) {
	b := bench(t)
	file := b.File("chain", chain)
	bundle := filepath.Join(b.Dir, "chain.bundle")
	b.Run("plan", file, "--bundle", bundle).Want(0)
	if err := os.Rename(filepath.Join(b.Dir, "code.jar"), filepath.Join(b.Dir, "elsewhere.jar")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(b.Dir, "broken.bundle")
	if err := os.WriteFile(broken, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	b.Run("apply", broken, "--yes").Want(1).Says("bundle cannot be used")
	b.Run("apply", bundle, "--yes").Want(0)
	if err := os.Rename(filepath.Join(b.Dir, "elsewhere.jar"), filepath.Join(b.Dir, "code.jar")); err != nil {
		t.Fatal(err)
	}
	b.Run("plan", file, "--detailed-exitcode").Want(0)
	b.Run("apply", bundle, "--yes").Want(5)
}

// A narrowed plan touches one node and what it needs; what it sends is kept for
// the node that is not there yet.
func TestOnly(t *testing.T) {
	b := bench(t)
	file := b.File("chain", chain)
	ctx := context.Background()
	b.Run("apply", file, "--yes", "--only", "first").Want(0)
	names, err := b.Client.List(ctx, admin.Functions, b.Tenant, b.Namespace)
	if err != nil || !slices.Equal(names, []string{"first"}) {
		t.Errorf("functions: %v, %v", names, err)
	}
	stats, err := b.Client.TopicStats(ctx, b.FullTopic("middle"))
	if err != nil || len(stats.Subscriptions) != 1 {
		t.Errorf("subscriptions of middle: %v, %v", stats.Subscriptions, err)
	}
	wider := strings.Replace(chain, "output: middle}", "output: middle, parallelism: 2}", 1)
	b.File("chain", strings.Replace(wider, "output: end}", "output: end, parallelism: 3}", 1))
	b.Run("apply", file, "--yes", "--only", "function/second").Want(0)
	b.Run("plan", file, "--only", "second", "--detailed-exitcode").Want(0)
	b.Run("plan", file, "--only", "first", "--detailed-exitcode").Want(2).Says("Only first", "parallelism: 1 -> 2")
	b.Run("plan", file, "--only", "third").Want(64).Says(`has no "third"`)
	b.File("chain", strings.Replace(chain, "  - {name: second, className: org.example.loss.Forward, inputs: [middle], output: end}\n", "", 1))
	b.Run("plan", file, "--only", "first", "--detailed-exitcode").Want(0)
	b.Run("apply", file, "--yes", "--only", "second", "--allow", "message-loss").Want(0)
	if names, err := b.Client.List(ctx, admin.Functions, b.Tenant, b.Namespace); err != nil || !slices.Equal(names, []string{"first"}) {
		t.Errorf("functions at the end: %v, %v", names, err)
	}
}

// What others change is told as theirs, and put back.
func TestDrift(t *testing.T) {
	b := bench(t)
	file := b.File("chain", chain)
	b.Run("apply", file, "--yes").Want(0)
	ctx := context.Background()
	live, err := b.Client.Get(ctx, admin.Functions, b.Tenant, b.Namespace, "first")
	if err != nil {
		t.Fatal(err)
	}
	url := ""
	if text, ok := live["customRuntimeOptions"].(string); ok {
		_, rest, _ := strings.Cut(text, `"url":"`)
		url, _, _ = strings.Cut(rest, `"`)
	}
	change := map[string]any{"tenant": b.Tenant, "namespace": b.Namespace, "name": "first", "className": "org.example.loss.Forward", "parallelism": 2}
	if err := b.Client.Update(ctx, admin.Functions, b.Tenant, b.Namespace, "first", change, admin.Package{URL: url}, nil); err != nil {
		t.Fatal(err)
	}
	b.Run("plan", file, "--detailed-exitcode").Want(2).Says("changed in the cluster by others", "parallelism: 2 -> 1")
	b.Run("apply", file, "--yes").Want(0)
	b.Run("plan", file, "--detailed-exitcode").Want(0)
}
