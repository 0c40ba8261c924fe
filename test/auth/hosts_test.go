package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// testHosts leads meshc astray: credentials go to the configured hosts only, and
// to those that the user allows.
func (c *cluster) testHosts(t *testing.T) {
	p := c.place(t, "hosts")
	mesh := p.file("mesh.yaml", onTheirs)
	var strayed atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		strayed.Add(1)
		http.Error(w, "here is nothing", http.StatusTeapot)
	}))
	t.Cleanup(elsewhere.Close)
	token := []string{"brokerServiceUrl=" + p.BrokerURL, javaToken, "authParams=token:" + p.secret(p.AdminToken())}
	redirecting := func(to string, status int) []string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to+r.URL.RequestURI())
			w.WriteHeader(status)
		}))
		t.Cleanup(srv.Close)
		return p.conf(append(token, "webServiceUrl="+srv.URL)...)
	}
	host := strings.TrimPrefix(elsewhere.URL, "http://")
	for _, status := range []int{301, 302, 307, 308} {
		for _, args := range [][]string{{"plan", mesh}, {"apply", "--yes", mesh}, {"destroy", "--yes", mesh}, {"list"}, {"status", mesh}, {"get", mesh}} {
			cmd := p.run(redirecting(elsewhere.URL, status), args...).Want(1).Says("redirected to "+elsewhere.URL, "--allow-host "+host)
			if args[0] == "plan" {
				t.Logf("%d: %s", status, strings.TrimSpace(cmd.Output()))
			}
		}
	}
	if n := strayed.Load(); n != 0 {
		t.Errorf("%d requests went to a host that was not configured", n)
	}
	// The user's word lets it through: the front stands for a worker elsewhere.
	p.front.withoutCredential = 0
	front := strings.TrimPrefix(p.front.url, "http://")
	p.run(redirecting(p.front.url, 307), "plan", "--allow-host", front, mesh).Want(0)
	if p.front.requests == 0 || p.front.withoutCredential != 0 {
		t.Errorf("%d requests to the allowed host, %d of them without credentials", p.front.requests, p.front.withoutCredential)
	}
	// An HTTP proxy of the environment is a host as well; what is on this
	// machine is not sent through it.
	env := append(p.conf(append(token, "webServiceUrl="+p.front.url)...), "HTTP_PROXY="+elsewhere.URL, "http_proxy="+elsewhere.URL)
	p.run(env, "plan", mesh).Want(0)
	if n := strayed.Load(); n != 0 {
		t.Errorf("%d requests for this machine went to the proxy", n)
	}
}
