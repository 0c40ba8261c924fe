package kube_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/test/faultproxy"
)

func TestMain(m *testing.M) { k8stest.Main(m) }

// place is a real API server, a client of its administrator and a namespace.
func place(t *testing.T) (*k8s.Server, *kube.Client, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a server")
	}
	srv := k8stest.Shared(t)
	return srv, clientOf(t, kube.Settings{Kubeconfig: srv.Kubeconfig}), k8stest.Namespace(t, srv)
}

func clientOf(t *testing.T, s kube.Settings, change ...func(*kube.Config)) *kube.Client {
	t.Helper()
	conf, err := kube.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(conf)
	}
	c, err := kube.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func clientOfUser(t *testing.T, srv *k8s.Server, user string) *kube.Client {
	t.Helper()
	file, err := srv.KubeconfigFor(user)
	if err != nil {
		t.Fatal(err)
	}
	return clientOf(t, kube.Settings{Kubeconfig: file})
}

// pageSize is how many objects a page of a faulty client has.
const pageSize = 300

// faulty is a client that reaches the server through a proxy with faults, and has
// reached it once.
func faulty(t *testing.T, srv *k8s.Server, patience time.Duration) (*faultproxy.Proxy, *kube.Client) {
	t.Helper()
	ca, token := k8stest.Credentials(t, srv)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	p := faultproxy.NewTLS(t, srv.URL, &tls.Config{RootCAs: pool}, token)
	c := clientOf(t, kube.Settings{Kubeconfig: kubeconfig(t, p.URL, `{}`)}, func(conf *kube.Config) { conf.Patience, conf.PerPage = patience, pageSize })
	if _, err := c.Version(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Log()
	return p, c
}

// kubeconfig writes one for a server and a user.
func kubeconfig(t *testing.T, url, user string) string {
	t.Helper()
	return write(t, "config", `{"apiVersion": "v1", "kind": "Config", "current-context": "c",
		"clusters": [{"name": "c", "cluster": {"server": "`+url+`"}}], "users": [{"name": "u", "user": `+user+`}],
		"contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}`)
}

// function is a Function resource.
func function(ns, name string, spec map[string]any) kube.Object {
	return kube.Functions.New(ns, name).With("spec", spec)
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// quiet is for servers of tests whose clients give up.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// as returns the error as the type that it has to be.
func as[E error](t *testing.T, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	return e
}

// until polls a condition that another process fulfils.
func until(t *testing.T, within time.Duration, what string, done func(ctx context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for !done(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", within, what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
