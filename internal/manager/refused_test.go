package manager_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
)

// TestRefusalsOfTheCluster: what the cluster does not let a caller's own token do is told
// as the caller's matter. What it says to the lock, test/manager tells by a real one.
func TestRefusalsOfTheCluster(t *testing.T) {
	for name, c := range map[string]struct {
		clusters, status int
		kind             string
	}{
		"a right is missing":       {http.StatusOK, 403, api.KindForbidden},
		"the token has just ended": {http.StatusUnauthorized, 401, api.KindUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			pulsar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				status, text := http.StatusUnauthorized, `{"reason":"no"}`
				switch r.URL.Path {
				case "/admin/v3/functions/public/default":
					status, text = http.StatusOK, "[]"
				case "/admin/v2/clusters":
					if status = c.clusters; status == http.StatusOK {
						text = `["standalone"]`
					}
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, text)
			}))
			defer pulsar.Close()
			cluster, err := backends.OpenCluster(backends.Settings{AdminURL: pulsar.URL, BrokerURL: "pulsar://127.0.0.1:1", Getenv: func(string) string { return "" }})
			if err != nil {
				t.Fatal(err)
			}
			d := newDesk(t, func(o *manager.Options) { o.Gate = manager.NewTokens(cluster, "", true) })
			body, kind := form(t, meshFile("m", 1), pyFile, "")
			d.problem(request{method: "POST", path: one + "/plan", who: "alice", body: body, header: kind}, c.status, c.kind)
		})
	}
}
