// Package manager runs FunctionMeshManagers as processes on a real Pulsar with
// authentication on: with callers of many rights, with leaders that are killed and
// leaders that stand still.
package manager

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
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

// cluster is the server of all tests here.
type cluster struct {
	*pulsar.Server
	dir string
}

// TestManager starts one server for all that needs one. Its keep-alive is short, so that
// it gives up a client that stands still within seconds.
func TestManager(t *testing.T) {
	c := &cluster{Server: pulsartest.Start(t, pulsar.Options{Auth: true, HTTPThreads: 16, Packages: true, Conf: map[string]string{"keepAliveIntervalSeconds": "2"}}), dir: t.TempDir()}
	c.call(t, http.MethodPut, "tenants/acme", map[string]any{"adminRoles": []string{"acme-admin"}, "allowedClusters": []string{"standalone"}})
	c.call(t, http.MethodPut, "namespaces/acme/orders", nil)
	for role, actions := range map[string][]string{"deployer": {"functions", "consume", "produce", "packages"}, "reader": {"functions"}} {
		c.call(t, http.MethodPost, "namespaces/acme/orders/permissions/"+role, actions)
	}
	for _, topic := range []string{"in", "out"} {
		c.call(t, http.MethodPut, "persistent/acme/orders/"+topic, nil)
	}
	t.Run("rights", c.testRights)
	t.Run("certificates", c.testCertificates)
	t.Run("leader killed", c.testKilled)
	t.Run("leader stands still", c.testStopped)
}

// call sends a request to Pulsar as superuser.
func (c *cluster) call(t *testing.T, method, path string, body any) {
	t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	status, answer := ask(t, method, c.AdminURL+"/admin/v2/"+path, c.AdminToken(), "application/json", text, "")
	if status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
}

// ask sends a request; status 0 is for no answer.
func ask(t *testing.T, method, url, token, kind string, body []byte, key string) (status int, answer []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		return 0, []byte(err.Error())
	}
	return resp.StatusCode, answer
}

// member is a manager that runs.
type member struct {
	*harness.Command
	url string
}

// manager starts one and waits until it is ready.
func (c *cluster) manager(t *testing.T, topic string, more ...string) *member {
	t.Helper()
	conf := filepath.Join(c.dir, "client.conf")
	text := fmt.Sprintf("webServiceUrl=%s\nbrokerServiceUrl=%s\nauthPlugin=token\nauthParams=token:%s\n", c.AdminURL, c.BrokerURL, c.AdminToken())
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	m := &member{url: "http://" + address}
	m.Command = harness.Start(t, c.dir, append(os.Environ(), "PULSAR_CLIENT_CONF="+conf), append([]string{"manager", "--auth", "token", "--listen", address, "--advertise", m.url,
		"--peer", "127.0.0.1", "--records-topic", topic, "--reconcile=false"}, more...)...)
	t.Cleanup(func() { m.Signal(os.Kill); <-m.Ended() })
	if !slices.Contains(more, "--tls-cert") {
		soon(t, "the manager is ready", func() bool { status, _ := ask(t, "GET", m.url+"/readyz", "", "", nil, ""); return status == 200 })
	}
	return m
}

// soon waits for something that has to be so within 20 seconds.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so after 20 s: %s", what)
		}
	}
}

// leader gives the manager that leads, as this one sees it.
func (c *cluster) leader(t *testing.T, m *member) string {
	t.Helper()
	status, text := ask(t, "GET", m.url+"/admin/v3/mesh-manager/leader", c.AdminToken(), "", nil, "")
	var info struct{ URL string }
	if status != 200 || json.Unmarshal(text, &info) != nil {
		return ""
	}
	return info.URL
}

// failing is a mesh that is accepted and then fails at once: no worker has its function.
func failing(name string) []byte {
	return []byte("tenant: acme\nnamespace: orders\nname: " + name + "\ntopics: [{name: in, external: true}, {name: out, external: true}]\nfunctions: [{name: " + name + "-f, functionType: nope, inputs: [in], output: out}]\n")
}

const meshes = "/admin/v3/meshes/"

// testRights: everyone can do by a manager what they could do alone, and no more.
func (c *cluster) testRights(t *testing.T) {
	m := c.manager(t, "persistent://public/functions/rights")
	path := m.url + meshes + "acme/orders/m"
	for _, try := range []struct {
		who, method, path string
		status            int
	}{
		{"", "GET", path, 401}, {"nobody's", "GET", path, 401}, {"stranger", "GET", path, 403}, {"stranger", "PUT", path, 403}, {"stranger", "DELETE", path, 403},
		{"deployer", "GET", m.url + meshes + "public/default/m", 403}, {"deployer", "PUT", m.url + meshes + "public/default/m/lock", 403},
		{"reader", "GET", path, 404}, {"deployer", "PUT", path + "?wait=20s", 200}, {"reader", "GET", path, 200}, {"acme-admin", "GET", path, 200},
	} {
		token := ""
		switch try.who {
		case "":
		case "nobody's":
			token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AAAA"
		default:
			token = c.Token(try.who)
		}
		status, text := ask(t, try.method, try.path, token, "application/yaml", failing("m"), "")
		if status != try.status {
			t.Errorf("%s %s as %q: %d, want %d: %s", try.method, try.path, try.who, status, try.status, text)
		}
		if try.status == 200 && try.method == "PUT" && !strings.Contains(string(text), `"author":"deployer"`) {
			t.Errorf("recorded as %s", text)
		}
	}
	// Who may list functions and not touch topics gets as far as alone: nowhere.
	for method, path := range map[string]string{"PUT": "acme/orders/n?wait=20s", "POST": "acme/orders/n/plan"} {
		status, text := ask(t, method, m.url+meshes+path, c.Token("reader"), "application/yaml", failing("n"), "")
		if status != 403 || !strings.Contains(string(text), "the role needs") {
			t.Errorf("a reader deploys: %s %d %s", method, status, text)
		}
	}
	if status, text := ask(t, "PUT", m.url+meshes+"acme/orders/m", c.Token("deployer"), "application/yaml", bytes.Repeat([]byte("#"), 5<<20), ""); status != 413 {
		t.Errorf("5 MiB: %d %s", status, text)
	}
	m.Signal(os.Interrupt)
	m.WaitFor(20 * time.Second).Want(0)
	for _, secret := range []string{c.AdminToken(), c.Token("deployer"), c.Token("reader")} {
		if strings.Contains(m.Output(), secret) {
			t.Error("the log has a token")
		}
	}
}
