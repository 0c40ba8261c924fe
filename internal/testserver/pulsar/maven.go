package pulsar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
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
		return fmt.Errorf("pulsar: mvn failed (%w); its last words:\n%s", err, child.LastLines(said, 12))
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
	p, err := child.Start(cmd, dir)
	if err != nil {
		return "", err
	}
	select {
	case <-p.Done:
	case <-ctx.Done():
	}
	p.Kill()
	switch {
	case p.Err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return "", fmt.Errorf("pulsar: the fetch was interrupted: %w", ctx.Err())
	case strings.Contains(out.String(), "No space left on device"):
		return "", errToolNoSpace
	}
	return out.String(), p.Err
}
