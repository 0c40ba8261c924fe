package manager_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
)

// TestWebPagesAreRefused: what a page of another web site has a browser send is not
// carried out, whoever sits at the desk.
func TestWebPagesAreRefused(t *testing.T) {
	d := newDesk(t, nil)
	for name, header := range map[string]map[string]string{
		"another site":       {"Sec-Fetch-Site": "cross-site"},
		"the same domain":    {"Sec-Fetch-Site": "same-site"},
		"an older browser":   {"Origin": "https://evil.example"},
		"a page from a file": {"Origin": "null"},
	} {
		t.Run(name, func(t *testing.T) {
			for method, path := range map[string]string{"POST": one, "PUT": one, "DELETE": one} {
				body, kind := form(t, meshFile("m", 1), pyFile, "")
				for k, v := range header {
					kind[k] = v
				}
				d.problem(request{method: method, path: path, who: "alice", body: body, header: kind}, 403, api.KindForbidden)
			}
		})
	}
	if d.b.Writes() != 0 {
		t.Error("it has written")
	}
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	kind["Sec-Fetch-Site"], kind["Origin"] = "same-origin", d.url
	d.ask(request{method: "PUT", path: one + "?wait=10s", who: "alice", body: body, header: kind}, 200)
}

// TestNamesOfAnOpenManager: a manager that asks nobody who it is answers to names of the
// loopback interface only, since a web site may give its own name to that.
func TestNamesOfAnOpenManager(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Gate = manager.Open{Who: "me", Backend: o.Gate.(tokens).b} })
	port := d.url[strings.LastIndexByte(d.url, ':'):]
	for host, want := range map[string]int{
		"localhost" + port: 200, "127.0.0.1" + port: 200, "[::1]" + port: 200, "127.0.0.1": 200, "LOCALHOST": 200,
		"evil.example" + port: 403, "localhost.evil.example": 403, "127.0.0.1.evil.example" + port: 403, "10.0.0.1" + port: 403,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+api.Meshes, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := (&http.Client{Transport: d.c}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s, want %d", host, resp.Status, want)
		}
	}
}

// TestTypesOfBodies: a mesh file comes with a Content-Type that no web page can send
// without that the browser asks first.
func TestTypesOfBodies(t *testing.T) {
	d := newDesk(t, nil)
	const text = "name: m\ntopics: [{name: in, external: true}]\n"
	for kind, want := range map[string]int{"text/plain": 400, "text/plain; charset=utf-8": 400, "application/x-www-form-urlencoded": 400, "": 400, "application/yaml": 422} {
		header := map[string]string{}
		if kind != "" {
			header["Content-Type"] = kind
		}
		status, data := d.send(request{method: "POST", path: one + "/plan", who: "alice", body: text, header: header})
		if status != want {
			t.Errorf("%q: %d, want %d: %s", kind, status, want, data)
		}
		if status == 400 && !strings.Contains(string(data), "Content-Type") {
			t.Errorf("%q: %s", kind, data)
		}
	}
}
