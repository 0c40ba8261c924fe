package k8stest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
)

// Namespace makes a fresh namespace for the test and returns its name, such as
// testapply-k3x9a2zz. When the test ends it is deleted with all that is in it, which
// the server finishes on its own; finalizers of custom resources, that only an
// operator takes away, are removed first.
func Namespace(t testing.TB, srv *k8s.Server) string {
	t.Helper()
	var name strings.Builder
	for _, r := range strings.ToLower(t.Name()) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			name.WriteRune(r)
		}
	}
	ns := fmt.Sprintf("%.40s-%s", name.String(), strings.ToLower(rand.Text()[:8]))
	body := fmt.Sprintf(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":%q}}`, ns)
	if _, err := srv.Call(t.Context(), http.MethodPost, "/api/v1/namespaces", "", []byte(body)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The test's own context has ended.
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := remove(ctx, srv, ns); err != nil {
			t.Logf("cleaning up: %v", err)
		}
	})
	return ns
}

func remove(ctx context.Context, srv *k8s.Server, ns string) error {
	if _, err := srv.Call(ctx, http.MethodDelete, "/api/v1/namespaces/"+ns, "", nil); err != nil {
		return err
	}
	var errs []error
	for _, plural := range []string{"functions", "sources", "sinks"} {
		at := "/apis/compute.functionmesh.io/v1alpha1/namespaces/" + ns + "/" + plural
		body, err := srv.Call(ctx, http.MethodGet, at, "", nil)
		var status *k8s.StatusError
		if errors.As(err, &status) && status.Code == http.StatusNotFound {
			continue // a server without these kinds
		}
		var found struct {
			Items []struct {
				Metadata struct {
					Name       string
					Finalizers []string
				}
			}
		}
		if err == nil {
			err = json.Unmarshal(body, &found)
		}
		errs = append(errs, err)
		for _, item := range found.Items {
			if len(item.Metadata.Finalizers) == 0 {
				continue
			}
			_, err := srv.Call(ctx, http.MethodPatch, at+"/"+item.Metadata.Name, "application/merge-patch+json", []byte(`{"metadata":{"finalizers":null}}`))
			if errors.As(err, &status) && status.Code == http.StatusNotFound {
				err = nil
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Kubectl runs kubectl as the administrator, with stdin as its standard input, and
// returns its standard output. Another exit code than 0 fails the test.
func Kubectl(t testing.TB, srv *k8s.Server, stdin string, args ...string) string {
	t.Helper()
	out, _, err := srv.Kubectl(t.Context(), []byte(stdin), args...)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Credentials are what the administrator's kubeconfig holds: the authority that signed
// the server's certificate, as PEM, and the token. What cannot be read fails the test.
func Credentials(t testing.TB, srv *k8s.Server) (ca []byte, token string) {
	t.Helper()
	text, err := os.ReadFile(srv.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		Clusters []struct {
			Cluster struct {
				CA []byte `json:"certificate-authority-data"`
			}
		}
		Users []struct{ User struct{ Token string } }
	}
	if err := json.Unmarshal(text, &k); err != nil {
		t.Fatal(err)
	}
	return k.Clusters[0].Cluster.CA, k.Users[0].User.Token
}
