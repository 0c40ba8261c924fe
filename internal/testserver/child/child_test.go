//go:build unix

package child_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

// start starts a shell script, and returns when it has written its file "up".
func start(t *testing.T, script string) (*child.Process, string) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir = dir
	p, err := child.Start(cmd, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "up")); err == nil {
			return p, dir
		}
	}
	t.Fatal("the script did not begin")
	return nil, ""
}

// TestStopEndsTheGroup: what the leader started ends with it.
func TestStopEndsTheGroup(t *testing.T) {
	p, dir := start(t, `sleep 1000 & echo $! >below; touch up; wait`)
	if p.Ended() {
		t.Error("it has ended before it was stopped")
	}
	if p.Stop(30 * time.Second) {
		t.Error("a shell that was asked to end had to be killed")
	}
	text, err := os.ReadFile(filepath.Join(dir, "below"))
	if err != nil {
		t.Fatal(err)
	}
	below, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	// A zombie that nobody reaps, as in some containers, does not run.
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(below) + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
		t.Errorf("process %d still runs: %s", below, stat)
	} else if err != nil && syscall.Kill(below, 0) == nil {
		t.Errorf("process %d still runs", below)
	}
}

func TestStopKillsTheUnwilling(t *testing.T) {
	p, _ := start(t, `trap "" TERM; touch up; while :; do sleep 0.1; done`)
	if !p.Stop(100 * time.Millisecond) {
		t.Error("a shell that ignores SIGTERM did not have to be killed")
	}
	if !p.Ended() || p.Err == nil {
		t.Errorf("ended %v: %v", p.Ended(), p.Err)
	}
}

func TestFreePorts(t *testing.T) {
	ports, err := child.FreePorts(50)
	if err != nil || len(ports) != 50 {
		t.Fatal(ports, err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if seen[p] || p < 15000 || p >= 32000 {
			t.Errorf("port %d, of %v", p, ports)
		}
		seen[p] = true
	}
}

func TestTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if got := child.Tail(path, 3); got != "  (no log)" {
		t.Errorf("%q", got)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x\n", 20000)+"one\r\n\n  two \nthree"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := child.Tail(path, 3), "  one\n    two\n  three"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
