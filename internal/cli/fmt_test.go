package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/format"
)

func TestFmtFlags(t *testing.T) {
	o, err := parse(t, newFmtCmd, "a.yaml", "-f", "b.yaml", "--check", "--diff")
	if err != nil {
		t.Fatal(err)
	}
	if got := o.input.all(o.args); !slices.Equal(got, []string{"a.yaml", "b.yaml"}) || !o.check || !o.diff {
		t.Errorf("%+v", o)
	}
	if o, err := parse(t, newFmtCmd); err != nil || o.check || o.diff {
		t.Errorf("%+v, %v", o, err)
	}
}

// runFmt runs meshc fmt and gives what it printed and its exit code.
func runFmt(t *testing.T, args ...string) (out, errs string, exit int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	f := NewFactory(append([]string{"fmt"}, args...), strings.NewReader(""), &stdout, &stderr, func(string) string { return "" })
	exit = f.Run()
	return stdout.String(), stderr.String(), exit
}

// A file that cannot be written is a failure that names it; the others are
// formatted, and nothing is left beside them.
func TestFmtCannotWrite(t *testing.T) {
	dir := t.TempDir()
	bad, good := filepath.Join(dir, "bad", "mesh.yaml"), filepath.Join(dir, "good.yaml")
	const wild = "functions: []\nname: m\n"
	if err := os.Mkdir(filepath.Dir(bad), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{bad, good} {
		if err := os.WriteFile(file, []byte(wild), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() != 0 {
		if err := os.Chmod(bad, 0o444); err != nil {
			t.Fatal(err)
		}
		out, errs, exit := runFmt(t, bad, good)
		if exit != exitFailure || !strings.Contains(errs, bad+" was not formatted") || out != good+"\n" {
			t.Errorf("exit %d\n%s%s", exit, out, errs)
		}
		if data, err := os.ReadFile(bad); err != nil || string(data) != wild {
			t.Errorf("%q %v", data, err)
		}
	}
	// The write fails in the middle, as on a full disk: what was there stays.
	full := errors.New("no space left")
	err := replaceFile(good, 0o644, func(w io.Writer) error {
		if _, err := w.Write([]byte("na")); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) {
		t.Error(err)
	}
	if data, err := os.ReadFile(good); err != nil || string(data) != wild && string(data) != "name: m\nfunctions: []\n" {
		t.Errorf("%q %v", data, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v %v", entries, err)
	}
}

// What the formatter finds wrong with its own work is a bug of the program, and
// says that the file is as it was.
func TestFmtBug(t *testing.T) {
	err := leftAlone(&format.Bug{File: "m.yaml", What: "the value at m.yaml:1:1 would be another"})
	if exitCode(err) != exitBug || !strings.Contains(err.Error(), "a bug in meshc") || !strings.Contains(err.Error(), "the file was left as it was") {
		t.Error(exitCode(err), err)
	}
}
