package human_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// golden compares got with a section of a txtar file; MESHC_UPDATE=1 rewrites it.
func golden(t *testing.T, file, section, got string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if archive == nil {
		archive = &txtar.Archive{}
	}
	if got != "" && !strings.HasSuffix(got, "\n") {
		t.Errorf("%s does not end with a line break: %q", section, got)
	}
	for i, f := range archive.Files {
		if f.Name != section {
			continue
		}
		if string(f.Data) == got {
			return
		}
		if os.Getenv("MESHC_UPDATE") == "" {
			t.Errorf("%s, section %s\n--- got ---\n%s--- want ---\n%s", file, section, got, f.Data)
			return
		}
		archive.Files[i].Data = []byte(got)
		write(t, file, archive)
		return
	}
	if os.Getenv("MESHC_UPDATE") == "" {
		t.Errorf("%s has no section %s; got\n%s", file, section, got)
		return
	}
	archive.Files = append(archive.Files, txtar.File{Name: section, Data: []byte(got)})
	write(t, file, archive)
}

func write(t *testing.T, file string, a *txtar.Archive) {
	t.Helper()
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
