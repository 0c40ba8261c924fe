package harness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var binaryOnce = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	// Beside the test's own program: go test removes that folder in the end.
	path := filepath.Join(filepath.Dir(self), "meshc-under-test")
	build := exec.Command("go", "build", "-o", path, "./cmd/meshc")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building meshc: %w\n%s", err, out)
	}
	return path, nil
})

// Binary returns the path of the meshc command, built from this tree once a process.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := binaryOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Command is a run of the meshc command as a process of its own.
type Command struct {
	t     testing.TB
	cmd   *exec.Cmd
	begin time.Time
	ended chan struct{}

	mu       sync.Mutex
	out, err bytes.Buffer
	news     chan struct{}

	// Code is the exit code, -1 after a signal that it did not handle; Took is how
	// long it ran. Both are set when it has ended.
	Code int
	Took time.Duration
}

// Start starts meshc in a folder. Of the environment it gets what finds programs
// and folders, and env; none of the caller's settings for Pulsar.
func Start(t testing.TB, dir string, env []string, args ...string) *Command {
	t.Helper()
	return startWith(t, dir, env, nil, args)
}

// startWith is Start with something on standard input.
func startWith(t testing.TB, dir string, env []string, stdin io.Reader, args []string) *Command {
	t.Helper()
	c := &Command{t: t, cmd: exec.Command(Binary(t), args...), ended: make(chan struct{}), news: make(chan struct{})}
	c.cmd.Dir, c.cmd.Stdin = dir, stdin
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			c.cmd.Env = append(c.cmd.Env, name+"="+v)
		}
	}
	c.cmd.Env = append(c.cmd.Env, env...)
	c.cmd.Stdout, c.cmd.Stderr = sink{c, &c.out}, sink{c, &c.err}
	c.begin = time.Now()
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Signal(os.Kill); <-c.ended })
	go func() {
		err := c.cmd.Wait()
		c.Took = time.Since(c.begin)
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			c.Code = -2
		} else {
			c.Code = c.cmd.ProcessState.ExitCode()
		}
		close(c.ended)
	}()
	return c
}

// Run runs meshc to its end; one that hangs is killed after two minutes and
// fails the test.
func Run(t testing.TB, dir string, env []string, args ...string) *Command {
	t.Helper()
	return Start(t, dir, env, args...).Wait()
}

// Pipe is Run with a text on standard input.
func Pipe(t testing.TB, dir string, env []string, stdin string, args ...string) *Command {
	t.Helper()
	return startWith(t, dir, env, strings.NewReader(stdin), args).Wait()
}

// Wait waits for the end.
func (c *Command) Wait() *Command {
	c.t.Helper()
	return c.WaitFor(2 * time.Minute)
}

// WaitFor is Wait with another limit.
func (c *Command) WaitFor(limit time.Duration) *Command {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(limit):
		c.Signal(os.Kill)
		<-c.ended
		c.t.Errorf("%s hung and was killed\n%s", c, c.Told())
	}
	return c
}

// Ended is closed when the process has ended.
func (c *Command) Ended() <-chan struct{} { return c.ended }

// Signal sends a signal; one that comes too late does nothing.
func (c *Command) Signal(s os.Signal) { _ = c.cmd.Process.Signal(s) }

// Await waits until the output has a text; false when it ends without.
func (c *Command) Await(text string) bool {
	for {
		c.mu.Lock()
		has := strings.Contains(c.out.String(), text) || strings.Contains(c.err.String(), text)
		news := c.news
		c.mu.Unlock()
		if has {
			return true
		}
		select {
		case <-news:
		case <-c.ended:
			return strings.Contains(c.Output(), text)
		}
	}
}

// Want ends the test unless the exit code is one of these.
func (c *Command) Want(codes ...int) *Command {
	c.t.Helper()
	for _, code := range codes {
		if c.Code == code {
			return c
		}
	}
	c.t.Fatalf("%s: exit code %d after %v, want %v\n%s", c, c.Code, c.Took, codes, c.Told())
	return c
}

// Says fails the test for each text that is not in the output.
func (c *Command) Says(texts ...string) *Command {
	c.t.Helper()
	for _, text := range texts {
		if !strings.Contains(c.Output(), text) {
			c.t.Errorf("%s does not say %q:\n%s", c, text, c.Told())
		}
	}
	return c
}

// Stdout is what it wrote to standard output so far.
func (c *Command) Stdout() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

// Output is what it wrote so far: standard output, then standard error.
func (c *Command) Output() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String() + c.err.String()
}

// Told is Output for people: a plan in JSON is one line of many kilobytes.
func (c *Command) Told() string {
	var b strings.Builder
	for line := range strings.Lines(c.Output()) {
		if len(line) > 300 {
			line = line[:150] + " ... " + line[len(line)-150:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// String is the command line.
func (c *Command) String() string { return "meshc " + strings.Join(c.cmd.Args[1:], " ") }

// sink is one of the two outputs.
type sink struct {
	c   *Command
	buf *bytes.Buffer
}

// Write implements io.Writer.
func (s sink) Write(p []byte) (int, error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	close(s.c.news)
	s.c.news = make(chan struct{})
	return s.buf.Write(p)
}

// Env points meshc at the bench's server.
func (b *Bench) Env() []string {
	conf := filepath.Join(b.Dir, "client.conf")
	text := fmt.Sprintf("webServiceUrl=%s\nbrokerServiceUrl=%s\n", b.Server.AdminURL, b.Server.BrokerURL)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return []string{"PULSAR_CLIENT_CONF=" + conf}
}

// File writes a mesh file in the bench's namespace; body follows the header lines.
func (b *Bench) File(name, body string) string {
	b.Helper()
	file := filepath.Join(b.Dir, name+".yaml")
	text := fmt.Sprintf("tenant: %s\nnamespace: %s\nname: %s\n%s", b.Tenant, b.Namespace, name, body)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

// Run runs meshc on the bench's server, in its folder.
func (b *Bench) Run(args ...string) *Command {
	b.Helper()
	return Run(b.TB, b.Dir, b.Env(), args...)
}

// Pipe runs meshc on the bench's server, in its folder, with a text on standard
// input and more environment than the bench's own.
func (b *Bench) Pipe(stdin string, env []string, args ...string) *Command {
	b.Helper()
	return startWith(b.TB, b.Dir, append(b.Env(), env...), strings.NewReader(stdin), args).Wait()
}

// Start starts meshc on the bench's server, in its folder.
func (b *Bench) Start(args ...string) *Command {
	b.Helper()
	return Start(b.TB, b.Dir, b.Env(), args...)
}
