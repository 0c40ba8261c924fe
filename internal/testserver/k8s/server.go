package k8s

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

const (
	startTimeout = 3 * time.Minute // a start takes 3 s; a busy machine is slower
	stopGrace    = 20 * time.Second
)

// Server is a running control plane. Its methods may be called from several
// goroutines; its fields do not change while it runs.
type Server struct {
	// URL is the API server's, such as https://127.0.0.1:21345.
	URL string
	// Kubeconfig is the path of the administrator's kubeconfig.
	Kubeconfig string
	// Version is such as v1.34.4.
	Version string
	// RunDir is the server's own folder, with its data, keys and logs
	// (kube-apiserver.log and so on); empty for a server of another process.
	RunDir string
	// Programs is the folder of etcd, kube-apiserver, kube-controller-manager and kubectl.
	Programs string

	opts  Options
	ports ports
	rest  rest

	mu    sync.Mutex // guards the rest, and starts and stops
	procs map[string]*child.Process
	gone  bool // the run folder is removed
	// installed tells that the definitions are there.
	installed bool
}

type ports struct{ client, peer, api, controllers int }

// Start builds the programs if they are not in the cache folder, starts them, and
// returns when the API answers, the custom resource definitions are established and
// the controllers run. ctx bounds the start, not the life of the server, which ends
// with [Server.Stop] or with this process.
func Start(ctx context.Context, opts Options) (*Server, error) {
	opts = opts.withDefaults()
	programs, err := Programs(ctx, opts.Output)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		s, err := newServer(opts, programs)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		err = s.launch(ctx)
		s.mu.Unlock()
		if err == nil {
			return s, nil
		}
		s.Stop() // the error of the start says more than one of this
		if !errors.Is(err, errPort) || try == 4 {
			return nil, err
		}
		fmt.Fprintln(opts.Output, "a port was taken; starting again with others")
	}
}

// newServer picks ports and writes the run folder.
func newServer(opts Options, programs string) (*Server, error) {
	got, err := child.FreePorts(4)
	if err != nil {
		return nil, fmt.Errorf("k8s: %w", err)
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	if dir, err = os.MkdirTemp(dir, "k8s-"); err != nil {
		return nil, fmt.Errorf("k8s: cannot make the run folder: %w", err)
	}
	s := &Server{
		URL: fmt.Sprintf("https://127.0.0.1:%d", got[2]), RunDir: dir, Programs: programs,
		opts: opts, ports: ports{got[0], got[1], got[2], got[3]}, procs: map[string]*child.Process{},
	}
	if err := s.writeKeys(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

// launch starts what does not run and waits until it is ready; mu is held. After an
// error the run folder is still there.
func (s *Server) launch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for _, name := range []string{etcd, apiServer} {
		if err := s.run(name); err != nil {
			return err
		}
	}
	if err := s.awaitReady(ctx); err != nil {
		return err
	}
	if !s.opts.NoCRDs {
		if err := s.installCRDs(ctx); err != nil {
			return err
		}
	}
	if s.opts.NoControllers {
		return nil
	}
	// Last: the garbage collector learns the kinds when it starts, and after that only
	// every half minute.
	if err := s.run(controllers); err != nil {
		return err
	}
	return s.awaitControllers(ctx)
}

// Stop stops the processes as an administrator would, the API server first, kills
// what is left after 20 s, and removes the run folder. A second call, or one after
// [Server.Kill], removes what is left. A process that died before or had to be killed
// is an error; it is cleared away all the same. For a server of another process Stop
// does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.RunDir == "" || s.gone {
		return nil
	}
	var errs []error
	// etcd asked to stop while the API server still holds its watches hangs.
	for _, name := range []string{controllers, apiServer, etcd} {
		p := s.procs[name]
		if p == nil {
			continue
		}
		if p.Ended() {
			errs = append(errs, fmt.Errorf("k8s: %s had died before it was stopped (%v); its last words:\n%s", name, p.Err, child.Tail(s.Log(name), 12)))
		}
		if p.Stop(stopGrace) {
			errs = append(errs, fmt.Errorf("k8s: %s did not stop within %s and was killed; its last words:\n%s", name, stopGrace, child.Tail(s.Log(name), 12)))
		}
		delete(s.procs, name)
	}
	s.gone = true
	return errors.Join(append(errs, os.RemoveAll(s.RunDir))...)
}

// Kill ends all processes by SIGKILL, as a crash of the machine would, and returns
// when they are gone. The data stays for [Server.Restart]; [Server.Stop] removes it.
func (s *Server) Kill() { s.kill(apiServer, controllers, etcd) }

// KillAPI ends the API server alone by SIGKILL: clients are cut off in the middle of
// what they do, and refused until [Server.Restart].
func (s *Server) KillAPI() { s.kill(apiServer) }

func (s *Server) kill(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		if p := s.procs[name]; p != nil {
			p.Kill()
			delete(s.procs, name)
		}
	}
}

// Restart starts the API server again, on its data and its ports, and whatever else
// was killed, and returns when all is ready. An API server that still runs is stopped
// first, gracefully, and the controllers before it: it waits for their watches to end.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.RunDir == "":
		return errors.New("k8s: this server was started by another process; only that one can restart it")
	case s.gone:
		return errors.New("k8s: the server is stopped and its data removed; use Kill before Restart")
	}
	if s.procs[apiServer] != nil {
		for _, name := range []string{controllers, apiServer} {
			if p := s.procs[name]; p != nil {
				p.Stop(stopGrace)
				delete(s.procs, name)
			}
		}
	}
	return s.launch(ctx)
}

// Log is the path of what a program says, over all its starts.
func (s *Server) Log(program string) string { return s.path(program + ".log") }

// path returns a path in the run folder.
func (s *Server) path(elem ...string) string {
	return filepath.Join(append([]string{s.RunDir}, elem...)...)
}
