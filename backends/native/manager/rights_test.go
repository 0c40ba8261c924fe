package manager_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// call asks as the administrator.
func call(t *testing.T, srv *pulsar.Server, method, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, srv.AdminURL+"/admin/v2/"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+srv.AdminToken())
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// grant gives a role rights on a namespace.
func grant(t *testing.T, srv *pulsar.Server, namespace, role string, actions ...string) {
	t.Helper()
	call(t, srv, http.MethodPost, "namespaces/"+namespace+"/permissions/"+role, actions)
}

// TestRights: an administrator makes the topics; then "consume" is enough to read, with "produce" to
// write, and who may not is told what is missing.
func TestRights(t *testing.T) {
	t.Parallel() // it has a server of its own
	srv := pulsartest.Start(t, pulsar.Options{Auth: true})
	call(t, srv, http.MethodPut, "namespaces/public/rights", nil)
	as := func(role string, actions ...string) manager.Options {
		if len(actions) > 0 {
			grant(t, srv, "public/rights", role, actions...)
		}
		return asRole(t, srv, role, "persistent://public/rights/records")
	}
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, record.ErrForbidden) || !strings.Contains(err.Error(), `"produce" and "consume" on namespace public/rights`) || strings.Contains(err.Error(), "eyJ") {
			t.Errorf("%s: %v", what, err)
		}
		t.Logf("%s: %v", what, err)
	}
	_, err := manager.Open(t.Context(), as("nobody"))
	refused("no right, no topic", err)
	_, err = manager.Open(t.Context(), as("early", "produce", "consume"))
	refused("no topic, no administrator", err)

	id := newMesh()
	s := openWith(t, as(pulsar.AdminRole))
	h, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "admin"), nil)
	if err != nil || len(problems(s)) > 0 {
		t.Fatal(err, problems(s))
	}
	_, err = manager.Open(t.Context(), as("nobody"))
	refused("no right", err)
	_, err = manager.Open(t.Context(), as("blind", "produce"))
	refused("without consume", err)
	reader := openWith(t, as("reader", "consume"))
	if got, err := reader.History(t.Context(), id, 0, 5); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	_, err = reader.Write(t.Context(), recordtest.Next(id, h, "reader"), nil)
	refused("without produce", err)
	writer := openWith(t, as("writer", "consume", "produce"))
	if _, err = writer.Write(t.Context(), recordtest.Next(id, h, "writer"), recordtest.BodyOf("name: x")); err != nil {
		t.Error(err)
	}
	if err := writer.Housekeep(t.Context()); err != nil {
		t.Errorf("housekeeping: %v", err)
	}
	if got := head(t, openWith(t, as("reader")), id); got.Author != "writer" {
		t.Errorf("%+v", got)
	}
}
