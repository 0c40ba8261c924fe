package pulsartest_test

import (
	"net/http"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/internal/testserver/servertest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

func TestSharedNamespace(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := pulsartest.Shared(t)
	if pulsartest.Shared(t) != srv {
		t.Error("the second call gives another server")
	}
	var ns string
	t.Run("with a topic", func(t *testing.T) {
		ns = pulsartest.Namespace(t, srv)
		if other := pulsartest.Namespace(t, srv); other == ns {
			t.Errorf("two namespaces are %s", ns)
		}
		if code := status(t, srv, http.MethodPut, "/admin/v2/persistent/"+ns+"/topic"); code/100 != 2 {
			t.Errorf("topic in %s: %d", ns, code)
		}
	})
	if code := status(t, srv, http.MethodGet, "/admin/v2/namespaces/"+ns); code != http.StatusNotFound {
		t.Errorf("%s after its test: %d, want 404", ns, code)
	}
	attached, err := pulsar.Attach(t.Context(), srv.AdminURL+","+srv.BrokerURL)
	if err != nil {
		t.Fatal(err)
	}
	if attached.Version != pulsar.DefaultVersion {
		t.Errorf("version %q, want %q", attached.Version, pulsar.DefaultVersion)
	}
	if err := attached.Restart(t.Context()); err == nil {
		t.Error("Restart of another process's server: no error")
	}
	attached.Kill()
	if err := attached.Stop(); err != nil {
		t.Error(err)
	}
	if code := status(t, srv, http.MethodGet, "/admin/v2/namespaces/public"); code != http.StatusOK {
		t.Errorf("Stop of another process's server did something: %d", code)
	}
}

func status(t *testing.T, srv *pulsar.Server, method, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, srv.AdminURL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestRequire: where there is no Java, the test is told so.
func TestRequire(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	servertest.CheckRequire(t, func(t testing.TB) { pulsartest.Require(t, pulsar.Options{}) })
}
