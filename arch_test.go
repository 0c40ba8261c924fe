// Package arch_test holds the house rules that a compiler does not check: who
// may import whom, and what go.mod may hold.
package arch_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/meshc/meshc/"

// room is a row of the import table. The first row whose path matches a package
// is the package's row.
type room struct {
	// path is a folder pattern as path.Match takes it; a trailing /... takes all below as well.
	path string
	// inside are the folder patterns of this module that may be imported.
	inside []string
	// outside are the modules or packages of others that may be imported, by prefix.
	outside []string
	// oneFile tells that each outside import may appear in one file only.
	oneFile bool
	// why is shown when the row is broken.
	why string
}

var planning = []string{"compiler/diag", "compiler/mesh", "compiler/graph", "schema/fields"}

var table = []room{
	{path: "schema/fields", why: "the table of fields is data"},
	{path: "compiler/diag", why: "findings are the leaf that all else stands on"},
	{path: "schema", inside: []string{"schema/fields"}},
	{path: "schema/*", inside: []string{"schema", "schema/fields"}},
	{path: "compiler/syntax", inside: []string{"compiler/diag"}, outside: []string{"gopkg.in/yaml.v3"}, oneFile: true, why: "one file meets yaml.v3"},
	{path: "compiler/load", inside: []string{"compiler/diag", "compiler/syntax", "schema", "schema/fields"}},
	{path: "compiler/check", inside: []string{"compiler/diag", "compiler/syntax", "schema", "schema/fields"}, outside: []string{"github.com/xeipuuv/gojsonschema"}, oneFile: true, why: "one file meets gojsonschema"},
	{path: "compiler/artifact/*", why: "class files, and those that tests make, stand alone"},
	{path: "compiler/artifact", inside: []string{"compiler/artifact/classfile", "compiler/diag", "compiler/syntax"}, why: "facts about code files need no mesh"},
	{path: "compiler/format", inside: []string{"compiler/diag", "compiler/syntax", "schema/fields"}, why: "the form of a file does not depend on what it means"},
	{path: "compiler/meshtest", inside: []string{"schema/fields"}, outside: []string{"pgregory.net/rapid"}, why: "meshes for tests come from the table alone"},
	{path: "compiler/meshtest/valid", inside: []string{"compiler/syntax", "schema/fields"}, outside: []string{"pgregory.net/rapid"}, why: "meshes for tests"},
	{path: "compiler/mesh", inside: []string{"compiler/diag", "schema/fields"}, why: "nothing after resolve sees YAML"},
	{path: "compiler/foreign", inside: []string{"compiler/diag", "compiler/syntax", "compiler/mesh", "schema", "schema/fields"}, why: "other tools' files become trees of ours before anything looks at them"},
	{path: "compiler/foreign/functionmesh/operator", inside: []string{"compiler/diag", "compiler/syntax", "schema/fields"}, why: "what an operator takes does not depend on where it comes from"},
	{path: "compiler/foreign/functionmesh", inside: []string{"compiler/foreign", "compiler/foreign/functionmesh/operator", "compiler/diag", "compiler/syntax", "compiler/mesh", "schema", "schema/fields"}, why: "a dialect knows no other dialect"},
	{path: "compiler/foreign/*", inside: []string{"compiler/foreign", "compiler/diag", "compiler/syntax", "compiler/mesh", "schema", "schema/fields"}, why: "a dialect knows no other dialect"},
	{path: "compiler/resolve", inside: []string{"compiler/diag", "compiler/syntax", "compiler/mesh", "compiler/artifact", "schema", "schema/fields"}},
	{path: "compiler/graph", inside: []string{"compiler/diag", "compiler/mesh"}, outside: []string{"github.com/dominikbraun/graph"}, oneFile: true, why: "one file meets dominikbraun/graph"},
	{path: "compiler/lint", inside: []string{"compiler/diag", "compiler/mesh", "compiler/graph", "schema", "schema/fields"}},
	{path: "compiler/lint/rules/worker", inside: []string{"compiler/lint", "compiler/diag", "compiler/mesh", "schema/fields"}, why: "a component is judged by itself"},
	{path: "compiler/lint/...", inside: []string{"compiler/lint", "compiler/lint/rules/worker", "compiler/diag", "compiler/mesh", "compiler/graph", "schema", "schema/fields"}},
	{path: "compiler", inside: []string{"compiler/...", "schema/..."}},

	{path: "planner/state", inside: planning},
	{path: "planner/lower", inside: slices.Concat(planning, []string{"planner/state"})},
	{path: "planner/diff", inside: slices.Concat(planning, []string{"planner/state"})},
	{path: "planner/plan", inside: slices.Concat(planning, []string{"planner/state", "planner/diff"})},
	{path: "planner/backend", inside: slices.Concat(planning, []string{"planner/state", "planner/diff", "planner/plan"})},
	{path: "planner/apply", inside: slices.Concat(planning, []string{"planner/state", "planner/diff", "planner/plan", "planner/backend"}), outside: []string{"golang.org/x/sync"}, why: "the engine knows the contract, no backend"},
	{path: "planner/record", inside: slices.Concat(planning, []string{"planner/state", "planner/diff", "planner/plan", "planner/backend", "planner/apply"}), outside: []string{"github.com/klauspost/compress/zstd"}, why: "what is remembered knows no place where it is kept"},
	{path: "planner/record/recordtest", inside: slices.Concat(planning, []string{"planner/state", "planner/plan", "planner/record"}), outside: []string{"github.com/google/go-cmp"}, why: "the suite knows the contract, no store"},
	{path: "planner", inside: []string{"planner/...", "compiler/...", "schema/fields"}},

	{path: "backends/memory", inside: slices.Concat(planning, []string{"planner/*"}), why: "a backend knows the planner's stages, never another backend"},
	{path: "backends/native/conn", outside: []string{"golang.org/x/oauth2"}, why: "credentials are handled in one place"},
	{path: "backends/native/wire", outside: []string{"google.golang.org/protobuf/encoding/protowire"}, why: "the binary protocol needs no mesh and no settings"},
	{path: "backends/native/lock", inside: []string{"backends/native/conn", "backends/native/wire"}, why: "a lock knows no mesh, so that all that changes meshes can use it"},
	{path: "backends/native/manager", inside: slices.Concat(planning, []string{"planner/record", "planner/plan", "planner/state", "backends/native/admin", "backends/native/conn", "backends/native/lock", "backends/native/wire"}), outside: []string{"golang.org/x/sync", "github.com/klauspost/compress/zstd"}, why: "records know no components, and no client library has a say in where credentials go"},
	{path: "backends/native/coordinate", inside: []string{"backends/native/admin", "backends/native/conn", "backends/native/lock", "backends/native/wire"}, why: "who leads knows no mesh"},
	{path: "backends/native/admin", inside: []string{"backends/native/conn"}, outside: []string{"github.com/apache/pulsar-client-go/pulsaradmin", "github.com/sirupsen/logrus"}, why: "pulsaradmin's types stop here"},
	{path: "backends/native/notice", inside: []string{"backends/native/admin", "backends/native/conn", "backends/native/lock", "backends/native/wire"}, outside: []string{"google.golang.org/protobuf/encoding/protowire", "github.com/pierrec/lz4/v4"}, why: "who is told of components needs no mesh"},
	{path: "backends/native", inside: slices.Concat(planning, []string{"planner/*", "backends/native/..."}), outside: []string{"golang.org/x/sync"}, why: "a backend knows the planner's stages, never another backend"},
	{path: "backends/kubernetes/kube", outside: []string{"k8s.io/client-go", "k8s.io/apimachinery", "github.com/go-json-experiment/json"}, why: "client-go's types stop here, and this client knows no mesh"},
	{path: "backends/kubernetes/resource", inside: []string{"planner/state"}, outside: []string{"k8s.io/apimachinery/pkg/api/resource"}, why: "what a spec means needs no cluster"},
	{path: "backends/kubernetes/records", inside: []string{"planner/record", "compiler/mesh", "backends/kubernetes/kube"}, outside: []string{"golang.org/x/sync"}, why: "records know meshes by name alone"},
	{path: "backends/kubernetes", inside: slices.Concat(planning, []string{"planner/*", "backends/kubernetes/...", "backends/native", "compiler/foreign/functionmesh", "compiler/foreign/functionmesh/operator"}), outside: []string{"k8s.io/apimachinery", "golang.org/x/sync"}, why: "the Pulsar side of a mesh on Kubernetes is native's"},
	{path: "backends/backendtest", inside: []string{"planner/...", "planner", "compiler/...", "compiler"}, outside: []string{"github.com/google/go-cmp"}, why: "the suite knows the contract, no backend"},
	{path: "backends/move", inside: slices.Concat(planning, []string{"planner/*"}), why: "a move knows backends by their contract alone"},
	{path: "backends", inside: []string{"backends/...", "planner/backend", "planner/diff", "planner/record", "compiler/foreign/functionmesh/operator"}},

	{path: "internal/testserver/k8s/crds/gen", outside: []string{"gopkg.in/yaml.v3"}, why: "a table becomes files"},
	{path: "internal/testserver/k8s/operator", inside: []string{"internal/testserver/..."}, outside: []string{"k8s.io/apimachinery/pkg/api/resource"}, why: "servers for tests know nothing of what they test"},
	{path: "internal/testserver/...", inside: []string{"internal/testserver/..."}, why: "servers for tests know nothing of what they test"},
	{path: "internal/view/layered", why: "layouts know no medium and no mesh"},
	{path: "internal/view/...", inside: []string{"internal/view/...", "compiler/diag", "compiler/mesh", "compiler/graph", "planner/*"}, outside: []string{"golang.org/x/term", "golang.org/x/text"}, why: "views draw values; they never meet a backend"},
	{path: "internal/manager/reconcile", inside: []string{"compiler/diag", "compiler/mesh", "planner", "planner/..."}, outside: []string{"golang.org/x/sync"}, why: "what is done about drift does not depend on where meshes run"},
	{path: "internal/manager/api", inside: []string{"compiler/diag", "planner/plan", "planner/record"}, why: "what goes over the wire knows neither end"},
	{path: "internal/manager/client", inside: []string{"internal/manager/api", "compiler", "compiler/...", "planner", "planner/...", "backends"}, why: "who asks a manager does not contain one"},
	{path: "internal/manager/tracing", outside: []string{"go.opentelemetry.io/otel"}, why: "OpenTelemetry's types stop here, and traces know no mesh"},
	{path: "internal/manager", inside: []string{"internal/manager/...", "compiler/...", "planner/...", "backends", "schema/..."}, outside: []string{"github.com/prometheus/client_golang"}, why: "the service reaches clusters as the command line does"},
	{path: "internal/cli/...", inside: []string{"internal/cli/...", "internal/manager", "internal/manager/...", "internal/view/...", "compiler/...", "planner/...", "backends", "schema/..."}, outside: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/rogpeppe/go-internal/diff", "golang.org/x/term"}},
	{path: "cmd/meshc", inside: []string{"internal/cli"}},
	{path: "test/harness", inside: []string{"compiler/...", "planner/...", "backends/...", "internal/testserver/..."}, outside: []string{"github.com/apache/pulsar-client-go/pulsar"}, why: "tests run meshes the way the commands do"},
	{path: "test/move", inside: []string{"internal/testserver/...", "test/harness"}, outside: []string{"github.com/apache/pulsar-client-go/pulsar"}, why: "it drives the program"},
	{path: "test/...", inside: []string{"internal/testserver/...", "test/..."}, outside: []string{"github.com/apache/pulsar-client-go/pulsar"}},
}

func TestImports(t *testing.T) {
	users := map[string]map[string]bool{}
	packages := 0
	for dir, files := range sources(t) {
		packages++
		row, ok := rowOf(dir)
		if !ok {
			t.Errorf("%s has no row in the import table", dir)
			continue
		}
		for file, imports := range files {
			for _, imp := range imports {
				switch {
				case strings.HasPrefix(imp, module):
					if !matchAny(row.inside, strings.TrimPrefix(imp, module)) {
						t.Errorf("%s imports %s, which the row %q does not allow: %s", file, imp, row.path, row.why)
					}
				case !strings.Contains(strings.Split(imp, "/")[0], "."):
					// The standard library is open to all.
				case !hasPrefix(row.outside, imp):
					t.Errorf("%s imports %s, which the row %q does not allow: %s", file, imp, row.path, row.why)
				case row.oneFile:
					if users[imp] == nil {
						users[imp] = map[string]bool{}
					}
					users[imp][file] = true
				}
			}
		}
	}
	for imp, files := range users {
		if len(files) > 1 {
			t.Errorf("%s is imported by %d files, it may be met in one only", imp, len(files))
		}
	}
	t.Logf("checked %d packages against %d rows", packages, len(table))
}

// TestTheTableCanFail makes sure that a wrong import is seen.
func TestTheTableCanFail(t *testing.T) {
	row, _ := rowOf("planner/apply")
	if matchAny(row.inside, "backends/native") || matchAny(row.inside, "planner") {
		t.Error("planner/apply may import a backend or the planner")
	}
	row, _ = rowOf("internal/view/human")
	if matchAny(row.inside, "backends/native") || matchAny(row.inside, "planner") {
		t.Error("views may import a backend or the planner")
	}
	if _, ok := rowOf("planner/unheard"); ok {
		t.Error("an unknown room has a row")
	}
}

// TestNoReplace: a replace line breaks `go install module@version`.
func TestNoReplace(t *testing.T) {
	data, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "replace") {
			t.Errorf("go.mod: %s", line)
		}
	}
}

// TestFilesAreShort: what does not fit in 500 lines is more than one thing.
func TestFilesAreShort(t *testing.T) {
	for _, files := range sources(t) {
		for file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(data), "\n"); n > 500 {
				t.Errorf("%s has %d lines", file, n)
			}
		}
	}
}

// sources returns the imports of all files but tests, by folder and file.
func sources(t *testing.T) map[string]map[string][]string {
	t.Helper()
	out := map[string]map[string][]string{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || name == "target" || name == "examples" || strings.HasPrefix(name, ".") && name != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(file))
		if out[dir] == nil {
			out[dir] = map[string][]string{}
		}
		var imports []string
		for _, i := range f.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			imports = append(imports, p)
		}
		out[dir][filepath.ToSlash(file)] = imports
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rowOf(dir string) (room, bool) {
	for _, r := range table {
		if match(r.path, dir) {
			return r, true
		}
	}
	return room{}, false
}

func match(pattern, name string) bool {
	if base, all := strings.CutSuffix(pattern, "/..."); all {
		return name == base || strings.HasPrefix(name, base+"/")
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, name) })
}

func hasPrefix(prefixes []string, name string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return name == p || strings.HasPrefix(name, p+"/") })
}
