package format_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/meshc/meshc/compiler/format"
)

// TestFormat runs the archives in testdata: each NAME.yaml has its form in
// out/NAME.yaml. MESHC_UPDATE=1 rewrites the forms.
func TestFormat(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, forms := map[string]string{}, []txtar.File{}
		for _, f := range archive.Files {
			if strings.HasPrefix(f.Name, "out/") {
				want[f.Name] = string(f.Data)
			}
		}
		for _, f := range archive.Files {
			if strings.HasPrefix(f.Name, "out/") {
				continue
			}
			// Archives cannot hold a file whose last line does not end.
			data := f.Data
			if strings.HasPrefix(f.Name, "noend") {
				data = bytes.TrimSuffix(data, []byte("\n"))
			}
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+f.Name, func(t *testing.T) {
				got := form(t, data)
				forms = append(forms, f, txtar.File{Name: "out/" + f.Name, Data: []byte(got)})
				if diff := cmp.Diff(want["out/"+f.Name], got); diff != "" && os.Getenv("MESHC_UPDATE") == "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if again := form(t, []byte(got)); again != got {
					t.Errorf("formatted again (-once +twice):\n%s", cmp.Diff(got, again))
				}
			})
		}
		if os.Getenv("MESHC_UPDATE") != "" {
			archive.Files = forms
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func form(t *testing.T, data []byte) string {
	t.Helper()
	out, list, err := format.File("mesh.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	if list.HasErrors() {
		t.Fatal(list)
	}
	return string(out)
}
