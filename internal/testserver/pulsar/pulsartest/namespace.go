package pulsartest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// Namespace makes a fresh namespace for the test and returns its name, such as
// public/testapply-k3x9a2. When the test ends, the functions, sources and sinks
// in it are deleted, and then the namespace with all its topics; what cannot be
// deleted is logged.
func Namespace(t testing.TB, srv *pulsar.Server) string {
	t.Helper()
	var name strings.Builder
	for _, r := range strings.ToLower(t.Name()) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			name.WriteRune(r)
		}
	}
	ns := fmt.Sprintf("public/%.40s-%s", name.String(), strings.ToLower(rand.Text()[:8]))
	if _, err := call(srv, http.MethodPut, "/admin/v2/namespaces/"+ns); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clearNamespace(t, srv, ns) })
	return ns
}

func clearNamespace(t testing.TB, srv *pulsar.Server, ns string) {
	for _, kind := range []string{"sources", "functions", "sinks"} {
		body, err := call(srv, http.MethodGet, "/admin/v3/"+kind+"/"+ns)
		var names []string
		if err == nil {
			err = json.Unmarshal(body, &names)
		}
		if err != nil {
			t.Logf("cleaning up: %v", err)
		}
		for _, n := range names {
			if _, err := call(srv, http.MethodDelete, "/admin/v3/"+kind+"/"+ns+"/"+n); err != nil {
				t.Logf("cleaning up: %v", err)
			}
		}
	}
	// A topic that a stopping instance still holds is in the way for a moment.
	var err error
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(250 * time.Millisecond) {
		if _, err = call(srv, http.MethodDelete, "/admin/v2/namespaces/"+ns+"?force=true"); err == nil {
			return
		}
	}
	t.Logf("cleaning up: %v", err)
}

// call sends a request without a body and returns the body of an answer 2xx.
func call(srv *pulsar.Server, method, path string) ([]byte, error) {
	base := srv.AdminURL
	if len(srv.WorkerURLs) > 0 && strings.HasPrefix(path, "/admin/v3/") {
		base = srv.WorkerURLs[0]
	}
	req, err := http.NewRequest(method, base+path, nil)
	if err != nil {
		return nil, err
	}
	if token := srv.AdminToken(); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, bytes.TrimSpace(body))
	}
	return body, err
}

var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
