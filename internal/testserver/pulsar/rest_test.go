package pulsar_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// fresh keeps no connections: a broker was once seen to refuse a good token on a
// connection on which it had refused others, and not on new ones.
var fresh = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// request sends a request with a token (empty: without) and returns the status and the body.
func request(t *testing.T, token, method, url, contentType string, body []byte) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := fresh.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func get(t *testing.T, srv *pulsar.Server, token, path string) (int, string) {
	t.Helper()
	return request(t, token, http.MethodGet, srv.AdminURL+path, "", nil)
}

// createExclamation uploads the exclamation function that comes with Pulsar.
func createExclamation(t *testing.T, srv *pulsar.Server, token, ns, name, runtime string) (int, string) {
	t.Helper()
	home, err := pulsar.Home(t.Context(), pulsar.DefaultVersion, os.Stderr) // 4.2.4 comes without examples
	if err != nil {
		t.Fatal(err)
	}
	tenant, namespace, _ := strings.Cut(ns, "/")
	config := map[string]any{
		"tenant": tenant, "namespace": namespace, "name": name, "runtime": runtime,
		"inputs": []string{"persistent://" + ns + "/" + name + "-in"}, "output": "persistent://" + ns + "/" + name + "-out",
		"className": "org.apache.pulsar.functions.api.examples.ExclamationFunction",
	}
	file := filepath.Join(home, "examples", "api-examples.jar")
	if runtime == "PYTHON" {
		file = filepath.Join(home, "examples", "python-examples", "exclamation_function.py")
		config["className"], config["py"] = "exclamation_function.ExclamationFunction", filepath.Base(file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile("data", filepath.Base(file)) // a buffer takes all
	part.Write(data)
	part, _ = form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="functionConfig"`},
		"Content-Type":        {"application/json"},
	})
	part.Write(encoded)
	form.Close()
	return request(t, token, http.MethodPost, fmt.Sprintf("%s/admin/v3/functions/%s/%s", srv.AdminURL, ns, name), form.FormDataContentType(), body.Bytes())
}

// awaitRunning waits until an instance of the function runs.
func awaitRunning(t *testing.T, srv *pulsar.Server, token, ns, name string) {
	t.Helper()
	var status string
	eventually(t, time.Minute, func() bool {
		_, status = get(t, srv, token, "/admin/v3/functions/"+ns+"/"+name+"/status")
		return strings.Contains(status, `"numRunning":1`)
	}, func() string { return "function " + name + " does not run: " + status })
}

// eventually polls cond.
func eventually(t *testing.T, limit time.Duration, cond func() bool, why func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for !cond() {
		select {
		case <-ctx.Done():
			t.Fatal(why())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
