//go:build linux

// Package hostile runs the real program on files that were made to cost much.
package hostile

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// The bounds of a whole process on one file. The aim is 2 s and 200 MB, and the
// figures at the end tell how near that is; these bounds are for what grows without
// one, not for slow machines.
const (
	maxTime   = 20 * time.Second // of the processor
	maxMemory = 400 << 20
)

// files are hostile mesh files by name; most are as large as one may be.
func files() map[string]string {
	repeat := func(s string, size int) string { return strings.Repeat(s, size/len(s)) }
	const mb = 1 << 20
	head := "name: m\ntopics: [{name: in, external: true}]\nfunctions:\n"
	bomb := "name: m\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
	for i := range 12 {
		bomb += fmt.Sprintf("x%d: &x%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", i), 10), ", "))
	}
	var doubling strings.Builder
	doubling.WriteString("name: m\nvariables:\n  v0: aaaaaaaaaa\n")
	for i := range 40 {
		fmt.Fprintf(&doubling, "  v%d: ${v%d}${v%d}\n", i+1, i, i)
	}
	doubling.WriteString("functions: [{name: \"${v40}\"}]\n")
	return map[string]string{
		"100 MB":                 repeat("# comment\n", 100*mb),
		"alias bomb":             bomb,
		"variables that double":  doubling.String(),
		"small values":           "name: m\nfunctions: [" + repeat("a,", 4*mb-100) + "a]\n",
		"open brackets":          "name: m\nfunctions: " + repeat("[", 4*mb-100),
		"deep":                   "name: m\nfunctions: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"unknown keys":           "name: m\n" + numbered(100_000, "functionx%d: 1\n"),
		"unknown keys of nodes":  head + numbered(40_000, "- {name: f%d, classNam: x, jarr: y}\n"),
		"functions without code": head + numbered(40_000, "- {name: f%d, className: x.Y, inputs: [in], output: out}\n"),
		"topics like each other": head + numbered(30_000, "- {name: f%d, className: x.Y, jar: f.jar, inputs: [order-events-1%[1]d], output: order-event-%[1]d}\n"),
		"one line":               head + "- {name: f, className: x.Y, jar: f.jar, inputs: [in], userConfig: {k: \"" + repeat("x", 4*mb-400) + "\"}}\n",
		"broken lines":           head + repeat("- {name: f\n  : : [\n\t- x\n", mb),
		"documents":              repeat("name: m\n---\n", 4*mb-20),
		"escapes":                head + numbered(20_000, "- {name: \"\\e[31m\\x07f%d\", className: \"\\e]0;title\\x07\", jar: \"\\u202e.jar\", inputs: [\"\\e[2J\"]}\n"),
		"ignored":                head + repeat("# meshc:ignore MC4002 x\n", mb),
		"no UTF-8":               repeat("\xff\xfe", mb),
		"zeros":                  repeat("\x00", mb),
	}
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestHostileMeshes: each file gives findings or a clear error, in bounded time and
// memory, and nothing that a terminal would obey.
func TestHostileMeshes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process for each of many large files")
	}
	binary := harness.Binary(t)
	worst, most, runs := time.Duration(0), int64(0), 0
	for name, text := range files() {
		path := filepath.Join(t.TempDir(), "mesh.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"validate"}, {"validate", "-o", "json"}, {"fmt", "--check"}} {
			t.Run(name+"/"+strings.Join(args, " "), func(t *testing.T) {
				u := measured(t, append([]string{binary}, append(args, path)...)...)
				out := u.Out
				if u.Code != 0 && u.Code != 1 && u.Code != 3 {
					t.Errorf("exit code %d: %.1000s", u.Code, out)
				}
				if strings.ContainsAny(string(out), "\x1b\x07\u202e\x00") {
					t.Errorf("control characters get out: %.1000q", out)
				}
				if u.Took > maxTime {
					t.Errorf("took %s of the processor", u.Took.Round(time.Millisecond))
				}
				if u.Memory > maxMemory {
					t.Errorf("took %d MB", u.Memory>>20)
				}
				worst, most, runs = max(worst, u.Took), max(most, u.Memory), runs+1
			})
		}
	}
	harness.Figure(t, "%d runs on hostile files: at most %s of the processor, %d MB", runs, worst.Round(time.Millisecond), most>>20)
}

// usage is what a process cost.
type usage struct {
	Out    string
	Code   int
	Took   time.Duration // of the processor
	Memory int64         // bytes at most; 0 where the system does not tell
}

// childEnv makes this program one that runs another and tells what it cost: the
// memory of a process is counted from that of the one that starts it, and the
// test's own is large.
const childEnv = "MESHC_MEASURE"

func measured(t *testing.T, args ...string) (u usage) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), childEnv+"=1", "XDG_CACHE_HOME="+t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &u); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	var u usage
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	u.Out, u.Code = string(out), cmd.ProcessState.ExitCode()
	u.Took = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Memory = r.Maxrss << 10
	}
	if err := json.NewEncoder(os.Stdout).Encode(u); err != nil {
		os.Exit(1)
	}
}
