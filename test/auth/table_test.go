package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/test/harness"
)

// rights of a row: each element is needed, "a|b" is either.
type rights []string

// administrator is the right of a tenant's administrator; all others are permissions on
// the mesh's namespace.
const administrator = "administrator of the tenant"

// row is a row of the table in docs/permissions.md.
type row struct {
	// command is what is typed, when says in which case.
	command, when, does string
	needs               rights
	// before brings the cluster to where the command starts; nil is an empty namespace.
	before func(*place)
	// try runs the command as someone.
	try func(*place, []string) *harness.Command
	// writes tells that the command changes the cluster.
	writes bool
}

const (
	// onTheirs uses topics that are there; onOwn has the mesh make topics.
	onTheirs = `topics: [{name: in, external: true}, {name: mid, external: true}, {name: out, external: true}]
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: mid}
  - {name: last, className: org.example.loss.Forward, inputs: [mid], output: out}
`
	onOwn = `topics: [{name: in, external: true}, {name: words, partitions: 2}]
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: words}
  - {name: last, className: org.example.loss.Forward, inputs: [words], output: end}
`
)

// applied brings a mesh up as superuser.
func applied(body string) func(*place) {
	return func(p *place) { p.run(p.as("admin"), "apply", p.file("before.yaml", body), "--yes").Want(0) }
}

// on runs a command on a mesh file.
func on(body string, args ...string) func(*place, []string) *harness.Command {
	return func(p *place, env []string) *harness.Command {
		p.Helper()
		return p.run(env, append(args, p.file("mesh.yaml", body))...)
	}
}

func wider(body string) string {
	return strings.Replace(body, "inputs: [in]", "parallelism: 2, inputs: [in]", 1)
}

var readers = rights{"functions", "consume|produce", "packages"}

var table = []row{
	{"validate", "", "reads files, never connects", nil, nil, on(onTheirs, "validate"), false},
	{"list", "", "reads the functions of a namespace", rights{"functions"}, applied(onTheirs), list, false},
	{"get", "", "reads functions, topics and packages of a mesh", readers, applied(onTheirs), on(onTheirs, "get"), false},
	{"status", "", "the same, and how the instances are doing", readers, applied(onTheirs), on(onTheirs, "status", "--exit-code"), false},
	{"import", "", "reads functions, their code, and topics; sources and sinks as far as it may", readers, applied(onTheirs), imported, false},
	{"plan", "", "reads functions, topics and packages", readers, nil, on(onOwn, "plan"), false},
	{"plan --destroy", "", "the same", readers, applied(onTheirs), on(onTheirs, "plan", "--destroy"), false},
	{"apply", ", all topics are there", "plan, then uploads packages, creates subscriptions and functions", rights{"functions", "consume", "produce", "packages"}, nil, on(onTheirs, "apply", "--yes"), true},
	{"apply", " of a change, all topics are there", "plan, then updates, replaces or deletes functions", rights{"functions", "produce", "packages"}, applied(onTheirs), on(wider(onTheirs), "apply", "--yes"), true},
	{"apply", " that makes topics or adds partitions", "the same, and makes topics", rights{administrator}, nil, on(onOwn, "apply", "--yes"), true},
	{"apply", " that makes the namespace", "the same, and makes the namespace", rights{administrator}, nil, inNewNamespace, true},
	{"destroy", "", "plan, then deletes functions, subscriptions and packages", rights{"functions", "consume", "produce", "packages"}, applied(onTheirs), on(onTheirs, "destroy", "--yes"), true},
	{"destroy --delete-topics", "", "the same, and deletes topics that the mesh made", rights{administrator}, applied(onOwn), on(onOwn, "destroy", "--delete-topics", "--yes", "--allow", "topic-data"), true},
}

func list(p *place, env []string) *harness.Command {
	_, ns, _ := strings.Cut(p.namespace, "/")
	return p.run(env, "list", "--tenant", tenant, "--namespace", ns)
}

func imported(p *place, env []string) *harness.Command {
	_, ns, _ := strings.Cut(p.namespace, "/")
	return p.run(env, "import", "--tenant", tenant, "--namespace", ns, "--code", filepath.Join(p.dir, "imported"))
}

func inNewNamespace(p *place, env []string) *harness.Command {
	file := filepath.Join(p.dir, "new.yaml")
	_, ns, _ := strings.Cut(p.namespace, "/")
	text := fmt.Sprintf(`tenant: %s
namespace: {name: %s-new, create: true}
name: chain
jarFile: code.jar
topics: [{name: in}]
functions: [{name: only, className: org.example.loss.Forward, inputs: [in], output: end}]
`, tenant, ns)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	return p.run(env, "apply", "--yes", file)
}

// markdown draws the table for the document.
func markdown() string {
	var b strings.Builder
	b.WriteString("| command | what it does in the cluster | least rights |\n|---|---|---|\n")
	for _, r := range table {
		needs := "none"
		for i, n := range r.needs {
			if i == 0 {
				needs = named(n)
			} else {
				needs += ", " + named(n)
			}
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s |\n", r.command, r.when, r.does, needs)
	}
	return b.String()
}

// named writes a right as the document does.
func named(right string) string {
	if !slices.Contains(permissions, strings.Split(right, "|")[0]) {
		return right
	}
	return "`" + strings.ReplaceAll(right, "|", "` or `") + "`"
}

// TestTablesAreInTheDocument compares; with MESHC_UPDATE it writes.
func TestTablesAreInTheDocument(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "permissions.md")
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(old)
	for name, table := range map[string]string{"commands": markdown(), "requests": requestTable()} {
		begin, end := "<!-- "+name+": test/auth writes this table -->\n", "<!-- end -->"
		head, rest, ok := strings.Cut(text, begin)
		_, tail, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the table of %s", file, name)
		}
		text = head + begin + table + end + tail
	}
	switch {
	case text == string(old):
	case os.Getenv("MESHC_UPDATE") == "":
		t.Errorf("%s does not have the tested tables; run with MESHC_UPDATE=1", file)
	default:
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
