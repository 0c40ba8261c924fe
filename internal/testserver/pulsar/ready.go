package pulsar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

// errPort says that a port was grabbed between its choice and its use.
var errPort = errors.New("pulsar: a port of the server is taken")

// errStaleBookie says that a server that was killed came up with its bookie
// registering without an end.
var errStaleBookie = errors.New("pulsar: the bookie of the restarted server does not come to rest")

// awaitReady returns when the server takes functions, and an error when its
// process ends first, or ctx. The log from the byte logStart on is this start's.
func (s *Server) awaitReady(ctx context.Context, logStart int64) error {
	var last error
	for {
		if last = s.ready(ctx); errors.Is(last, context.DeadlineExceeded) && ctx.Err() == nil {
			last = errors.New("it does not answer within seconds")
		}
		// First, for a server in this state may be ready, or may have ended.
		if s.bookieLoops(logStart) {
			return errStaleBookie
		}
		if last == nil {
			return nil
		}
		select {
		case <-s.proc.Done:
			log := child.Tail(s.Log, 40)
			if strings.Contains(log, "BindException") || strings.Contains(log, "Address already in use") {
				return errPort
			}
			return fmt.Errorf("pulsar: the server ended while it started (%v); its last words:\n%s", s.proc.Err, log)
		case <-ctx.Done():
			return fmt.Errorf("pulsar: the server was not ready in time (%v): %w; its last words:\n%s", last, ctx.Err(), child.Tail(s.Log, 12))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// bookieLoops tells whether the bookie fights with itself for its place in the
// metadata, as happens to about every third server that was killed in RocksDB
// mode: it deletes what the dead one left there, takes the late news of that
// for the loss of its own new place, deletes and makes that again, and so on
// for ever, hundreds of times a second, while ledgers come and go.
func (s *Server) bookieLoops(logStart int64) bool {
	f, err := os.Open(s.Log)
	if err != nil {
		return false
	}
	defer f.Close()
	// The first 256 KB hold the bookie's start and 1000 turns of the loop.
	log, _ := io.ReadAll(io.NewSectionReader(f, logStart, 256<<10))
	return bytes.Count(log, []byte("was invalidated. state Valid")) > 10
}

// ready asks three questions. The leader of the workers says early that it is
// one, before public/default is made; a create in between would fail. And with
// a port race, what answers may be another server, still starting next to
// ours: the runtime configuration has our run folder in it.
func (s *Server) ready(ctx context.Context) error {
	if s.opts.Workers == 0 {
		body, err := s.get(ctx, "/admin/v2/worker/cluster/leader/ready")
		if err != nil {
			return err
		}
		if strings.TrimSpace(string(body)) != "true" {
			return fmt.Errorf("the worker's leader is not ready: %s", body)
		}
	}
	body, err := s.get(ctx, "/admin/v2/namespaces/public")
	if err != nil {
		return err
	}
	var namespaces []string
	if err := json.Unmarshal(body, &namespaces); err != nil {
		return err
	}
	if !slices.Contains(namespaces, "public/default") {
		return errors.New("there is no namespace public/default yet")
	}
	if body, err = s.get(ctx, "/admin/v2/brokers/configuration/runtime"); err != nil {
		return err
	}
	var settings map[string]any
	if err := json.Unmarshal(body, &settings); err != nil {
		return err
	}
	if settings["narExtractionDirectory"] != s.path("tmp") {
		return fmt.Errorf("another server answers at %s", s.AdminURL)
	}
	return nil
}

// get returns the body of an answer 200 of the admin REST.
func (s *Server) get(ctx context.Context, path string) ([]byte, error) {
	return s.getAt(ctx, s.AdminURL, path)
}

// getAt is get at another address of this server.
func (s *Server) getAt(ctx context.Context, base, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return nil, err
	}
	if t := s.AdminToken(); t != "" {
		req.Header.Set("Authorization", "Bearer "+t)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s: %.200s", path, resp.Status, body)
	}
	return body, nil
}

// client keeps no connections: they would make a goroutine leak in tests that
// look for such, and hold a stopping server up. It ignores proxies.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
