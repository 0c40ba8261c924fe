package pulsar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// dependencyPlugin is pinned so that a fetch does the same everywhere.
const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"

var errToolNoSpace = errors.New("no space left on device")

// maven runs mvn in the folder dir with the local repository repo.
//
// The repository is always one inside the temp folder of the fetch, thrown
// away afterwards: else the 250 MB would stay in the user's own repository for
// good, beside the unpacked server. That costs fetching Maven's plugins again,
// once and some seconds. The user's settings (mirrors, proxies) stay in force.
func maven(ctx context.Context, dir, repo string, args ...string) error {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return fmt.Errorf("pulsar: fetching needs Maven: put mvn on PATH (package maven): %w", err)
	}
	args = append([]string{"-q", "-B", "-ntp", "-Dmaven.repo.local=" + repo}, args...)
	said, err := runTool(ctx, dir, mvn, args...)
	if err != nil && !errors.Is(err, errToolNoSpace) && ctx.Err() == nil {
		return fmt.Errorf("pulsar: mvn failed (%w); its last words:\n%s", err, lastLines(said, 12))
	}
	return err
}

// runTool runs a command that fetches in the folder dir, and returns what it
// said. Like a server it does not outlive this process: it would go on writing
// into a folder that the next fetch removes. dir is removed in that case.
func runTool(ctx context.Context, dir, command string, args ...string) (said string, err error) {
	cmd := exec.Command(command, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("pulsar: the fetch was interrupted: %w", err)
	}
	p, err := startProcess(cmd, dir)
	if err != nil {
		return "", err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
	}
	p.kill()
	switch {
	case p.err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return "", fmt.Errorf("pulsar: the fetch was interrupted: %w", ctx.Err())
	case strings.Contains(out.String(), "No space left on device"):
		return "", errToolNoSpace
	}
	return out.String(), p.err
}

// lastLines returns the last n lines of text that are not empty.
func lastLines(text string, n int) string {
	var lines []string
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimRight(l, "\r \t"); l != "" {
			lines = append(lines, "  "+l)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// tail returns the last lines of the file at path; for error messages.
func tail(path string, n int) string {
	const most = 16 << 10
	f, err := os.Open(path)
	if err != nil {
		return "  (no log)"
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > most {
		f.Seek(-most, 2)
	}
	var b bytes.Buffer
	b.ReadFrom(f)
	return lastLines(b.String(), n)
}
