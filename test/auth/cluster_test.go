// Package auth runs the meshc command against a Pulsar with authentication and
// authorisation on: with exactly the rights that docs/permissions.md promises to
// be enough and with each of them taken away, with each way to authenticate, and
// with servers that want to lead credentials astray.
package auth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// The tenant of the tests and the Pulsar role that administers it.
const (
	tenant      = "acme"
	tenantAdmin = "acme-admin"
)

// TestAuth starts one server for all that needs one.
func TestAuth(t *testing.T) {
	pki := newPKI(t)
	opts := pulsar.Options{Auth: true, Packages: true, HTTPThreads: 16, Version: os.Getenv("MESHC_TEST_PULSAR_VERSION"), Conf: pki.conf}
	c := &cluster{Server: pulsartest.Start(t, opts), pki: pki}
	c.front = newFront(t, c.AdminURL)
	c.call(t, http.MethodPut, "tenants/"+tenant, map[string]any{"adminRoles": []string{tenantAdmin}, "allowedClusters": []string{"standalone"}})
	t.Run("requests", c.testRequests)
	t.Run("permissions", c.testPermissions)
	t.Run("beyond the table", c.testBeyondTheTable)
	t.Run("tokens", c.testTokens)
	t.Run("oauth2", c.testOAuth2)
	t.Run("tls", c.testTLS)
	t.Run("hosts", c.testHosts)
	harness.Figure(t, "%d requests in all, %d of them not GET; %d runs of meshc, none showed one of %d secrets", c.front.all, c.front.allWrites, c.runs, len(c.secrets))
}

// cluster is the server with what the tests know of it.
type cluster struct {
	*pulsar.Server
	pki   *pki
	front *front
	roles int
	runs  int
	// secrets must not be in anything that meshc writes.
	secrets []string
}

// call sends a request as superuser; any answer but 2xx ends the test.
func (c *cluster) call(t *testing.T, method, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.AdminURL+"/admin/v2/"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.AdminToken())
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", method, path, resp.Status, answer)
	}
}

// secret notes what must not be shown.
func (c *cluster) secret(text string) string {
	if !slices.Contains(c.secrets, text) {
		c.secrets = append(c.secrets, text)
	}
	return text
}

// place is a namespace with a folder of mesh files.
type place struct {
	*cluster
	*testing.T
	namespace, dir string
}

// place makes a namespace with the topics in, mid and out, as another team would.
func (c *cluster) place(t *testing.T, name string) *place {
	t.Helper()
	p := &place{cluster: c, T: t, namespace: tenant + "/" + name, dir: t.TempDir()}
	c.call(t, http.MethodPut, "namespaces/"+p.namespace, nil)
	for _, topic := range []string{"in", "mid", "out"} {
		c.call(t, http.MethodPut, "persistent/"+p.namespace+"/"+topic, nil)
	}
	bench := &harness.Bench{TB: t, Dir: p.dir}
	bench.Jar("loss-a.jar", "code.jar")
	return p
}

// file writes a mesh file; body follows the header lines.
func (p *place) file(name, body string) string {
	p.Helper()
	_, ns, _ := strings.Cut(p.namespace, "/")
	text := fmt.Sprintf("tenant: %s\nnamespace: %s\nname: chain\njarFile: code.jar\n%s", tenant, ns, body)
	file := filepath.Join(p.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	return file
}

// conf writes a client.conf and returns the environment that names it.
func (p *place) conf(lines ...string) []string {
	p.Helper()
	file := filepath.Join(p.dir, fmt.Sprintf("client-%d.conf", time.Now().UnixNano()))
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		p.Fatal(err)
	}
	return []string{"PULSAR_CLIENT_CONF=" + file}
}

// as is the environment of a Pulsar role, seen by the counting front.
func (p *place) as(role string) []string {
	p.Helper()
	return p.conf("webServiceUrl="+p.front.url, "brokerServiceUrl="+p.BrokerURL, "authPlugin=token", "authParams=token:"+p.secret(p.Token(role)))
}

// run runs meshc in the place and looks for secrets in what it says.
func (p *place) run(env []string, args ...string) *harness.Command {
	p.Helper()
	p.front.reset()
	p.runs++
	cmd := harness.Run(p.T, p.dir, env, args...)
	p.shows(cmd.String(), cmd.Output())
	return cmd
}

// shows fails the test if a text has a secret in it.
func (p *place) shows(what, text string) {
	p.Helper()
	for _, s := range p.secrets {
		if strings.Contains(text, s) {
			p.Errorf("%s shows a secret:\n%s", what, text)
		}
	}
}
