package format_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/meshc/meshc/compiler/format"
)

// FuzzFormat holds the formatter to its laws: it never makes what it has to refuse
// itself, and its form has itself as form.
func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"testdata/*.txtar", "../testdata/*.txtar"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatal("no seeds", err)
		}
		for _, path := range paths {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				f.Fatal(err)
			}
			for _, file := range archive.Files {
				if filepath.Ext(file.Name) == ".yaml" {
					f.Add(file.Data)
					f.Add(bytes.ReplaceAll(file.Data, []byte("\n"), []byte("\r\n")))
					f.Add(bytes.TrimSuffix(file.Data, []byte("\n")))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		once, list, err := format.File("m.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		if list.HasErrors() {
			return
		}
		twice, list, err := format.File("m.yaml", once)
		if err != nil || list.HasErrors() {
			t.Fatal(err, list)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("not the same again:\n%s\nthen:\n%s", once, twice)
		}
	})
}
