package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// wordCount is a mesh file of two functions.
const wordCount = `tenant: public
namespace: default
name: word-count
jarFile: functions.jar
topics:
  - {name: sentences, external: true}
functions:
  - name: split
    className: org.example.Split
    inputs: [sentences]
    output: words
  - name: count
    className: org.example.Count
    inputs: [words]
    output: counts
`

// bench runs commands in a folder of its own against a cluster in memory.
type bench struct {
	t        *testing.T
	cluster  *memory.Backend
	backend  backend.Backend // what commands get; the cluster unless a test replaces it
	in       io.Reader
	terminal bool
	signals  chan os.Signal
	env      map[string]string
	out, err *buffer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Chdir(t.TempDir())
	b := &bench{t: t, cluster: memory.New(native.Rules{}), in: strings.NewReader(""), signals: make(chan os.Signal, 4), env: map[string]string{}}
	b.backend = b.cluster
	b.cluster.Put(&state.Namespace{Name: "public/default"})
	b.cluster.Put(&state.Topic{Name: "persistent://public/default/sentences"})
	b.write("functions.jar", string(artifacttest.Jar(
		artifacttest.Function("org.example.Split", "java.lang.String", "java.lang.String"),
		artifacttest.Function("org.example.Count", "java.lang.String", "java.lang.String"))))
	b.write("mesh.yaml", wordCount)
	return b
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// run runs a command and returns its exit code; its output is in b.out and b.err.
func (b *bench) run(args ...string) int {
	b.t.Helper()
	b.out, b.err = &buffer{}, &buffer{}
	return b.factory(args).Run()
}

func (b *bench) factory(args []string) *Factory {
	f := NewFactory(args, b.in, b.out, b.err, func(k string) string { return b.env[k] })
	f.InTerminal = func() bool { return b.terminal }
	f.Signals = b.signals
	f.Grace = 10 * time.Second
	f.Pause = time.Millisecond
	f.Now = func() time.Time { return time.Unix(1000, 0) }
	f.Backend = func(string, backends.Settings) (backend.Backend, error) { return b.backend, nil }
	return f
}

// want runs a command and checks its exit code.
func (b *bench) want(code int, args ...string) {
	b.t.Helper()
	if got := b.run(args...); got != code {
		b.t.Fatalf("meshc %s: exit %d, want %d\n--- out\n%s--- err\n%s", strings.Join(args, " "), got, code, b.out, b.err)
	}
}

// has checks that a text holds all parts.
func (b *bench) has(name string, text *buffer, parts ...string) {
	b.t.Helper()
	for _, p := range parts {
		if !strings.Contains(text.String(), p) {
			b.t.Errorf("%s lacks %q:\n%s", name, p, text)
		}
	}
}

func (b *bench) outHas(parts ...string) { b.t.Helper(); b.has("standard output", b.out, parts...) }

func (b *bench) errHas(parts ...string) { b.t.Helper(); b.has("standard error", b.err, parts...) }

// buffer is a buffer that a command may write while a test reads it.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
	// seen, when set, is closed once the text holds mark.
	mark string
	seen chan struct{}
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := b.buf.Write(p)
	if b.seen != nil && strings.Contains(b.buf.String(), b.mark) {
		close(b.seen)
		b.seen = nil
	}
	return n, err
}

// String returns what was written so far.
func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// await returns a channel that is closed once the text holds mark.
func (b *buffer) await(mark string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := make(chan struct{})
	if strings.Contains(b.buf.String(), mark) {
		close(seen)
		return seen
	}
	b.mark, b.seen = mark, seen
	return seen
}
