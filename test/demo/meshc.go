package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// tool is the meshc binary, run as a person would run it.
type tool struct {
	*teller
	bin string
	// dir is where the commands are typed.
	dir string
	env []string
	// plan is what the last `meshc plan` printed.
	plan string
}

// meanings are what the exit codes of meshc say to a script.
var meanings = map[int]string{0: "nothing to do", 2: "there are changes", 3: "there are findings"}

// buildTool builds the binary into a folder.
func buildTool(ctx context.Context, t *teller, root, into string) (*tool, error) {
	m := &tool{teller: t, bin: filepath.Join(into, "meshc"), dir: filepath.Join(root, "examples", "word-count"), env: os.Environ()}
	if runtime.GOOS == "windows" {
		m.bin += ".exe"
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", m.bin, "./cmd/meshc")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("meshc does not build: %w\n%s", err, out)
	}
	return m, nil
}

// connect names the cluster for all commands to come.
func (m *tool) connect(adminURL, brokerURL string) error {
	file := filepath.Join(filepath.Dir(m.bin), "client.conf")
	conf := fmt.Sprintf("webServiceUrl=%s\nbrokerServiceUrl=%s\n", adminURL, brokerURL)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return err
	}
	m.env = append(m.env, "PULSAR_CLIENT_CONF="+file)
	return nil
}

// run runs meshc and shows the command and all that it prints. An exit code
// other than the wanted one is an error.
func (m *tool) run(ctx context.Context, want int, args ...string) (string, error) {
	m.command(append([]string{"meshc"}, args...)...)
	typed := args
	if m.color {
		// The output goes through a pipe; at a terminal it would have colours.
		args = append(args[:len(args):len(args)], "--color", "always")
	}
	cmd := exec.CommandContext(ctx, m.bin, args...)
	cmd.Dir, cmd.Env = m.dir, m.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	fold := &folding{out: m.out, known: m.plan, note: "(here apply shows the same plan, word for word)\n"}
	if typed[0] != "apply" || m.plan == "" {
		fold.off = true
	}
	both := io.MultiWriter(fold, &said)
	cmd.Stdout, cmd.Stderr = both, both
	err := cmd.Run()
	if closeErr := fold.Close(); closeErr != nil {
		return "", closeErr
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", fmt.Errorf("meshc did not run: %w", err)
	}
	if typed[0] == "plan" {
		m.plan = said.String()
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		return "", fmt.Errorf("`meshc %s` ended with exit code %d, not %d", strings.Join(typed, " "), code, want)
	}
	if want != 0 || strings.Contains(strings.Join(typed, " "), "exitcode") {
		m.say("%s", m.paint("2", fmt.Sprintf("[exit code %d: %s]", want, meanings[want])))
	}
	return said.String(), nil
}

// moduleRoot finds the folder of go.mod: above this source file, or else above
// the working folder.
func moduleRoot() (string, error) {
	var starts []string
	if _, file, _, ok := runtime.Caller(0); ok {
		starts = append(starts, filepath.Dir(file))
	}
	if wd, err := os.Getwd(); err == nil {
		starts = append(starts, wd)
	}
	for _, dir := range starts {
		for filepath.IsAbs(dir) {
			if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && bytes.HasPrefix(mod, []byte("module github.com/meshc/meshc\n")) {
				return dir, nil
			}
			up := filepath.Dir(dir)
			if up == dir {
				break
			}
			dir = up
		}
	}
	return "", errors.New("the sources of meshc are not here; run the demo in a checkout of github.com/meshc/meshc")
}
