package records_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/records"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/test/faultproxy"
)

func TestMain(m *testing.M) { k8stest.Main(m) }

// place is a real API server and a namespace in it.
func place(t *testing.T) (srv *k8s.Server, namespace string) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a server")
	}
	srv = k8stest.Shared(t)
	return srv, k8stest.Namespace(t, srv)
}

func clientOf(t testing.TB, kubeconfig string) *kube.Client {
	t.Helper()
	conf, err := kube.Load(kube.Settings{Kubeconfig: kubeconfig})
	if err != nil {
		t.Fatal(err)
	}
	c, err := kube.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func storeOf(c *kube.Client, namespace string) record.Store {
	return records.New(c, records.Options{
		Namespace:  func(mesh.ID) string { return namespace },
		Namespaces: func() []string { return []string{namespace} },
		Failure:    func(err error) error { return err },
	})
}

// faulty is a client that reaches the server through a proxy with faults, and has
// reached it once.
func faulty(t *testing.T, srv *k8s.Server) (*faultproxy.Proxy, *kube.Client) {
	t.Helper()
	ca, token := k8stest.Credentials(t, srv)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	p := faultproxy.NewTLS(t, srv.URL, &tls.Config{RootCAs: pool}, token)
	file := filepath.Join(t.TempDir(), "config")
	config := `{"apiVersion": "v1", "kind": "Config", "current-context": "c", "clusters": [{"name": "c", "cluster": {"server": "` + p.URL + `"}}],
		"users": [{"name": "u", "user": {}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}`
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := clientOf(t, file)
	if _, err := c.Version(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Log()
	return p, c
}
