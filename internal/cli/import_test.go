package cli

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// importable is a cluster that can be imported from.
type importable struct {
	*memory.Backend
	found  []backend.Found
	unseen []state.Kind
	code   map[string]string
}

func (i importable) Components(context.Context, string) ([]backend.Found, []state.Kind, error) {
	return i.found, i.unseen, nil
}

func (i importable) Code(_ context.Context, c backend.Found, w io.Writer) (string, error) {
	switch text := i.code[c.Name]; text {
	case "":
		return "", backend.ErrNoCode
	case "builtin":
		return "", backend.ErrBuiltinCode
	default:
		_, err := io.WriteString(w, text)
		return "hash of " + text, err
	}
}

func function(name, owner string, config map[string]any) backend.Found {
	all := map[string]any{"runtime": "JAVA", "className": "a.B", "inputSpecs": map[string]any{"persistent://public/default/in": map[string]any{}}}
	for k, v := range config {
		all[k] = v
	}
	return backend.Found{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: name, Owner: owner, Config: all, Topics: []string{"persistent://public/default/in"}}
}

// imported runs meshc import in a folder and returns what it says.
func imported(t *testing.T, b importable, args ...string) (out, said string, code int) {
	t.Helper()
	t.Chdir(t.TempDir())
	var stdout, stderr buffer
	f := NewFactory(append([]string{"import"}, args...), strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	f.Backend = func(string, backends.Settings) (backend.Backend, error) { return b, nil }
	code = f.Run()
	return stdout.String(), stderr.String(), code
}

func TestImportTellsWhatItCannotKnow(t *testing.T) {
	b := importable{Backend: memory.New(nil), unseen: []state.Kind{state.KindSource}, code: map[string]string{"split": "one", "tally": "one", "ready": "builtin", "clean": "def process(x):"},
		found: []backend.Found{
			function("split", "", nil), function("tally", "", nil), function("ready", "", nil), function("lost", "", nil),
			function("clean", "", map[string]any{"runtime": "PYTHON", "className": "words.Clean"}),
			function("theirs", "public/default/other", nil), function("mine", "public/default/m", map[string]any{"newer": 1.0}),
		}}
	_, said, code := imported(t, b, "--name", "m", "--out", "got/mesh.yaml")
	if code != 0 {
		t.Fatal(code, said)
	}
	for _, want := range []string{
		"Left out: sources, which these credentials may not list.", "Left out: function theirs belongs to mesh public/default/other.",
		"function ready: its code is builtin", "function lost: the cluster did not give its code out", "6 components written to got/mesh.yaml, 5 of them to adopt",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	text, err := os.ReadFile("got/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  # left out: newer, for which meshc has no field\n  - name: mine", "jar: builtin://unknown", "py: code/words.py", "jar: code/split.jar\n", "jar: code/lost.jar",
		"  # sha256:hash of one\n  - name: tally\n    className: a.B\n    jar: code/split.jar",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if files, _ := filepath.Glob("got/code/*"); len(files) != 2 {
		t.Errorf("files %v", files)
	}
}

func TestImportRefuses(t *testing.T) {
	b := importable{Backend: memory.New(nil), found: []backend.Found{function("theirs", "public/default/other", nil)}, code: map[string]string{"theirs": "one"}}
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"nobody"}, "no function, source or sink nobody"},
		{[]string{"theirs", "--name", "m"}, "--name other"},
		{[]string{"--name", "m"}, "belong to other meshes"},
	} {
		if out, said, code := imported(t, b, tt.args...); code != 1 || !strings.Contains(said, tt.says) || out != "" {
			t.Errorf("%v: %d %s", tt.args, code, said)
		}
	}
	// Without a name it is the mesh that it belongs to; without a folder nothing is downloaded.
	out, said, code := imported(t, b)
	if code != 0 || !strings.Contains(out, "name: other") || strings.Contains(out, "adopt") || !strings.Contains(said, "not downloaded") {
		t.Errorf("%d %s\n%s", code, said, out)
	}
	if left, _ := os.ReadDir("."); len(left) != 0 {
		t.Errorf("files %v", left)
	}
}

// Files of the user's are never overwritten.
func TestImportKeepsFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("f.jar"), []byte("the user's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(at("f"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("f/f.jar"), []byte("this too"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := importable{Backend: memory.New(nil), found: []backend.Found{function("f", "", nil)}, code: map[string]string{"f": "code"}}
	if _, said, code := imported(t, b, "--code", dir); code != 1 || !strings.Contains(said, "with something else in it") {
		t.Errorf("%d %s", code, said)
	}
	for name, want := range map[string]string{"f.jar": "the user's", "f/f.jar": "this too"} {
		if text, err := os.ReadFile(at(name)); err != nil || string(text) != want {
			t.Errorf("%s is %q, %v", name, text, err)
		}
	}
}

func TestNamesOfCodeFiles(t *testing.T) {
	dir := t.TempDir()
	archive := func(name, entry string) string {
		path := filepath.Join(dir, name)
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(file)
		if _, err := z.Create(entry); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		return path
	}
	for _, tt := range []struct{ name, class, key, code, want string }{
		{"f", "a.B", "jar", archive("1", "a/B.class"), "f.jar"},
		{"a:b", "a.B", "archive", archive("2", "META-INF/bundled-dependencies/x.jar"), "a_b.nar"},
		{"f", "words.Clean", "py", "", "words.py"},
		{"f", "clean", "py", "", "clean.py"},
		{"f", "../x.Clean", "py", "", "_x.py"},
		{"f", "words.Clean", "py", archive("3", "words/__init__.py"), "f.zip"},
		{"f", "words.Clean", "py", archive("4", "words-1.dist-info/RECORD"), "f.whl"},
		{"..", "", "go", "", "_.."},
	} {
		if got := fileFor(backend.Found{Name: tt.name, Config: map[string]any{"className": tt.class}}, tt.key, tt.code); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}
