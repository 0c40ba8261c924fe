package pulsar

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

// dedicatedSettings are top-level entries for the configuration of the i-th
// function worker that is a process of its own.
func (s *Server) dedicatedSettings(i int) string {
	var b strings.Builder
	set := func(key string, value any) { fmt.Fprintf(&b, "%s: %v\n", key, value) }
	set("workerId", fmt.Sprintf("worker-%d", i))
	set("workerHostname", "127.0.0.1")
	set("workerPort", s.ports.workers[i])
	set("configurationMetadataStoreUrl", fmt.Sprintf("zk:127.0.0.1:%d", s.ports.zookeeper))
	set("downloadDirectory", fmt.Sprintf("%q", s.path("download", fmt.Sprint(i))))
	set("functionsWorkerEnablePackageManagement", s.opts.Packages)
	if s.opts.HTTPThreads > 0 {
		set("numHttpServerThreads", s.opts.HTTPThreads)
	}
	// Pulsar's 30 and 60 seconds: a test that kills a worker waits for both.
	set("failureCheckFreqMs", 1000)
	set("rescheduleTimeoutMs", 3000)
	return b.String()
}

func (s *Server) workerFile(i int) string {
	return s.path("conf", fmt.Sprintf("functions_worker_%d.yml", i))
}

// WorkerLog is the path of what the i-th worker says.
func (s *Server) WorkerLog(i int) string { return s.path(fmt.Sprintf("worker-%d.log", i)) }

// launchWorker starts the i-th worker and waits until it takes requests; mu is held.
func (s *Server) launchWorker(ctx context.Context, i int) error {
	file := s.workerFile(i)
	cmd, err := s.javaCommand(s.home, []string{"org.apache.pulsar.functions.worker.FunctionWorkerStarter", "-c", file})
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.WorkerLog(i), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	proc, err := child.Start(cmd, s.RunDir)
	if err != nil {
		return fmt.Errorf("pulsar: cannot start java: %w", err)
	}
	s.workers[i] = proc
	for {
		last := s.workerReady(ctx, i)
		if last == nil {
			return nil
		}
		select {
		case <-proc.Done:
			if words := child.Tail(s.WorkerLog(i), 40); !strings.Contains(words, "BindException") {
				return fmt.Errorf("pulsar: worker %d ended while it started (%v); its last words:\n%s", i, proc.Err, words)
			}
			return errPort
		case <-ctx.Done():
			return fmt.Errorf("pulsar: worker %d was not ready in time (%v): %w; its last words:\n%s", i, last, ctx.Err(), child.Tail(s.WorkerLog(i), 12))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// workerReady asks whether the worker takes requests and some worker leads.
func (s *Server) workerReady(ctx context.Context, i int) error {
	if _, err := s.getAt(ctx, s.WorkerURLs[i], "/admin/v3/functions/public/default"); err != nil {
		return err
	}
	for at, proc := range s.workers {
		if proc == nil {
			continue
		}
		body, err := s.getAt(ctx, s.WorkerURLs[at], "/admin/v2/worker/cluster/leader/ready")
		if err == nil && strings.TrimSpace(string(body)) == "true" {
			return nil
		}
	}
	return errors.New("no worker leads")
}

// KillWorker ends the i-th worker and the instances that it runs by SIGKILL.
// [Server.StartWorker] starts it again.
func (s *Server) KillWorker(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killWorker(i)
}

func (s *Server) killWorker(i int) {
	if s.workers[i] != nil {
		s.workers[i].Kill()
		s.workers[i] = nil
	}
}

func (s *Server) killWorkers() {
	for i := range s.workers {
		s.killWorker(i)
	}
}

// StartWorker starts a killed worker again and returns when it takes requests.
func (s *Server) StartWorker(ctx context.Context, i int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return s.launchWorker(ctx, i)
}
