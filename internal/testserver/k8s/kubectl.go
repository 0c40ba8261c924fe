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
)

// Kubectl runs the kubectl that belongs to the server, as [Admin], with stdin as its
// standard input (nil: none), and returns what it wrote to standard output and to
// standard error. An exit code other than 0 is an error that holds its words.
func (s *Server) Kubectl(ctx context.Context, stdin []byte, args ...string) (stdout, stderr []byte, err error) {
	programs := s.Programs
	if programs == "" { // a server of another process
		if programs, err = Programs(ctx, io.Discard); err != nil {
			return nil, nil, err
		}
	}
	home := filepath.Dir(s.Kubeconfig)
	args = append([]string{"--kubeconfig=" + s.Kubeconfig, "--cache-dir=" + filepath.Join(home, "kubectl-cache")}, args...)
	cmd := exec.CommandContext(ctx, filepath.Join(programs, "kubectl"), args...)
	// No kuberc of the machine, and no proxy for loopback.
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "KUBERC=off"}
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("kubectl %s: %w: %s", strings.Join(args[2:], " "), err, bytes.TrimSpace(errOut.Bytes()))
	}
	return out.Bytes(), errOut.Bytes(), err
}
