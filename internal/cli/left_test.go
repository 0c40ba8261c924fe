package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"syscall"
	"testing"
)

// TestLeavingAManager: who presses Ctrl-C is told what becomes of the run: one that the
// manager has accepted goes on, one that it has not is given up.
func TestLeavingAManager(t *testing.T) {
	for name, c := range map[string]struct {
		// leave is the request during which the user leaves: it gets no answer.
		leave        string
		told, untold string
	}{
		"before it is accepted": {http.MethodPut, "had not accepted public/default/word-count yet and gives it up", "the manager goes on"},
		"while it runs":         {http.MethodGet, "the manager goes on with public/default/word-count, version 1", "gives it up"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.manage()
			to, err := url.Parse(b.env[envManager])
			if err != nil {
				t.Fatal(err)
			}
			proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != c.leave {
					proxy.ServeHTTP(w, r)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body) // only then is it seen that the user goes
				b.signals <- syscall.SIGINT
				<-r.Context().Done()
			}))
			defer server.Close()
			b.env[envManager] = server.URL
			b.want(130, "apply", "--yes")
			b.errHas(c.told)
			b.errHasNot(c.untold)
			b.errHasNot("finishing what is in the air")
		})
	}
}
