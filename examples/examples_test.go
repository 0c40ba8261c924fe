// Package examples_test keeps what the examples show true: each mesh compiles,
// and the plans in the READMEs are what meshc prints.
package examples_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/internal/cli"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// example is a folder, the topic of others that its mesh reads, if it does, and
// what is typed in it.
type example struct {
	folder, external string
	commands         []command
}

type command struct {
	args string
	exit int
	// shown is the file with the output; empty where it is not shown.
	shown string
}

var all = []example{
	{"word-count", "sentences", []command{
		{"validate mesh.yaml", 0, ""},
		{"plan mesh.yaml --detailed-exitcode", 2, "expected-plan.txt"},
		{"apply mesh.yaml --yes", 0, ""},
		{"plan mesh-native.yaml --detailed-exitcode", 0, "expected-plan-native.txt"},
		{"plan mesh-v2.yaml --detailed-exitcode", 2, "expected-plan-v2.txt"},
		{"apply mesh-v2.yaml --yes", 0, ""},
		{"plan mesh-v2.yaml --detailed-exitcode", 0, ""},
		{"destroy mesh-v2.yaml --yes", 0, ""},
		{"build mesh.yaml --overlay k8s.yaml --to functionmesh", 0, ""},
	}},
	{"etl-chain", "orders-raw", []command{
		{"validate", 0, ""},
		{"plan --detailed-exitcode", 2, "expected-plan.txt"},
		{"apply --yes", 0, ""},
		{"plan --detailed-exitcode", 0, ""},
		{"destroy --yes", 0, ""},
		{"build --overlay k8s.yaml --to functionmesh", 0, ""},
	}},
	{"orders", "", []command{
		{"validate", 0, ""},
		{"validate --overlay prod.yaml --strict", 0, ""},
		{"plan --detailed-exitcode", 2, "expected-plan.txt"},
		{"plan --overlay prod.yaml --set variables.instances=3 --detailed-exitcode", 2, "expected-plan-prod.txt"},
		{"apply --yes", 0, ""},
		{"plan --detailed-exitcode", 0, ""},
		{"destroy --yes", 0, ""},
		{"build --overlay k8s.yaml --to components", 0, ""},
	}},
	{"pip-66", "exclaim-in", []command{
		{"validate as-printed.yaml", 3, "expected-findings.txt"},
		{"validate mesh.yaml", 0, ""},
		{"plan mesh.yaml --detailed-exitcode", 2, "expected-plan.txt"},
		{"apply mesh.yaml --yes", 0, ""},
		{"plan mesh.yaml --detailed-exitcode", 0, ""},
		{"build mesh.yaml --overlay k8s.yaml --to functionmesh", 0, ""},
	}},
	{"kubernetes-orders", "", []command{
		{"validate --strict", 0, ""},
		{"build --to functionmesh", 0, "expected-resource.txt"},
		{"plan --detailed-exitcode", 2, ""},
		{"apply --yes", 0, ""},
		{"plan --detailed-exitcode", 0, ""},
	}},
	{"kubernetes-pages", "views", []command{
		{"validate --strict", 0, ""},
		{"build --to functionmesh", 0, "expected-resource.txt"},
		{"build --to components", 0, ""},
		{"plan --detailed-exitcode", 2, ""},
		{"apply --yes", 0, ""},
		{"plan --detailed-exitcode", 0, ""},
	}},
}

func TestExamples(t *testing.T) {
	build(t)
	for _, e := range all {
		t.Run(e.folder, func(t *testing.T) {
			t.Chdir(e.folder)
			cluster := memory.New(native.Rules{})
			cluster.Put(&state.Namespace{Name: "public/default"})
			if e.external != "" {
				cluster.Put(&state.Topic{Name: "persistent://public/default/" + e.external})
			}
			for _, c := range e.commands {
				out, exit := run(cluster, strings.Fields(c.args)...)
				if exit != c.exit {
					t.Fatalf("meshc %s: exit code %d, not %d\n%s", c.args, exit, c.exit, out)
				}
				if c.shown != "" {
					compare(t, c.shown, portable(out))
				}
			}
		})
	}
}

// TestEveryMeshIsRun makes sure that no mesh file of the examples is forgotten.
func TestEveryMeshIsRun(t *testing.T) {
	files, err := filepath.Glob("*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		folder, name := filepath.Split(file)
		found := false
		for _, e := range all {
			for _, c := range e.commands {
				found = found || e.folder+"/" == filepath.ToSlash(folder) && strings.Contains(c.args+" mesh.yaml ", " "+name+" ")
			}
		}
		if !found {
			t.Errorf("no test runs %s", file)
		}
	}
	t.Logf("%d mesh files", len(files))
}

// inPIP66 are the meshes that show PIP-66's spelling and order, which meshc fmt
// would replace by Pulsar's own.
var inPIP66 = []string{"pip-66/as-printed.yaml", "pip-66/mesh.yaml", "word-count/mesh.yaml"}

// TestFormatted makes sure that the other meshes stay in the form of meshc fmt.
func TestFormatted(t *testing.T) {
	files, err := filepath.Glob("*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		out, exit := run(nil, "fmt", "--check", file)
		want := 0
		if slices.Contains(inPIP66, filepath.ToSlash(file)) {
			want = 3
		}
		if exit != want {
			t.Errorf("meshc fmt --check %s: exit code %d, not %d\n%s", file, exit, want, out)
		}
	}
}

// run runs meshc on a cluster in memory.
func run(cluster *memory.Backend, args ...string) (out string, exit int) {
	var stdout, stderr bytes.Buffer
	f := cli.NewFactory(args, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	f.Backend = func(string, backends.Settings) (backend.Backend, error) { return cluster, nil }
	exit = f.Run()
	if exit == 1 {
		return stdout.String() + stderr.String(), exit
	}
	return stdout.String(), exit
}

var (
	hash = regexp.MustCompile(`(@|sha256:)([0-9a-f]{12,64})\b`)
	size = regexp.MustCompile(`(\.jar), [0-9.]+ [kM]?B\b`)
	// packages are lines that follow each other in the order of hashes.
	packages = regexp.MustCompile(`(?m)(^ +[+-] package .*\n)+`)
)

// portable replaces what differs from machine to machine: another JDK makes
// other bytes of the same source.
func portable(out string) string {
	out = strings.ReplaceAll(out, "cluster memory (memory:)", "cluster standalone (http://localhost:8080)")
	out = size.ReplaceAllString(out, "$1, SIZE")
	out = packages.ReplaceAllStringFunc(out, func(block string) string {
		lines := slices.Collect(strings.Lines(block))
		slices.SortFunc(lines, func(a, b string) int {
			return strings.Compare(hash.ReplaceAllString(a, ""), hash.ReplaceAllString(b, ""))
		})
		return strings.Join(lines, "")
	})
	names := map[string]string{}
	return hash.ReplaceAllStringFunc(out, func(found string) string {
		part := hash.FindStringSubmatch(found)
		key := part[2][:12]
		if names[key] == "" {
			names[key] = fmt.Sprintf("HASH%d", len(names)+1)
		}
		return part[1] + names[key]
	})
}

// compare checks a file of the example and its place in the README, a block
// below a comment that names the file. MESHC_UPDATE=1 rewrites both.
func compare(t *testing.T, file, want string) {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)(<!-- " + regexp.QuoteMeta(file) + " -->\n```\n).*?(```\n)")
	place := block.FindSubmatchIndex(readme)
	if place == nil {
		t.Fatalf("README.md has no block below <!-- %s -->", file)
	}
	shown := string(readme[:place[3]]) + want + string(readme[place[4]:])
	have, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if string(have) == want && shown == string(readme) {
		return
	}
	if os.Getenv("MESHC_UPDATE") == "" {
		t.Errorf("%s or its block in README.md is stale; MESHC_UPDATE=1 rewrites both. meshc prints:\n%s", file, want)
		return
	}
	for name, text := range map[string]string{file: want, "README.md": shown} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// build makes the jars, which plans need. Without Java that is a circumstance
// at a desk, and a mistake in CI.
func build(t *testing.T) {
	t.Helper()
	out, err := exec.Command("./build.sh").CombinedOutput()
	if err == nil {
		return
	}
	for _, tool := range []string{"java", "javac", "mvn"} {
		if _, missing := exec.LookPath(tool); missing != nil && os.Getenv("CI") == "" {
			t.Skipf("THE EXAMPLES ARE NOT CHECKED: no %s on PATH to build them", tool)
		}
	}
	t.Fatalf("%v\n%s", err, out)
}
