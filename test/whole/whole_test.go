// Package whole takes a mesh of thirty nodes, of all kinds and languages, through
// its life on a real Pulsar with the process runtime.
package whole

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// goFunction passes messages on; it is built inside Pulsar's SDK.
const goFunction = `package main

import (
	"context"

	"github.com/apache/pulsar/pulsar-function-go/pf"
)

func pass(_ context.Context, in []byte) ([]byte, error) { return in, nil }

func main() { pf.Start(pass) }
`

// text is the mesh: three lanes through Java, Python and Go, a window beside the
// first, and made-up persons that are printed.
func text(dir string) string {
	var b strings.Builder
	// Go and Python producers come without a schema, and would keep the Java readers
	// behind them from adding theirs.
	b.WriteString("jarFile: code.jar\ntopics:\n")
	for lane, last := range map[string]int{"a": 6, "b": 6, "c": 7} {
		for i := range last + 1 {
			if lane != "c" || i > 0 {
				fmt.Fprintf(&b, "  - {name: %s%d, schema: {type: STRING}}\n", lane, i)
			}
		}
	}
	b.WriteString("sources:\n")
	for _, s := range []string{"a", "b"} {
		fmt.Fprintf(&b, "  - {name: count-%s, archive: code.jar, className: org.example.loss.Counter, output: %s0, configs: {prefix: %q, pauseMs: 20}}\n", s, s, s)
		fmt.Fprintf(&b, "  - {name: persons-%s, archive: data-generator.nar, className: org.apache.pulsar.io.datagenerator.DataGeneratorSource, output: persons-%s, configs: {sleepBetweenMessages: 200}}\n", s, s)
	}
	b.WriteString("functions:\n")
	java := func(name, in, out string) {
		fmt.Fprintf(&b, "  - {name: %s, className: org.example.loss.Forward, inputs: [%s], output: %s}\n", name, in, out)
	}
	python := func(name, in, out string) {
		fmt.Fprintf(&b, "  - {name: %s, py: forward.py, className: forward.Forward, inputs: [%s], output: %s}\n", name, in, out)
	}
	goes := func(name, in, out string) {
		fmt.Fprintf(&b, "  - {name: %s, go: forward, inputs: [%s], output: %s}\n", name, in, out)
	}
	for _, l := range []string{"a", "b"} {
		java("java-"+l+"1", l+"0", l+"1")
		python("python-"+l+"1", l+"1", l+"2")
		goes("go-"+l+"1", l+"2", l+"3")
		java("java-"+l+"2", l+"3", l+"4")
		python("python-"+l+"2", l+"4", l+"5")
		goes("go-"+l+"2", l+"5", l+"6")
	}
	java("java-c1", "a0", "c1")
	python("python-c1", "c1", "c2")
	goes("go-c1", "c2", "c3")
	java("java-c2", "c3", "c4")
	python("python-c2", "c4", "c5")
	goes("go-c2", "c5", "c6")
	python("python-c3", "c6", "c7")
	b.WriteString("  - {name: window, className: org.example.loss.Window, inputs: [a0], output: windows, windowConfig: {windowLengthCount: 10, slidingIntervalCount: 5}}\n")
	b.WriteString("sinks:\n")
	for name, in := range map[string]string{"a": "a6", "b": "b6", "c": "c7", "w": "windows"} {
		fmt.Fprintf(&b, "  - {name: collect-%s, archive: code.jar, className: org.example.loss.Collector, inputs: [%s], configs: {file: %q}}\n", name, in, filepath.Join(dir, name+".lines"))
	}
	for _, s := range []string{"a", "b"} {
		fmt.Fprintf(&b, "  - {name: print-%s, archive: data-generator.nar, className: org.apache.pulsar.io.datagenerator.DataGeneratorPrintSink, inputs: [persons-%s]}\n", s, s)
	}
	return b.String()
}

// BenchmarkThirty applies the mesh, imports what runs, takes it down, applies the
// imported file, and sees messages at every end both times.
func BenchmarkThirty(b *testing.B) {
	for b.Loop() {
		thirty(b)
	}
}

func thirty(t testing.TB) {
	python, err := pulsar.Python(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	srv := pulsartest.Start(t, pulsar.Options{Packages: true, HTTPThreads: 32, Runtime: pulsar.Process, Python: python})
	b := harness.New(t, srv)
	code(b)
	file := b.File("thirty", text(b.Dir))
	step := func(what string, args ...string) *harness.Command {
		t.Helper()
		c := b.Start(args...).WaitFor(8 * time.Minute)
		t.Logf("%s: exit %d after %v", what, c.Code, c.Took.Round(100*time.Millisecond))
		return c
	}
	step("apply", "apply", file, "--yes").Want(0)
	ends(b, "applied")
	step("plan", "plan", file, "--detailed-exitcode").Want(0)
	folder := filepath.Join(b.Dir, "imported")
	imported := filepath.Join(folder, "mesh.yaml")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	step("import", "import", "--tenant", b.Tenant, "--namespace", b.Namespace, "--name", "thirty", "--out", imported).Want(0)
	step("plan of the imported file", "plan", imported, "--detailed-exitcode").Want(0)
	step("destroy", "destroy", file, "--yes", "--allow", "message-loss").Want(0)
	step("apply of the imported file", "apply", imported, "--yes").Want(0)
	ends(b, "applied from the imported file")
	step("plan of the imported file", "plan", imported, "--detailed-exitcode").Want(0)
	// Also for the server's sake, which takes long to stop with thirty processes.
	step("destroy", "destroy", imported, "--yes", "--allow", "message-loss").Want(0)
}

// code puts the code files of all languages beside the mesh file.
func code(b *harness.Bench) {
	b.Helper()
	b.Jar("loss-a.jar", "code.jar")
	nar, err := pulsar.DataGenerator(b.Context(), os.Stderr)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink(nar, filepath.Join(b.Dir, "data-generator.nar")); err != nil {
		b.Fatal(err)
	}
	const python = "from pulsar import Function\n\nclass Forward(Function):\n    def process(self, message, context):\n        return message\n"
	if err := os.WriteFile(filepath.Join(b.Dir, "forward.py"), []byte(python), 0o600); err != nil {
		b.Fatal(err)
	}
	sdk, err := pulsar.GoFunctions(b.Context(), os.Stderr)
	if err != nil {
		b.Fatal(err)
	}
	// A copy, since the folder of the cache is shared and read-only by agreement.
	work := filepath.Join(b.TB.TempDir(), "sdk")
	if err := os.CopyFS(work, os.DirFS(sdk)); err != nil {
		b.Fatal(err)
	}
	own := filepath.Join(work, "examples", "forward")
	if err := os.Mkdir(own, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(own, "main.go"), []byte(goFunction), 0o600); err != nil {
		b.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(b.Dir, "forward"), "./forward")
	build.Dir = filepath.Join(work, "examples")
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("building a Go function: %v\n%s", err, out)
	}
}

// ends waits until each file grows.
func ends(b *harness.Bench, when string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	var lines []string
	for _, name := range []string{"a", "b", "c", "w"} {
		file := filepath.Join(b.Dir, name+".lines")
		before := size(b, file)
		for size(b, file) <= before {
			select {
			case <-ctx.Done():
				b.Fatalf("%s: nothing new comes out at %s", when, name)
			case <-time.After(200 * time.Millisecond):
			}
		}
		lines = append(lines, name)
	}
	b.Logf("%s: messages come out at %s", when, strings.Join(lines, ", "))
}

func size(b *harness.Bench, file string) int64 {
	b.Helper()
	info, err := os.Stat(file)
	if os.IsNotExist(err) {
		return 0
	}
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
