package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// nothingLeft asks Pulsar itself, not meshc, what is there.
func (s *story) nothingLeft(ctx context.Context) error {
	s.step("Nothing is left", "Pulsar itself is asked what it has.")
	const ns = "/public/default"
	for _, want := range []struct {
		what, path string
		names      []string
	}{
		{"functions", "/admin/v3/functions" + ns, nil},
		{"topics", "/admin/v2/persistent" + ns, []string{inTopic}},
		{"partitioned topics", "/admin/v2/persistent" + ns + "/partitioned", nil},
		{"subscriptions of sentences", "/admin/v2/persistent" + ns + "/sentences/subscriptions", nil},
	} {
		var names []string
		if err := s.rest(ctx, http.MethodGet, want.path, &names); err != nil {
			return err
		}
		if !slices.Equal(names, want.names) {
			return fmt.Errorf("%s: left is %v, not %v", want.what, names, want.names)
		}
	}
	if err := s.noPackages(ctx, ns); err != nil {
		return err
	}
	s.ok("no function, subscription, package or topic of the mesh; sentences, someone else's, is still there")
	return nil
}

// noPackages looks for code. Pulsar goes on listing the names of deleted
// packages; what counts is that they have neither a description nor a content.
func (s *story) noPackages(ctx context.Context, ns string) error {
	var names []string
	base := "/admin/v3/packages/function" + ns
	if err := s.rest(ctx, http.MethodGet, base, &names); err != nil {
		return err
	}
	for _, name := range names {
		var versions []string
		if err := s.rest(ctx, http.MethodGet, base+"/"+name, &versions); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, v := range versions {
			for _, part := range []string{"/metadata", ""} {
				if err := s.rest(ctx, http.MethodGet, base+"/"+name+"/"+v+part, nil); !errors.Is(err, fs.ErrNotExist) {
					return fmt.Errorf("the package %s@%s is left (%v)", name, v, err)
				}
			}
		}
	}
	return nil
}

// rest sends a request to Pulsar; into may be nil. What is not there gives an
// error that wraps fs.ErrNotExist.
func (s *story) rest(ctx context.Context, method, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.srv.AdminURL+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%s %s: %w", method, path, fs.ErrNotExist)
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, strings.TrimSpace(string(body)))
	case into == nil:
		return nil
	}
	return json.Unmarshal(body, into)
}

// gone looks whether anything of a stopped server is left.
func gone(srv *pulsar.Server) error {
	if p, err := os.FindProcess(srv.Pid); err == nil && alive(p) {
		return fmt.Errorf("the server still runs as process %d", srv.Pid)
	}
	if _, err := os.Stat(srv.RunDir); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the server's folder %s is left", srv.RunDir)
	}
	for _, url := range []string{srv.AdminURL, srv.BrokerURL} {
		_, addr, _ := strings.Cut(url, "://")
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			c.Close()
			return fmt.Errorf("something still listens on %s", addr)
		}
	}
	return nil
}
