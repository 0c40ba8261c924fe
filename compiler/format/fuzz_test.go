package format_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/format"
	"github.com/meshc/meshc/compiler/meshtest"
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
	for seed := range 100 {
		f.Add([]byte(meshtest.Files().Example(seed).Text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) <= 1<<14 {
			lawful(t, data)
		}
	})
}

// TestFormatEdited does the same with meshes into which bits of YAML fell, most of
// them where nobody would write them: more of them can be read than of random bytes.
func TestFormatEdited(t *testing.T) {
	bits := []string{
		" ", "  ", "\n", "\n\n", "\t", " # c\n", "#", "- ", "-\n", ": ", "&a ", "*a ", "!!str ", "|\n", ">+\n", "|1-\n", "'", "\"", "[", "]", "{", "}", ", ", "? ", "\r", "\r\n",
		"\u2028", "\u0085", "\u00a0", "---\n", "...\n", "\n---\n", "%YAML 1.1\n", "\\", "x", "~", "null", "\n  ", "\n# c\n", "a: b\n", "\n- a", "output: [x]\n", "jar: x\n", "[]", "{}", "\"\"",
	}
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		text := meshtest.Files().Draw(t, "file").Text
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			cut := min(len(text), at+rapid.SampledFrom([]int{0, 0, 0, 1, 2, 5}).Draw(t, "cut"))
			text = text[:at] + rapid.SampledFrom(bits).Draw(t, "bit") + text[cut:]
			if lawful(t, []byte(text)) {
				read++
			}
		}
	})
	t.Logf("%d files could be read", read)
}

// lawful formats twice, and tells whether the data could be read.
func lawful(t rapid.TB, data []byte) bool {
	once, list, err := format.File("m.yaml", data)
	if err != nil {
		t.Fatalf("%v\n%q", err, data)
	}
	if list.HasErrors() {
		return false
	}
	twice, list, err := format.File("m.yaml", once)
	if err != nil || list.HasErrors() {
		t.Fatal(err, list)
	}
	if !bytes.Equal(once, twice) {
		t.Fatalf("not the same again:\n%s\nthen:\n%s", once, twice)
	}
	return true
}
