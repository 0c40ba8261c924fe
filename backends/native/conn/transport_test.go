package conn

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// recorder is a server that notes what it is sent.
type recorder struct {
	*httptest.Server
	auth  atomic.Value
	hits  atomic.Int32
	body  atomic.Value
	serve http.HandlerFunc
}

func record(t *testing.T, serve http.HandlerFunc) *recorder {
	r := &recorder{serve: serve}
	r.auth.Store("")
	r.Server = httptest.NewServer(http.HandlerFunc(r.handle))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) handle(w http.ResponseWriter, req *http.Request) {
	r.hits.Add(1)
	r.auth.Store(req.Header.Get("Authorization"))
	body, _ := io.ReadAll(req.Body)
	r.body.Store(string(body))
	if r.serve != nil {
		r.serve(w, req)
	}
}

func settings(t *testing.T, admin string, allow ...string) Settings {
	t.Helper()
	auth, err := ParseAuth("token", "token:s3cret", nil)
	if err != nil {
		t.Fatal(err)
	}
	return Settings{AdminURL: admin, BrokerURL: DefaultBrokerURL, Auth: auth, AllowedHosts: allow}
}

func do(t *testing.T, s Settings, method, url, body string) (*http.Response, error) {
	t.Helper()
	c, err := s.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return resp, err
}

func redirect(code int, to func() string) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Location", to()+req.URL.Path)
		w.WriteHeader(code)
	}
}

func TestTokenStaysWithConfiguredHosts(t *testing.T) {
	foreign := record(t, nil)
	home := record(t, redirect(http.StatusTemporaryRedirect, func() string { return foreign.URL }))

	_, err := do(t, settings(t, home.URL), http.MethodPut, home.URL+"/x", "body")
	var refused *RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), FlagAllowHost) || !strings.Contains(err.Error(), strings.TrimPrefix(foreign.URL, "http://")) {
		t.Errorf("got %v, want a refusal that names the host and the flag", err)
	}
	if foreign.hits.Load() != 0 {
		t.Error("the foreign host was asked")
	}
	if home.auth.Load() != "Bearer s3cret" {
		t.Errorf("the configured host got %q", home.auth.Load())
	}

	// A request straight to another host goes without credentials, ours or the caller's.
	if _, err := do(t, settings(t, home.URL), http.MethodGet, foreign.URL, ""); err != nil || foreign.auth.Load() != "" {
		t.Errorf("foreign host got %q, %v", foreign.auth.Load(), err)
	}
	// The same host on another port is another host.
	u := strings.Replace(home.URL, "127.0.0.1", "localhost", 1)
	if _, err := do(t, settings(t, u), http.MethodGet, foreign.URL, ""); err != nil || foreign.auth.Load() != "" {
		t.Errorf("other port got %q, %v", foreign.auth.Load(), err)
	}
}

func TestAllowedRedirectReplaysTheBody(t *testing.T) {
	worker := record(t, nil)
	home := record(t, redirect(http.StatusTemporaryRedirect, func() string { return worker.URL }))
	for _, allow := range []string{strings.TrimPrefix(worker.URL, "http://"), "127.0.0.1", worker.URL} {
		worker.body.Store("")
		if _, err := do(t, settings(t, home.URL, allow), http.MethodPut, home.URL+"/x", "the body"); err != nil {
			t.Fatal(err)
		}
		if worker.body.Load() != "the body" || worker.auth.Load() != "Bearer s3cret" {
			t.Errorf("allow %s: the worker got %q with %q", allow, worker.body.Load(), worker.auth.Load())
		}
	}
	if _, err := do(t, settings(t, home.URL, "*.0.0.1"), http.MethodPut, home.URL+"/x", ""); err != nil {
		t.Error(err)
	}
	for _, allow := range []string{"https://127.0.0.1", "127.0.0.1:1", "*.example.org", "0.0.1"} {
		if _, err := do(t, settings(t, home.URL, allow), http.MethodPut, home.URL+"/x", ""); err == nil {
			t.Errorf("allow %s: followed to %s", allow, worker.URL)
		}
	}
}

func TestRedirectMayNotTurnAWriteIntoARead(t *testing.T) {
	for _, code := range []int{301, 302, 303} {
		var home *recorder
		home = record(t, redirect(code, func() string { return home.URL }))
		_, err := do(t, settings(t, home.URL), http.MethodPut, home.URL+"/x", "")
		if err == nil || !strings.Contains(err.Error(), "PUT") || home.hits.Load() != 1 {
			t.Errorf("%d: %v after %d requests", code, err, home.hits.Load())
		}
	}
}

func TestNoDowngradeToHTTP(t *testing.T) {
	plain := record(t, nil)
	home := httptest.NewTLSServer(redirect(http.StatusTemporaryRedirect, func() string { return plain.URL }))
	defer home.Close()
	s := settings(t, home.URL, plain.URL)
	s.TLS.AllowInsecure = true
	_, err := do(t, s, http.MethodGet, home.URL+"/x", "")
	if err == nil || !strings.Contains(err.Error(), "from https to http") || plain.hits.Load() != 0 {
		t.Errorf("got %v after %d requests in the clear", err, plain.hits.Load())
	}
}

func TestNextHostWhenOneIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := l.Addr().String()
	l.Close()
	up := record(t, nil)
	s := settings(t, "http://"+down+","+strings.TrimPrefix(up.URL, "http://"))
	rt, err := s.Transport()
	if err != nil {
		t.Fatal(err)
	}
	base, _ := s.Base()
	for range 3 {
		req, _ := http.NewRequest(http.MethodPost, base.String()+"/x", bytes.NewReader([]byte("body")))
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if up.body.Load() != "body" || up.auth.Load() != "Bearer s3cret" {
			t.Errorf("got %q with %q", up.body.Load(), up.auth.Load())
		}
	}
	if rt.(*transport).services[0].current.Load() != 1 {
		t.Error("the host that worked is not kept")
	}
	up.Close()
	if _, err := do(t, s, http.MethodGet, base.String(), ""); err == nil {
		t.Error("no host is up, and no error")
	}
}

func TestTokenFileIsReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	home := record(t, nil)
	auth, err := ParseAuth(javaAuth+"AuthenticationToken", "file://"+file, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := Settings{AdminURL: home.URL, Auth: auth}
	for _, text := range []string{"one\n", "two"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := do(t, s, http.MethodGet, home.URL, ""); err != nil || home.auth.Load() != "Bearer "+strings.TrimSpace(text) {
			t.Errorf("got %q, %v", home.auth.Load(), err)
		}
	}
	for _, text := range []string{"", "s3cret\nline", "s3cret\x00"} {
		os.WriteFile(file, []byte(text), 0o600)
		_, err := do(t, s, http.MethodGet, home.URL, "")
		var missing *CredentialError
		if !errors.As(err, &missing) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("token %q: %v", text, err)
		}
	}
}

func TestParseTokenForms(t *testing.T) {
	getenv := func(name string) string { return map[string]string{"T": "from-env"}[name] }
	for params, want := range map[string]string{
		"token:abc": "abc", "abc": "abc", `{"token":"abc"}`: "abc", "env:T": "from-env", `{"token":"token:abc"}`: "abc",
	} {
		a, err := ParseAuth("token", params, getenv)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.Token(context.Background()); got != want || err != nil {
			t.Errorf("%s: %q, %v", params, got, err)
		}
	}
	a, err := ParseAuth("basic", `userId:me,password:a,b:c`, nil)
	if u, p := a.UserPassword(); u != "me" || p != "a,b:c" || err != nil {
		t.Errorf("basic: %q %q %v", u, p, err)
	}
	if h, _ := a.Authorization(t.Context()); h != "Basic bWU6YSxiOmM=" {
		t.Errorf("basic header %q", h)
	}
}

// TestHostNameOnly: SkipHostname still wants a trusted certificate.
func TestHostNameOnly(t *testing.T) {
	home := httptest.NewTLSServer(http.NotFoundHandler())
	defer home.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pemOf(home.Certificate().Raw), 0o600); err != nil {
		t.Fatal(err)
	}
	// The certificate of httptest is for example.com and 127.0.0.1, not for localhost.
	url := strings.Replace(home.URL, "127.0.0.1", "localhost", 1)
	tests := []struct {
		name string
		tls  TLS
		ok   bool
	}{
		{"trusted, other name", TLS{TrustCertsFile: ca}, false},
		{"trusted, name not checked", TLS{TrustCertsFile: ca, SkipHostname: true}, true},
		{"not trusted, name not checked", TLS{SkipHostname: true}, false},
		{"nothing checked", TLS{AllowInsecure: true}, true},
	}
	for _, tt := range tests {
		s := settings(t, url)
		s.TLS = tt.tls
		_, err := do(t, s, http.MethodGet, url, "")
		if (err == nil) != tt.ok || (err != nil && !IsTLS(err)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	rt, err := plainTransport(TLS{})
	if err != nil {
		t.Fatal(err)
	}
	if rt.ResponseHeaderTimeout != 90*time.Second || rt.MaxIdleConnsPerHost != 32 || rt.TLSHandshakeTimeout != 10*time.Second {
		t.Errorf("limits are %+v", rt)
	}
}
