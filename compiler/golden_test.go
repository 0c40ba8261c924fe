package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
)

// Each archive holds mesh files (*.yaml at the top), other files that they name
// (jars as lists of classes, as artifacttest.FromText reads them),
// and what is expected: out/findings, and out/mesh and out/graph where they tell
// more. The comment says what the case is about; a line "need code" in it
// compiles as plan and apply do, and lines "overlay FILE", "set PATH=VALUE" and
// "env NAME=VALUE" say what is put into the meshes. Cases are parts of meshes, so
// that outputs that nobody reads are told of only with a line "unread outputs".
// Lines "target kubernetes", "components" and "operator VERSION" say where they run.
// A line "build TARGET" writes the meshes for another tool into out/built, and
// "convert" or "convert NAME" makes mesh files of others, in out/converted.
// MESHC_UPDATE=1 rewrites the expectations.
func TestGolden(t *testing.T) {
	for _, path := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			result := compileArchive(t, archive, func(b []byte) []byte { return b })
			got := written(t, archive, &result)
			got["out/findings"] = findingsText(result.Findings)
			got["out/mesh"], got["out/graph"] = meshText(result), graphText(result)
			if os.Getenv("MESHC_UPDATE") != "" {
				update(t, path, archive, got)
				return
			}
			for _, f := range archive.Files {
				if want, ok := got[f.Name]; ok {
					if diff := cmp.Diff(string(f.Data), want); diff != "" {
						t.Errorf("%s (-want +got):\n%s", f.Name, diff)
					}
				}
			}
		})
	}
}

// Lines may end as on Windows: nothing changes, no place and no word.
func TestGoldenWithCRLF(t *testing.T) {
	for _, path := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			result := compileArchive(t, archive, func(b []byte) []byte {
				return []byte(strings.ReplaceAll(string(b), "\n", "\r\n"))
			})
			written(t, archive, &result)
			for _, f := range archive.Files {
				if f.Name == "out/findings" {
					if diff := cmp.Diff(string(f.Data), findingsText(result.Findings)); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}

// Every code that the compiler can report has a case that shows it.
func TestEveryCodeHasACase(t *testing.T) {
	shown := map[diag.Code]bool{}
	for _, path := range archives(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range diag.Catalogue() {
			if strings.Contains(string(data), "["+string(e.Code)+"]") {
				shown[e.Code] = true
			}
		}
	}
	for _, e := range diag.Catalogue() {
		if (e.Code < "MC5" || e.Code > "MC6") && e.Code != diag.UnreadableFile && !shown[e.Code] {
			t.Errorf("no case in testdata shows %s (%s)", e.Code, e.Summary)
		}
	}
}

func archives(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for i := range paths {
		if paths[i], err = filepath.Abs(paths[i]); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func compileArchive(t *testing.T, archive *txtar.Archive, change func([]byte) []byte) compiler.Result {
	t.Helper()
	t.Chdir(t.TempDir())
	var args, overlays []string
	env := map[string]string{}
	unread := false
	opts := compiler.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	for line := range strings.SplitSeq(string(archive.Comment), "\n") {
		switch word, rest, _ := strings.Cut(line, " "); word {
		case "need":
			opts.NeedCode = opts.NeedCode || line == "need code"
		case "unread":
			unread = line == "unread outputs"
		case "overlay":
			overlays = append(overlays, rest)
		case "set":
			opts.Set = append(opts.Set, rest)
		case "target":
			opts.Target = compiler.Target(rest)
		case "components":
			opts.Components = line == "components"
		case "operator":
			f, err := operator.OfVersion(rest)
			if err != nil {
				t.Fatal(err)
			}
			opts.Operator = f
		case "env":
			name, value, _ := strings.Cut(rest, "=")
			env[name] = value
		}
	}
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "out/") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		data := change(f.Data)
		if jar, ok := artifacttest.FromText(data); ok && (filepath.Ext(f.Name) == ".jar" || filepath.Ext(f.Name) == ".nar") {
			data = jar
		}
		if err := os.WriteFile(f.Name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if filepath.Dir(f.Name) == "." && filepath.Ext(f.Name) == ".yaml" && !slices.Contains(overlays, f.Name) {
			args = append(args, f.Name)
		}
	}
	inputs, list := compiler.Read(args, nil, overlays...)
	over, more := compiler.ReadOverlays(overlays)
	opts.Overlays = over
	result := compiler.Compile(inputs, opts)
	result.Findings = slices.Concat(list, more, result.Findings)
	if !unread {
		result.Findings = slices.DeleteFunc(result.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.UnreadOutput })
	}
	return result
}

// written does what the comment of an archive asks for beside compiling.
func written(t *testing.T, archive *txtar.Archive, result *compiler.Result) map[string]string {
	t.Helper()
	got := map[string]string{}
	for line := range strings.Lines(string(archive.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "build":
			var meshes []*mesh.Mesh
			for _, u := range result.Units {
				meshes = append(meshes, u.Mesh)
			}
			files, found, err := compiler.Build(meshes, rest, compiler.BuildOptions{})
			if err != nil {
				t.Fatal(err)
			}
			result.Findings = append(result.Findings, found...)
			got["out/built"] = string(compiler.Join(files))
		case "convert":
			var args []string
			for _, f := range archive.Files {
				if !strings.HasPrefix(f.Name, "out/") {
					args = append(args, f.Name)
				}
			}
			inputs, _ := compiler.Read(args, nil)
			converted, err := compiler.Convert(inputs, rest)
			if err != nil {
				t.Fatal(err)
			}
			result.Findings = converted.Findings
			got["out/converted"] = string(compiler.Join(converted.Files))
		}
	}
	return got
}

func update(t *testing.T, path string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	for i, f := range archive.Files {
		if text, ok := got[f.Name]; ok {
			archive.Files[i].Data = []byte(text)
		}
	}
	if !slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == "out/findings" }) {
		archive.Files = append(archive.Files, txtar.File{Name: "out/findings", Data: []byte(got["out/findings"])})
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func findingsText(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		end := fmt.Sprint(d.Span.End.Column)
		if d.Span.End.Line != d.Span.Start.Line {
			end = fmt.Sprintf("%d:%d", d.Span.End.Line, d.Span.End.Column)
		}
		fmt.Fprintf(&b, "%s[%s] %s-%s\n  %s\n", d.Severity, d.Code, d.Span, end, d.Detail)
		for _, h := range d.Hints {
			fmt.Fprintf(&b, "  = %s\n", strings.ReplaceAll(h, "\n", "\n  | "))
		}
		for _, r := range d.Related {
			fmt.Fprintf(&b, "  @ %s %s\n", r.Span, r.Note)
		}
	}
	return b.String()
}
