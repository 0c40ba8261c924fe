package manager_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
)

const descriptionFile = "../../docs/openapi.json"

// TestDescription: docs/openapi.json is what the routes say.
func TestDescription(t *testing.T) {
	want := manager.Describe()
	if os.Getenv("MESHC_UPDATE") != "" {
		if err := os.WriteFile(descriptionFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(descriptionFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not what the routes say: make golden", descriptionFile)
	}
}

// contract holds every answer of a test against the OpenAPI description.
type contract struct {
	t    testing.TB
	next http.RoundTripper
	doc  any
	c    *jsonschema.Compiler
	mu   sync.Mutex
	seen map[string]bool
}

func newContract(t testing.TB, next http.RoundTripper) *contract {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(manager.Describe()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return &contract{t: t, next: next, doc: doc, c: c, seen: map[string]bool{}}
}

// RoundTrip implements http.RoundTripper.
func (c *contract) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	paths := c.doc.(map[string]any)["paths"].(map[string]any)
	for path, item := range paths {
		op, ok := item.(map[string]any)[strings.ToLower(req.Method)].(map[string]any)
		if !ok || !matches(path, req.URL.EscapedPath()) {
			continue
		}
		c.check(req, resp, path, op)
		return resp, nil
	}
	if resp.StatusCode != http.StatusNotFound && req.URL.Path != api.Metrics {
		c.t.Errorf("%s %s is not described and answers %d", req.Method, req.URL.Path, resp.StatusCode)
	}
	return resp, nil
}

func (c *contract) check(req *http.Request, resp *http.Response, path string, op map[string]any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[req.Method+" "+path] = true
	status := strconv.Itoa(resp.StatusCode)
	answer, ok := op["responses"].(map[string]any)[status].(map[string]any)
	if !ok {
		c.t.Errorf("%s %s answers %s, which is not described", req.Method, path, status)
		return
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if _, ok := answer["content"].(map[string]any)[kind]; !ok {
		c.t.Errorf("%s %s answers %s as %q, which is not described", req.Method, path, status, kind)
		return
	}
	if kind == "text/event-stream" {
		return
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Error(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		c.t.Errorf("%s %s answers %s with no JSON: %s", req.Method, path, status, data)
		return
	}
	pointer := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	at := "openapi.json#/paths/" + pointer.Replace(path) + "/" + strings.ToLower(req.Method) + "/responses/" + status + "/content/" + pointer.Replace(kind) + "/schema"
	schema, err := c.c.Compile(at)
	if err != nil {
		c.t.Errorf("%s: %v", at, err)
		return
	}
	if err := schema.Validate(v); err != nil {
		c.t.Errorf("%s %s answers %s: %v\n%s", req.Method, path, status, err, data)
	}
}

func matches(path, actual string) bool {
	want, have := strings.Split(path, "/"), strings.Split(actual, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != have[i] {
			return false
		}
	}
	return true
}

func decode[T any](t testing.TB, data []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return v
}
