package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestCacheFlag: what is read of jars is kept in the cache folder, unless --no-cache
// or the system names none.
func TestCacheFlag(t *testing.T) {
	b := newBench(t)
	run := func(dir func() (string, error), args ...string) {
		t.Helper()
		b.out, b.err = &buffer{}, &buffer{}
		f := b.factory(args)
		f.CacheDir = dir
		f.Now = func() time.Time { return time.Now().Add(time.Hour) } // the jar is not of just now
		if code := f.Run(); code != 0 {
			t.Fatalf("%q: exit %d: %s%s", args, code, b.out, b.err)
		}
	}
	in := func(dir string) func() (string, error) { return func() (string, error) { return dir, nil } }
	kept := func(dir string) int {
		list, err := filepath.Glob(filepath.Join(dir, "meshc", "artifacts", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	for _, args := range [][]string{{"validate"}, {"plan"}, {"apply", "--yes"}} {
		dir := t.TempDir()
		run(in(dir), append(args, "--no-cache")...)
		if n := kept(dir); n != 0 {
			t.Errorf("%q --no-cache: %d files kept", args, n)
		}
		run(in(dir), args...)
		if n := kept(dir); n != 2 { // what is in the jar, and where it was seen
			t.Errorf("%q: %d files kept", args, n)
		}
	}
	run(func() (string, error) { return "", os.ErrNotExist }, "validate")
	run(in("mesh.yaml"), "validate")
	run(nil, "validate")
}
