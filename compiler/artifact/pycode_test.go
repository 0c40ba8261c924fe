package artifact

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

// pyFile writes a file of a name; entries are pairs of name and text for an archive.
func pyFile(t *testing.T, name string, entries ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	data := []byte(strings.Join(entries, ""))
	if filepath.Ext(name) != ".py" {
		var list []artifacttest.Entry
		for i := 0; i < len(entries); i += 2 {
			list = append(list, artifacttest.Entry{Name: entries[i], Data: []byte(entries[i+1])})
		}
		data = artifacttest.Zip(list...)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPythonCode(t *testing.T) {
	const class = "from pulsar import Function\nclass X(Function):\n  def process(self, a, b): pass\n"
	const needsBase = "class Y(Base):\n  pass\n"
	for name, c := range map[string]struct {
		path    string
		classes map[string]string
		list    string
	}{
		"a module": {pyFile(t, "mod.py", class), map[string]string{
			"mod.X": "yes class process=yes", "mod.Z": "yes none process=no", "other.X": "no", "pkg.mod.X": "no", "mod": "yes none process=no",
		}, "mod.X"},
		"a module's function": {pyFile(t, "mod.py", "def process(input): return input\n"), map[string]string{"mod": "yes function process=unknown"}, ""},
		"a zip": {pyFile(t, "fn.zip", "fn/src/mod.py", class, "fn/src/pkg/__init__.py", class, "fn/src/pkg/sub.py", class, "top.py", class), map[string]string{
			"mod.X": "yes class process=yes", "pkg.X": "yes class process=yes", "pkg.sub.X": "yes class process=yes", "top.X": "yes class process=yes", "sub.X": "no",
		}, "mod.X pkg.X pkg.sub.X top.X"},
		"a zip of another name": {pyFile(t, "gn.zip", "fn/src/mod.py", class), map[string]string{"mod.X": "no"}, "fn.src.mod.X"},
		"a zip with wheels":     {pyFile(t, "fn.zip", "fn/src/mod.py", class, "fn/deps/x.whl", ""), map[string]string{"mod.X": "yes class process=yes", "x.X": "unknown"}, ""},
		"a zip with needs":      {pyFile(t, "fn.zip", "fn/src/mod.py", class, "fn/requirements.txt", "x"), map[string]string{"x.X": "unknown"}, ""},
		"compiled":              {pyFile(t, "fn.zip", "fn/src/mod.cpython-311-x86_64-linux-gnu.so", ""), map[string]string{"mod.X": "unknown", "mo.X": "no"}, ""},
		"a wheel": {pyFile(t, "fn-1.0-py3-none-any.whl", "mod.py", class, "fn-1.0-py3-none-any/src/not.py", class), map[string]string{
			"mod.X": "yes class process=yes", "not.X": "no",
		}, ""},
		"bases in other modules": {pyFile(t, "fn.whl", "pkg/__init__.py", "", "pkg/base.py", class+"class Base(X): pass\n",
			"pkg/a.py", "from .base import Base\n"+needsBase, "pkg/b.py", "from . import base\nclass Y(base.Base): pass\n",
			"pkg/c.py", "from pkg.base import X as Base\n"+needsBase, "pkg/d.py", "import pkg.base\nclass Y(pkg.base.Base): pass\n",
			"pkg/e.py", "from elsewhere import Base\n"+needsBase, "pkg/f.py", "from .base import Base as Y\n",
			"pkg/g.py", "from pulsar import Function as Base\n"+needsBase, "pkg/in/__init__.py", "from ..base import Base\n"+needsBase,
			"pkg/h.py", "from .g import Y as Base\n"+needsBase, "pkg/i.py", "from .i import Y\n", "pkg/j.py", "from ....base import Base\n"+needsBase,
		), map[string]string{
			"pkg.a.Y": "yes class process=yes", "pkg.b.Y": "yes class process=yes", "pkg.c.Y": "yes class process=yes", "pkg.d.Y": "yes class process=yes",
			"pkg.e.Y": "yes class process=unknown", "pkg.f.Y": "yes class process=yes", "pkg.g.Y": "yes class process=no", "pkg.in.Y": "yes class process=yes",
			"pkg.h.Y": "yes class process=no", "pkg.i.Y": "yes unknown process=unknown", "pkg.j.Y": "yes class process=unknown",
		}, ""},
		"no text": {pyFile(t, "fn.whl", "mod.py", "\x00"), map[string]string{"mod.X": "yes: it is not text"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, err := OpenPython(c.path)
			if err != nil {
				t.Fatal(err)
			}
			defer code.Close()
			for class, want := range c.classes {
				f, err := code.Class(class)
				got := f.Found.String()
				switch {
				case err != nil:
					got += ": " + err.Error()
				case f.Found == Yes:
					got += fmt.Sprintf(" %s process=%s", f.Kind, f.Process)
				}
				if got != want {
					t.Errorf("%s: %s, want %s", class, got, want)
				}
			}
			if got := code.Functions(); c.list != "" && !slices.Equal(got, strings.Fields(c.list)) {
				t.Errorf("functions: %q", got)
			}
			if got := code.Folder(); (got == "fn") != (name == "a zip of another name") {
				t.Errorf("folder: %q", got)
			}
		})
	}
	for _, name := range []string{"x.zip", "x.whl"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenPython(path); err == nil {
			t.Errorf("%s is opened", name)
		}
	}
}

// Bases that branch through many modules end with an answer.
func TestPythonImports(t *testing.T) {
	var entries []string
	for i := range 200 {
		var head, bases []string
		for k := range 20 {
			head = append(head, fmt.Sprintf("from m%d import C as B%d", (i*7+k+1)%200, k))
			bases = append(bases, fmt.Sprintf("B%d", k))
		}
		entries = append(entries, fmt.Sprintf("m%d.py", i), strings.Join(head, "\n")+"\nclass C("+strings.Join(bases, ", ")+"): pass\n")
	}
	code, err := OpenPython(pyFile(t, "x.whl", entries...))
	if err != nil {
		t.Fatal(err)
	}
	defer code.Close()
	bounded(t, func() {
		if f, err := code.Class("m0.C"); err != nil || f.Process != Unknown {
			t.Errorf("%+v, %v", f, err)
		}
		if got := code.Functions(); len(got) != 0 {
			t.Errorf("functions: %q", got)
		}
	})
}
