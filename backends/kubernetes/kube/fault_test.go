package kube_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/test/faultproxy"
)

// unavailable is what a server says that starts or stops, or a proxy before it.
var unavailable = faultproxy.SaysStatus(503, "ServiceUnavailable", "the server is currently unable to handle the request")

// busy is what API priority and fairness says: nothing was done.
func busy(after string) faultproxy.Fault {
	return faultproxy.SaysStatus(429, "TooManyRequests", "too many requests, please try again later", "Retry-After", after)
}

var (
	outcomeUnknown = func(err error) bool { return is[*kube.Unknown](err) }
	fine           = func(err error) bool { return err == nil }
)

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// TestRequestsAreRepeatedWhereThatDoesNoHarm does each fault once to each request and
// counts how often the server is asked.
func TestRequestsAreRepeatedWhereThatDoesNoHarm(t *testing.T) {
	t.Parallel()
	srv, direct, ns := place(t)
	p, c := faulty(t, srv, 10*time.Second)
	spec := map[string]any{"className": "a.B"}
	read := func(ctx context.Context, _ string) error {
		_, err := c.List(ctx, kube.Functions, ns, kube.Selector{})
		return err
	}
	apply := func(ctx context.Context, name string) error {
		_, err := c.Apply(ctx, kube.Functions, function(ns, name, spec), kube.Options{})
		return err
	}
	create := func(ctx context.Context, name string) error {
		_, err := c.Create(ctx, kube.Functions, function(ns, name, spec), kube.Options{})
		return err
	}
	existing := func(name string) kube.Object {
		return must[kube.Written](t)(direct.Apply(t.Context(), kube.Functions, function(ns, name, spec), kube.Options{})).Object
	}
	applyOfOne := func(ctx context.Context, name string) error {
		o := function(ns, name, map[string]any{"className": "a.C"})
		o.Map("metadata")["resourceVersion"] = existing(name).Version()
		_, err := c.Apply(ctx, kube.Functions, o, kube.Options{})
		return err
	}
	remove := func(ctx context.Context, name string) error {
		o := existing(name)
		return c.Delete(ctx, kube.RefOf(kube.Functions, o), kube.Deletion{UID: o.UID()})
	}
	removeAny := func(ctx context.Context, name string) error {
		return c.Delete(ctx, kube.RefOf(kube.Functions, existing(name)), kube.Deletion{})
	}
	cutBefore, cutAfter := faultproxy.CutBefore(), faultproxy.CutAfter()
	for i, tt := range []struct {
		what   string
		do     func(context.Context, string) error
		fault  faultproxy.Fault
		want   func(error) bool
		asked  int
		exists bool
	}{
		{"read", read, unavailable, fine, 2, false},
		{"read", read, busy("1"), fine, 2, false},
		{"read", read, cutBefore, fine, 2, false},
		{"read", read, cutAfter, fine, 2, false},
		{"read", read, faultproxy.SaysText(500, "etcdserver: leader changed"), fine, 2, false},
		{"read", read, faultproxy.SaysText(200, "<html>Please log in</html>"), fine, 2, false},
		{"read", read, faultproxy.SaysStatus(400, "BadRequest", "no"), func(err error) bool { return is[*kube.Refused](err) }, 1, false},
		{"apply", apply, unavailable, fine, 2, true},
		{"apply", apply, busy("0"), fine, 2, true},
		{"apply", apply, cutBefore, fine, 2, true},
		{"apply", apply, cutAfter, fine, 2, true},
		{"apply of one version", applyOfOne, cutBefore, outcomeUnknown, 1, true},
		{"apply of one version", applyOfOne, cutAfter, outcomeUnknown, 1, true},
		{"apply of one version", applyOfOne, busy("0"), fine, 2, true},
		{"create", create, busy("0"), fine, 2, true},
		{"create", create, unavailable, outcomeUnknown, 1, false},
		{"create", create, cutBefore, outcomeUnknown, 1, false},
		{"create", create, cutAfter, outcomeUnknown, 1, true},
		{"create", create, faultproxy.SaysStatus(500, "InternalError", `Internal error occurred: failed calling webhook "v.kb.io": failed to call webhook: connection refused`), fine, 2, true},
		{"delete", remove, cutAfter, fine, 2, false},
		{"delete", remove, cutBefore, fine, 2, false},
		{"delete by name", removeAny, cutAfter, outcomeUnknown, 1, false},
		{"delete by name", removeAny, busy("0"), fine, 2, false},
	} {
		name := "f" + string(rune('a'+i))
		p.InjectWhere(func(*http.Request, faultproxy.Kind) bool { return true }, tt.fault, 0, 1)
		err := tt.do(t.Context(), name)
		asked := len(p.Log())
		if !tt.want(err) || asked != tt.asked || p.Heal() != 0 {
			t.Errorf("%s, %s: asked %d times, %T: %v", tt.what, tt.fault.Name, asked, err, err)
		}
		_, err = direct.Get(t.Context(), kube.Ref{Resource: kube.Functions, Namespace: ns, Name: name})
		if kube.IsNotFound(err) == tt.exists {
			t.Errorf("%s, %s: that it is there is %v", tt.what, tt.fault.Name, !tt.exists)
		}
	}
}

// TestPatienceEnds, and the end of the caller's context before it.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	srv, _, ns := place(t)
	p, c := faulty(t, srv, 700*time.Millisecond)
	all := func(*http.Request, faultproxy.Kind) bool { return true }
	get := func(ctx context.Context) error {
		_, err := c.List(ctx, kube.Functions, ns, kube.Selector{})
		return err
	}
	p.InjectWhere(all, unavailable, 0, faultproxy.Repeats)
	if err := get(t.Context()); !outcomeUnknown(err) || !strings.Contains(err.Error(), "unable to handle the request") {
		t.Errorf("%T: %v", err, err)
	}
	if n := len(p.Log()); n < 2 {
		t.Errorf("asked %d times", n)
	}
	p.Heal()
	// A server that wants to be left alone for longer than the caller waits is left alone.
	p.InjectWhere(all, busy("17"), 0, faultproxy.Repeats)
	err := get(t.Context())
	if e := as[*kube.Temporary](t, err); e.After != 17*time.Second || !e.Overload || len(p.Log()) != 1 {
		t.Errorf("%+v", e)
	}
	p.Heal()
	p.InjectWhere(all, unavailable, 0, faultproxy.Repeats)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := get(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller's end is told as %v", err)
	}
}

// TestNotReached is told at once by a client that never met its server, and waited
// out by one that did.
func TestNotReached(t *testing.T) {
	t.Parallel()
	var answer http.HandlerFunc = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"gitVersion":"v1.34.4"}`)) }
	srv := httptest.NewServer(answer)
	met := clientOf(t, kube.Settings{Kubeconfig: kubeconfig(t, srv.URL, `{}`)}, func(c *kube.Config) { c.Patience = 600 * time.Millisecond })
	if v := must[kube.Version](t)(met.Version(t.Context())); v.Git != "v1.34.4" {
		t.Errorf("the version is %+v", v)
	}
	srv.Close()
	never := clientOf(t, kube.Settings{Kubeconfig: kubeconfig(t, srv.URL, `{}`)}, func(c *kube.Config) { c.Patience = time.Hour })
	_, err := never.Version(t.Context())
	if e := as[*kube.NotReached](t, err); e.URL != srv.URL || !strings.Contains(e.Error(), "refused") {
		t.Errorf("%v", err)
	}
	begin := time.Now()
	_, err = met.Version(t.Context())
	if as[*kube.NotReached](t, err); time.Since(begin) < 100*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
	// A certificate that nobody signed does not get better.
	secure := httptest.NewUnstartedServer(answer)
	secure.Config.ErrorLog = quiet()
	secure.StartTLS()
	defer secure.Close()
	strange := clientOf(t, kube.Settings{Kubeconfig: kubeconfig(t, secure.URL, `{}`)})
	_, err = strange.Version(t.Context())
	if e := as[*kube.NotReached](t, err); !strings.Contains(e.Error(), "certificate") {
		t.Errorf("%v", err)
	}
}

// TestCredentialsOfAProgram: its token is renewed when it runs out in the middle.
func TestCredentialsOfAProgram(t *testing.T) {
	t.Parallel()
	srv, _, _ := place(t)
	ca, token := k8stest.Credentials(t, srv)
	dir := t.TempDir()
	program := filepath.Join(dir, "login")
	script := `#!/bin/sh
echo x >> ` + dir + `/asked
token=expired
[ $(wc -l < ` + dir + `/asked) -gt 1 ] && token=` + token + `
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$token'"}}'
`
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(command string) string {
		user := asJSON(t, map[string]any{"exec": map[string]any{"apiVersion": "client.authentication.k8s.io/v1", "command": command, "interactiveMode": "Never"}})
		cluster := asJSON(t, map[string]any{"server": srv.URL, "certificate-authority-data": ca})
		return write(t, "config", `{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":`+cluster+`}],
			"users":[{"name":"u","user":`+user+`}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}`)
	}
	c := clientOf(t, kube.Settings{Kubeconfig: file(program)})
	if id := must[string](t)(c.ClusterID(t.Context())); id == "" {
		t.Error("the administrator sees no cluster")
	}
	broken := clientOf(t, kube.Settings{Kubeconfig: file(filepath.Join(dir, "none"))})
	_, err := broken.Version(t.Context())
	if e := as[*kube.Unauthorized](t, err); !strings.Contains(e.Error(), "none") || e.Remedy() == "" {
		t.Errorf("%v", err)
	}
}

func TestUnauthorized(t *testing.T) {
	t.Parallel()
	srv, _, ns := place(t)
	ca, _ := k8stest.Credentials(t, srv)
	cluster := asJSON(t, map[string]any{"server": srv.URL, "certificate-authority-data": ca})
	c := clientOf(t, kube.Settings{Kubeconfig: write(t, "config", `{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":`+cluster+`}],
			"users":[{"name":"u","user":{"token":"wrong"}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}`)})
	_, err := c.List(t.Context(), kube.Functions, ns, kube.Selector{})
	if e := as[*kube.Unauthorized](t, err); e.URL != srv.URL || strings.Contains(e.Error(), "wrong") {
		t.Errorf("%v", err)
	}
}
