package k8stest_test

import (
	"net/http"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/servertest"
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

// TestRequire: where there is no go, the test is told so.
func TestRequire(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	servertest.CheckRequire(t, func(t testing.TB) { k8stest.Require(t) })
}
