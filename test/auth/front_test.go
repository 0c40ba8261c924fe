package auth

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// front is a proxy before the server that counts what meshc sends.
type front struct {
	url string

	mu sync.Mutex
	// requests are those since reset; done are the writes among them that succeeded.
	requests, writes  int
	done              []string
	all, allWrites    int
	withoutCredential int
}

func newFront(t *testing.T, target string) *front {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(resp *http.Response) error {
			f.count(resp.Request, resp.StatusCode)
			return nil
		},
	}
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

func (f *front) count(req *http.Request, status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests++
	f.all++
	if req.Header.Get("Authorization") == "" {
		f.withoutCredential++
	}
	if req.Method == http.MethodGet {
		return
	}
	f.writes++
	f.allWrites++
	if status < 300 {
		f.done = append(f.done, fmt.Sprintf("%s %s", req.Method, strings.TrimPrefix(req.URL.Path, "/admin/")))
	}
}

func (f *front) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests, f.writes, f.done = 0, 0, nil
}

// readOnly fails the test if anything but GETs was sent since reset.
func (p *place) readOnly(what string) {
	p.Helper()
	if p.front.writes != 0 {
		p.Errorf("%s sent %d requests that are not GETs: %v", what, p.front.writes, p.front.done)
	}
}

// unwritten fails the test if a write succeeded since reset.
func (p *place) unwritten(what string) {
	p.Helper()
	if len(p.front.done) != 0 {
		p.Errorf("%s has written: %v", what, p.front.done)
	}
}
