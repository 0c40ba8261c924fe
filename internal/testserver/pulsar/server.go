package pulsar

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

const (
	startTimeout = 3 * time.Minute // a start takes 10 s; a busy machine is slower
	stopGrace    = 20 * time.Second
)

// Server is a running Pulsar standalone. Its methods may be called from several
// goroutines; its fields do not change while it runs, except Pid by Restart.
type Server struct {
	AdminURL  string // such as http://127.0.0.1:21345
	BrokerURL string // such as pulsar://127.0.0.1:21346
	// WorkerURLs are the addresses of the function workers that are processes of
	// their own; nil for one inside the broker.
	WorkerURLs []string
	Version    string // such as 4.0.8
	Pid        int    // of the Java process; 0 for a server of another process
	Log        string // path of what the server says, over all its starts
	RunDir     string // its own folder: conf, data, logs (of function instances), ...

	opts   Options
	home   string
	ports  ports
	secret []byte // of the tokens

	mu   sync.Mutex     // guards the rest, and starts and stops
	proc *child.Process // nil: not running
	// workers are the processes of the function workers; nil: not running.
	workers []*child.Process
	gone    bool // the run folder is removed
}

// Start fetches the server if it is not in the cache folder, starts it and
// returns when it takes functions: the worker's leader is ready and the
// namespace public/default is there. ctx bounds the start, not the life of the
// server, which ends with [Server.Stop] or with this process.
func Start(ctx context.Context, opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	home, err := Home(ctx, opts.Version, opts.Output)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		s, err := newServer(opts, home)
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
func newServer(opts Options, home string) (*Server, error) {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	if dir, err = os.MkdirTemp(dir, "pulsar-"); err != nil {
		return nil, fmt.Errorf("pulsar: cannot make the run folder: %w", err)
	}
	s := &Server{Version: opts.Version, RunDir: dir, opts: opts, home: home, secret: make([]byte, 32)}
	s.Log = s.path("server.log")
	rand.Read(s.secret) // never fails
	if s.ports, err = freePorts(opts.Workers); err == nil {
		s.AdminURL = fmt.Sprintf("http://127.0.0.1:%d", s.ports.web)
		s.BrokerURL = fmt.Sprintf("pulsar://127.0.0.1:%d", s.ports.broker)
		for _, port := range s.ports.workers {
			s.WorkerURLs = append(s.WorkerURLs, fmt.Sprintf("http://127.0.0.1:%d", port))
		}
		s.workers = make([]*child.Process, opts.Workers)
		err = s.writeRunFolder(home)
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

// launch starts the process and waits until it is ready; mu is held. After an
// error nothing runs, and the run folder is still there.
func (s *Server) launch(ctx context.Context) error {
	cmd, err := s.brokerCommand(s.home)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own copy
	info, err := log.Stat()
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = child.Start(cmd, s.RunDir); err != nil {
		return fmt.Errorf("pulsar: cannot start java: %w", err)
	}
	s.Pid = s.proc.Pid
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.awaitReady(ctx, info.Size()); err != nil {
		s.proc.Kill()
		s.proc = nil
		return err
	}
	for i := range s.workers {
		if err := s.launchWorker(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// ErrSlowStop is part of the error of a server that had to be killed to stop. Nothing
// of it is left then. 4.2.4 comes to it after many components were deleted: its
// bookie goes before the last assignments are written.
var ErrSlowStop = errors.New("the server did not stop within")

// Stop stops the server as an administrator would (SIGTERM, about 6 s), kills
// what is left after 20 s and the instances of functions, and removes the run
// folder. A second call, or one after [Server.Kill], removes what is left. A
// server that had to be killed, or died before, is an error; it is cleared
// away all the same. For a server of another process Stop does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.RunDir == "" || s.gone {
		return nil
	}
	var err error
	s.killWorkers()
	if s.proc != nil {
		if s.proc.Ended() {
			err = fmt.Errorf("pulsar: the server had died before it was stopped (%v); its last words:\n%s", s.proc.Err, child.Tail(s.Log, 12))
		}
		if s.proc.Stop(stopGrace) {
			err = fmt.Errorf("pulsar: %w %s and was killed; its last words:\n%s", ErrSlowStop, stopGrace, child.Tail(s.Log, 12))
		}
		s.proc = nil
	}
	s.gone = true
	return errors.Join(err, os.RemoveAll(s.RunDir))
}

// Kill ends the server and the instances of its functions by SIGKILL, as a
// crash of the machine would, and returns when they are gone. Its data stays
// for [Server.Restart]; [Server.Stop] removes it.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killWorkers()
	if s.proc != nil {
		s.proc.Kill()
		s.proc = nil
	}
}

// Restart starts a killed server again, on its data and its ports, and returns
// when it is ready. After Kill with [Options.Packages] that can take several
// tries, some seconds each: Pulsar then may start into a state of no use (see
// bookieLoops). A server that still runs is stopped first, gracefully.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.RunDir == "":
		return errors.New("pulsar: this server was started by another process; only that one can restart it")
	case s.gone:
		return errors.New("pulsar: the server is stopped and its data removed; use Kill before Restart")
	}
	s.killWorkers()
	if s.proc != nil {
		s.proc.Stop(stopGrace)
		s.proc = nil
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout) // of all tries together
	defer cancel()
	err := s.launch(ctx)
	for errors.Is(err, errStaleBookie) && ctx.Err() == nil {
		err = s.launch(ctx)
	}
	if errors.Is(err, errPort) {
		return fmt.Errorf("%w, and a restart keeps its ports: stop what listens on one of %d, %d, %d, %d", err, s.ports.web, s.ports.broker, s.ports.bookie, s.ports.zookeeper)
	}
	return err
}

// path returns a path in the run folder.
func (s *Server) path(elem ...string) string {
	return filepath.Join(append([]string{s.RunDir}, elem...)...)
}
