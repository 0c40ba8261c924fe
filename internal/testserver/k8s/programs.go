package k8s

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

// buildTimeout bounds a build: five minutes on two idle cores.
const buildTimeout = 40 * time.Minute

// ErrNoScript says that test/k8s/build.sh is not found above the working folder.
var ErrNoScript = errors.New("k8s: test/k8s/build.sh is not found above the working folder; run inside the sources of meshc")

// Programs returns the folder with etcd, kube-apiserver, kube-controller-manager and
// kubectl. test/k8s/build.sh, which is looked for from the working folder upwards,
// builds them at the first call for a set of pinned modules and tells of it on out.
func Programs(ctx context.Context, out io.Writer) (string, error) {
	script, err := buildScript()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	cmd := exec.Command(script)
	cmd.Dir = filepath.Dir(script)
	var dir, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &dir, io.MultiWriter(&said, out)
	cmd.WaitDelay = 5 * time.Second
	// Not by CommandContext: the compilers below the script must end with it.
	p, err := child.Start(cmd, "")
	if err != nil {
		return "", fmt.Errorf("k8s: cannot run %s: %w", script, err)
	}
	select {
	case <-p.Done:
	case <-ctx.Done():
	}
	p.Kill()
	if p.Err != nil {
		return "", fmt.Errorf("k8s: %s did not build the programs (%w); its last words:\n%s", script, errors.Join(p.Err, ctx.Err()), child.LastLines(said.String(), 12))
	}
	return strings.TrimSpace(dir.String()), nil
}

func buildScript() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		script := filepath.Join(dir, "test", "k8s", "build.sh")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", ErrNoScript
		}
		dir = up
	}
}

// Missing returns what [Programs] needs and PATH does not have; none means that a
// start can be tried.
func Missing() (missing []string) {
	for command, why := range map[string]string{
		"bash":      "to run test/k8s/build.sh",
		"go":        "to build the programs",
		"flock":     "so that one build runs at a time",
		"sha256sum": "to tell one build from another",
	} {
		if _, err := exec.LookPath(command); err != nil {
			missing = append(missing, command+" ("+why+")")
		}
	}
	return missing
}
