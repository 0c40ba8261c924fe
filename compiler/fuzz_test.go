package compiler_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
)

// FuzzCompile holds the whole compiler to its laws: no panic, findings in order
// and each once, and every error with a place that lies in the file. What was read is
// written for other tools, and converted if it is one of theirs.
func FuzzCompile(f *testing.F) {
	for _, path := range archives(f) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".yaml" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		r := compiler.Compile([]compiler.Input{{Name: "m.yaml", Data: data}}, compiler.Options{})
		if got, want := len(r.Findings.Sorted()), len(r.Findings); got != want {
			t.Errorf("%d findings, %d different ones", want, got)
		}
		lines := strings.Split(string(r.Sources["m.yaml"]), "\n")
		for _, d := range r.Findings {
			if d.Code == diag.UnreadableFile || d.Span.Start == (diag.Pos{}) {
				continue
			}
			if p := d.Span.Start; p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
				t.Errorf("%s %s: not in the file", d.Span, d.Code)
			}
			if d.Detail == "" || strings.Contains(d.Detail, "\n") {
				t.Errorf("%s %s: detail %q", d.Span, d.Code, d.Detail)
			}
		}
		if len(r.Units) == 0 && !r.Findings.HasErrors() {
			t.Error("no mesh and nothing said about it")
		}
		if _, err := compiler.Convert([]compiler.Input{{Name: "m.yaml", Data: data}}, ""); err != nil {
			t.Error(err)
		}
		for _, target := range compiler.Targets() {
			var meshes []*mesh.Mesh
			for _, u := range r.Units {
				meshes = append(meshes, u.Mesh)
			}
			if _, _, err := compiler.Build(meshes, target, compiler.BuildOptions{}); err != nil {
				t.Error(err)
			}
		}
		for _, u := range r.Units {
			if len(u.Graph.Order()) != len(u.Mesh.Nodes) {
				t.Error("the order does not hold all nodes")
			}
		}
	})
}
