package k8stest_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
)

func TestMain(m *testing.M) { k8stest.Main(m) }

func TestSharedNamespace(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := k8stest.Shared(t)
	if k8stest.Shared(t) != srv {
		t.Error("the second call gives another server")
	}
	a, b := k8stest.Namespace(t, srv), k8stest.Namespace(t, srv)
	if a == b {
		t.Errorf("two namespaces are %s", a)
	}
	for _, ns := range []string{a, b} {
		if _, err := srv.Call(t.Context(), http.MethodGet, "/api/v1/namespaces/"+ns, "", nil); err != nil {
			t.Error(err)
		}
	}
}

// recorder is a test that remembers how it ended.
type recorder struct {
	testing.TB
	end string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return context.Background() }
func (r *recorder) Skip(...any)              { r.ends("skip") }
func (r *recorder) Fatal(...any)             { r.ends("fatal") }

// ends keeps the first word: a real test would have ended there.
func (r *recorder) ends(how string) {
	if r.end == "" {
		r.end = how
	}
}

func TestRequire(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no go
	for ci, want := range map[string]string{"": "skip", "true": "fatal", "1": "fatal"} {
		t.Setenv("CI", ci)
		r := &recorder{TB: t}
		k8stest.Require(r)
		if r.end != want {
			t.Errorf("CI=%q: %q, want %q", ci, r.end, want)
		}
	}
}
