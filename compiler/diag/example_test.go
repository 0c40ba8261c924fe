package diag_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/lower"
	"github.com/meshc/meshc/planner/state"
)

// The code files that examples name without having them.
var (
	wordsPy  = "class Split:\n    def process(self, input, context):\n        return input\n\n\nclass Count(Split):\n    def process(self, input, context):\n        return input\n\n\nclass Helper:\n    pass\n"
	wordsJar = "classes\norg.example.Split\norg.example.Count\n"
)

// TestExamples compiles each example, and plans those of plan codes against a
// cluster in memory: the wrong file has findings of its code only, the right none.
func TestExamples(t *testing.T) {
	for _, entry := range diag.Catalogue() {
		t.Run(string(entry.Code), func(t *testing.T) {
			e, ok := entry.Code.Example()
			if !ok {
				t.Fatalf("%s has no example: add compiler/diag/examples/%s.txtar", entry.Code, entry.Code)
			}
			if e.Wrong == "" || e.Right == "" {
				t.Fatal("the example lacks wrong.yaml or right.yaml")
			}
			if list := run(t, entry.Code, e, e.Right); len(list) > 0 {
				t.Errorf("the right file has findings: %+v", list)
			}
			if e.NotCompiled != "" {
				return
			}
			list := run(t, entry.Code, e, e.Wrong)
			if len(list) == 0 {
				t.Error("the wrong file has no finding")
			}
			for _, d := range list {
				if d.Code != entry.Code {
					t.Errorf("the wrong file has another finding: %s [%s] %s", d.Span, d.Code, d.Detail)
				}
			}
		})
	}
}

// TestEveryExampleHasACode finds archives whose code is gone or misspelt.
func TestEveryExampleHasACode(t *testing.T) {
	files, err := filepath.Glob("examples/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name, ok := strings.CutSuffix(filepath.Base(file), ".txtar"); !ok || !diag.Code(name).Known() {
			t.Errorf("%s is the example of no code", file)
		}
	}
}

func run(t *testing.T, code diag.Code, e diag.Example, mesh string) diag.List {
	t.Helper()
	list := runAll(t, code, e, mesh)
	if code != diag.UnreadOutput {
		// Examples are parts of meshes: who reads what they write is not shown.
		list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Code == diag.UnreadOutput })
	}
	return list
}

func runAll(t *testing.T, code diag.Code, e diag.Example, mesh string) diag.List {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "words.py", wordsPy)
	write(t, "words.jar", wordsJar)
	for name, text := range e.Others {
		write(t, name, text)
	}
	result := compile(mesh)
	if base, ok := e.Others["base.yaml"]; ok {
		overlays := []compiler.Input{{Name: "overlay.yaml", Data: []byte(mesh)}}
		result = compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(base)}}, compiler.Options{Overlays: overlays})
	}
	if !strings.HasPrefix(string(code), "MC5") || result.Findings.HasErrors() {
		return result.Findings
	}
	return append(result.Findings, plan(t, code, e.Others["before.yaml"], mesh, result.Units)...)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	data := []byte(text)
	if jar, ok := artifacttest.FromText(data); ok {
		data = jar
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// compile takes the flag of a first line "# meshc validate --set PATH=VALUE" or
// "# meshc build --to TARGET".
func compile(mesh string) compiler.Result {
	var opts compiler.Options
	target := ""
	if line, _, _ := strings.Cut(mesh, "\n"); strings.HasPrefix(line, "# meshc ") {
		if _, set, ok := strings.Cut(line, " --set "); ok {
			opts.Set = []string{set}
		}
		_, target, _ = strings.Cut(line, " --to ")
	}
	result := compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(mesh)}}, opts)
	if target != "" {
		_, found, err := compiler.Build(meshes(result.Units), target, compiler.BuildOptions{})
		if err != nil {
			panic(err)
		}
		result.Findings = append(result.Findings, found...)
	}
	return result
}

func meshes(units []compiler.Unit) (out []*mesh.Mesh) {
	for _, u := range units {
		out = append(out, u.Mesh)
	}
	return out
}

// plan plans meshes for a cluster that has what the example's note says, and what
// the mesh file before made.
func plan(t *testing.T, code diag.Code, before, mesh string, units []compiler.Unit) (found diag.List) {
	t.Helper()
	cluster := memory.New(native.Rules{})
	cluster.Put(&state.Namespace{Name: "public/default"})
	cluster.Put(&state.Topic{Name: "persistent://public/default/sentences"})
	switch code {
	case diag.NotOurs:
		cluster.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "split"})
	case diag.AdoptAsItIs:
		cluster.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "split",
			Fields: map[string]any{"inputs": []any{"persistent://public/default/sentences"}, "subscriptionPosition": "Latest"}})
	case diag.SchemaMissing:
		cluster.SetFacts(state.TopicAddr("persistent://public/default/sentences"), state.Facts{Active: true})
	case diag.BeingDeleted:
		cluster.SetFacts(state.ComponentAddr(state.KindFunction, "public", "default", "split"), state.Facts{Leaving: "Function word-count-split is being deleted"})
	case diag.NameTaken:
		cluster.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "split", OtherKind: "source"})
	}
	if before != "" {
		for _, u := range compile(before).Units {
			p, list, err := planner.Make(context.Background(), cluster, "memory", u, planner.Options{})
			if err != nil || list.HasErrors() {
				t.Fatalf("the mesh before cannot be planned: %v, %+v", err, list)
			}
			if _, err := planner.Apply(context.Background(), cluster, p, apply.Options{}); err != nil {
				t.Fatalf("the mesh before cannot be applied: %v", err)
			}
		}
	}
	if code == diag.NoPulsar || code == diag.ResourceTooLarge {
		return resources(t, mesh, units)
	}
	for _, u := range units {
		_, list, err := planner.Make(context.Background(), cluster, "memory", u, planner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, list...)
	}
	return found
}

// resources makes resources of meshes, with a connection to Pulsar where the first
// line names one.
func resources(t *testing.T, text string, units []compiler.Unit) (found diag.List) {
	t.Helper()
	var opts kubernetes.Options
	if line, _, _ := strings.Cut(text, "\n"); strings.Contains(line, " --admin-url ") {
		opts.Pulsar = native.NewPulsar(nil, conn.Settings{})
		opts.Components = strings.Contains(line, " --components ")
	}
	for _, u := range units {
		want, err := lower.State(u.Mesh, lower.Options{Packages: true})
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, kubernetes.New(nil, opts).Shape(u.Mesh, want)...)
	}
	return found
}
