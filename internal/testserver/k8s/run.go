package k8s

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

// The programs of a control plane.
const (
	etcd        = "etcd"
	apiServer   = "kube-apiserver"
	controllers = "kube-controller-manager"
)

// errPort says that a port was grabbed between its choice and its use.
var errPort = errors.New("k8s: a port of the server is taken")

// arguments returns those of a program: all on loopback, data in the run folder.
func (s *Server) arguments(name string) []string {
	local := func(port int) string { return fmt.Sprintf("http://127.0.0.1:%d", port) }
	switch name {
	case etcd:
		return []string{
			"--data-dir=" + s.path("etcd"), "--name=default",
			"--listen-client-urls=" + local(s.ports.client), "--advertise-client-urls=" + local(s.ports.client),
			"--listen-peer-urls=" + local(s.ports.peer), "--initial-advertise-peer-urls=" + local(s.ports.peer),
			"--initial-cluster=default=" + local(s.ports.peer),
			// The data outlives the processes, but not the machine: nothing is lost by it.
			"--unsafe-no-fsync",
		}
	case apiServer:
		return []string{
			"--etcd-servers=" + local(s.ports.client),
			"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", s.ports.api),
			"--cert-dir=" + s.path("certs"), "--service-cluster-ip-range=10.0.0.0/24",
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + s.path("sa.key"), "--service-account-signing-key-file=" + s.path("sa.key"),
			"--authorization-mode=RBAC", "--token-auth-file=" + s.path(tokensFile),
			// Pods need no account here: nobody makes the accounts.
			"--disable-admission-plugins=ServiceAccount",
		}
	default:
		k := s.Kubeconfig
		return []string{
			"--kubeconfig=" + k, "--authentication-kubeconfig=" + k, "--authorization-kubeconfig=" + k,
			"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", s.ports.controllers), "--cert-dir=" + s.path("controller-certs"),
			"--leader-elect=false", "--use-service-account-credentials=false",
			// client-go's default of 20 a second is for clusters with more than tests on them.
			"--kube-api-qps=200", "--kube-api-burst=400",
			"--controllers=namespace-controller,garbage-collector-controller,statefulset-controller",
		}
	}
}

// run starts a program that does not run; mu is held.
func (s *Server) run(name string) error {
	if p := s.procs[name]; p != nil && !p.Ended() {
		return nil
	}
	cmd := exec.Command(filepath.Join(s.Programs, name), s.arguments(name)...)
	cmd.Dir = s.RunDir
	// A proxy must not be asked for loopback, and no settings of the machine be read.
	cmd.Env = []string{"HOME=" + s.RunDir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	log, err := os.OpenFile(s.Log(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own copy
	cmd.Stdout, cmd.Stderr = log, log
	p, err := child.Start(cmd, s.RunDir)
	if err != nil {
		return fmt.Errorf("k8s: cannot start %s: %w", name, err)
	}
	s.procs[name] = p
	return nil
}

// awaitReady returns when the API server is ready and writes the kubeconfig; it is an
// error when a process ends first, or ctx.
func (s *Server) awaitReady(ctx context.Context) error {
	return s.await(ctx, func() error {
		if err := s.trust(); err != nil {
			return err
		}
		if _, err := s.Call(ctx, "GET", "/readyz", "", nil); err != nil {
			return err
		}
		// It is made a moment after the server is ready.
		if _, err := s.Call(ctx, "GET", "/api/v1/namespaces/default", "", nil); err != nil {
			return err
		}
		return s.readVersion(ctx)
	}, etcd, apiServer)
}

// awaitControllers returns when the controllers run.
func (s *Server) awaitControllers(ctx context.Context) error {
	at := fmt.Sprintf("https://127.0.0.1:%d", s.ports.controllers)
	return s.await(ctx, func() error { return healthy(ctx, at) }, controllers)
}

// await asks until the answer is no error, while the programs live. mu is held where
// there are programs.
func (s *Server) await(ctx context.Context, ask func() error, programs ...string) error {
	for {
		last := ask()
		for _, name := range programs {
			p := s.procs[name]
			if p == nil || !p.Ended() {
				continue
			}
			log := child.Tail(s.Log(name), 40)
			if strings.Contains(log, "address already in use") {
				return errPort
			}
			return fmt.Errorf("k8s: %s ended while it started (%v); its last words:\n%s", name, p.Err, log)
		}
		// After the processes: with a port taken by another server, that one answers.
		if last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			if len(programs) == 0 {
				return fmt.Errorf("k8s: %w: %w", ctx.Err(), last)
			}
			name := programs[len(programs)-1]
			return fmt.Errorf("k8s: %s was not ready in time (%v): %w; its last words:\n%s", name, last, ctx.Err(), child.Tail(s.Log(name), 12))
		case <-time.After(50 * time.Millisecond):
		}
	}
}
