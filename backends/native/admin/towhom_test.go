package admin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/meshc/meshc/backends/native/conn"
)

// TestWhoIsAsked: function workers of their own are asked about components, the
// brokers about all else; both get the credentials, and nobody whom the user did
// not name, wherever a worker sends the request.
func TestWhoIsAsked(t *testing.T) {
	var mu sync.Mutex
	asked := map[string][]string{}
	server := func(name string, serve http.HandlerFunc) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked[name] = append(asked[name], r.URL.Path+" "+r.Header.Get("Authorization"))
			mu.Unlock()
			serve(w, r)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	empty := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("[]")) }
	other := server("other", empty)
	broker := server("broker", empty)
	worker := server("worker", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/moved") {
			http.Redirect(w, r, other+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		empty(w, r)
	})
	auth, err := conn.ParseAuth("token", "token:s3cret", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := func(allow ...string) *Client {
		c, err := New(conn.Settings{AdminURL: broker, WorkerURL: worker, Auth: auth, AllowedHosts: allow})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	c := client()
	for _, kind := range []Kind{Functions, Sources, Sinks} {
		if _, err := c.List(t.Context(), kind, "t", "ns"); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Clusters(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := c.ListPackages(t.Context(), "function", "t", "ns"); err != nil {
		t.Error(err)
	}
	if _, err := c.List(t.Context(), Functions, "t", "moved"); Classify(err) != Refused || !strings.Contains(err.Error(), "--allow-host") {
		t.Errorf("a redirect to a host that was not named: %v", err)
	}
	if len(asked["other"]) != 0 {
		t.Errorf("the other host got %q", asked["other"])
	}
	if _, err := client(other).List(t.Context(), Functions, "t", "moved"); err != nil || len(asked["other"]) != 1 {
		t.Errorf("a redirect to an allowed host: %v, it got %q", err, asked["other"])
	}
	if len(asked["worker"]) != 5 || len(asked["broker"]) != 2 {
		t.Errorf("asked %q", asked)
	}
	for name, requests := range asked {
		for _, r := range requests {
			if !strings.HasSuffix(r, " Bearer s3cret") {
				t.Errorf("%s got %q", name, r)
			}
		}
	}
}
