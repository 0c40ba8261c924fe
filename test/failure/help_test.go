package failure

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/test/harness"
)

// renamed moves a file within the bench's folder.
func renamed(b *harness.Bench, from, to string) string {
	b.Helper()
	if err := os.Rename(filepath.Join(b.Dir, from), filepath.Join(b.Dir, to)); err != nil {
		b.Fatal(err)
	}
	return to
}

// line is one of those that apply -o json writes.
type line struct {
	Type, Step, Error string
}

// lines are the whole lines that an apply -o json has written.
func lines(c *harness.Command) []line {
	var out []line
	for text := range strings.Lines(c.Stdout()) {
		var l line
		if json.Unmarshal([]byte(text), &l) == nil {
			out = append(out, l)
		}
	}
	return out
}

// inAir are the steps that were started and have not ended.
func inAir(c *harness.Command) (steps []string, done int) {
	open := map[string]bool{}
	for _, l := range lines(c) {
		switch l.Type {
		case "started":
			open[l.Step] = true
		case "done", "failed", "skipped":
			delete(open, l.Step)
			if l.Type == "done" {
				done++
			}
		}
	}
	for s := range open {
		steps = append(steps, s)
	}
	return steps, done
}

// noFunctions fails the test if a function is in the bench's namespace.
func noFunctions(t *testing.T, b *harness.Bench) {
	t.Helper()
	names, err := b.Client.List(context.Background(), admin.Functions, b.Tenant, b.Namespace)
	if err != nil || len(names) > 0 {
		t.Errorf("functions %v, %v; want none", names, err)
	}
}

// tinyDisk mounts a full file system; "" where that is not possible.
func tinyDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Logf("no file system of a few bytes: %v %s", err, out)
		return ""
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
	})
	_ = os.WriteFile(filepath.Join(dir, "fill"), make([]byte, 1<<16), 0o600) // runs into the end
	return dir
}

// intoFull runs meshc with its standard output on a device that is always full.
func intoFull(t *testing.T, b *harness.Bench, args ...string) (code int, said string) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	var stderr strings.Builder
	cmd := exec.Command(harness.Binary(t), args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.Dir, b.Env(), full, &stderr
	_ = cmd.Run() // the exit code tells
	return cmd.ProcessState.ExitCode(), stderr.String()
}
